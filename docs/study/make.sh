#!/bin/sh
# Makes the study again: report, pictures, figures, and the tables in README.md. A minute or two.
set -eu
cd "$(dirname "$0")/../.."
work=target/study
mkdir -p "$work"
./turnpike bench qps --workload all --qps 0.1,0.5,1,2,4,8,16 --modes pd,ppd,replication,adaptive \
  --virtual --connector p2p-nccl --runs 3 --client-pool 100 --goodput ttft:500,tpot:50 --no-raw \
  --overwrite --out "$work/study" ||
  [ $? -eq 3 ] # not every turn meets the objective at high rates: that is a result
./turnpike bench merge "$work/study.json" --folder "$work"
./turnpike bench plot "$work/study.json" --folder "$work/drawn"
cp "$work/qps_crossover_analysis.json" "$work/drawn/report.html" "$work/drawn/figures.csv" \
  "$work/drawn/qps_p99_ttft.png" "$work/drawn/qps_ratio_crossover.png" docs/study/
mvn -q -pl tools/bench -am test -Dtest=StudyReadingTest -Dsurefire.failIfNoSpecifiedTests=false \
  -Dstudy.write=true
