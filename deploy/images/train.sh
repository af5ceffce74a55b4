#!/bin/sh
# Makes the JVM's archive of each service, /app/NAME.aot, while images are built. With TRAINING=start each service starts
# and ends, and the archives know classes. With TRAINING=load registry, proxy and replication service run before simulated
# engines, clients hold conversations with both gateways, and all are ended as containers are: the archives also know
# which methods are hot. docs/deploy.md says what either is worth.
set -eu

SECONDS_TO_START=180
jvm="java @/app/java.options"
tools=/tools/app

ready() { # PORT PATH
  for _ in $(seq $SECONDS_TO_START); do
    for process in $services $engines; do
      kill -0 "$process" 2>/dev/null || { echo "a program did not start" >&2; exit 1; }
    done
    $jvm -XX:TieredStopAtLevel=1 -cp /app/probe.jar io.turnpike.probe.HealthProbe "$1" "$2" >/dev/null && return
    sleep 1
  done
  echo "port $1 did not become ready within $SECONDS_TO_START s" >&2
  exit 1
}

service() { # NAME MORE...: as in its image's ENTRYPOINT
  name=$1
  shift
  # shellcheck disable=SC2086
  $jvm "$@" -XX:AOTCacheOutput="/app/$name.aot" -jar "/app/$name-service.jar" &
  services="$! ${services:-}"
}

engine() { # ROLE PORT
  # shellcheck disable=SC2086
  $jvm -XX:TieredStopAtLevel=1 -Xmx128m -jar $tools/simulator.jar join --speed 0 --role "$1" --port "$2" \
    --registry-url http://127.0.0.1:10003 >/dev/null &
  engines="$! ${engines:-}"
}

bench() { # its verdict on the measurement is of no interest here, a mistake in its arguments is
  # shellcheck disable=SC2086
  (cd /tmp && $jvm -XX:TieredStopAtLevel=1 -jar $tools/bench.jar "$@" >bench.txt 2>&1) || [ $? != 2 ] || {
    cat /tmp/bench.txt >&2
    exit 1
  }
  tail -n 3 /tmp/bench.txt
}

archived() {
  test -s /app/registry.aot && test -s /app/proxy.aot && test -s /app/replication.aot
}

if [ "${TRAINING:-start}" = start ]; then
  for name in registry proxy replication; do
    $jvm -XX:AOTCacheOutput="/app/$name.aot" -Dspring.context.exit=onRefresh -jar "/app/$name-service.jar"
  done
  archived
  exit
fi

export SERVER_ADDRESS=127.0.0.1 MANAGEMENT_SERVER_ADDRESS=127.0.0.1
service registry -Xms48m
service proxy -Xms96m -Xmn48m
service replication -Xms96m -Xmn48m
engine prefill 8100
engine decode 8200
engine replica 8300
ready 10091 /actuator/health/readiness
ready 10092 /actuator/health/readiness
bench compare --url http://127.0.0.1:10001 --conversations 120 --turns 4 --concurrency 8 --prompt-tokens 64 --out proxy
bench load --url http://127.0.0.1:10001 --requests 600 --no-stream --out proxy-whole
bench load --url http://127.0.0.1:10002 --requests 800 --out replication
bench load --url http://127.0.0.1:10002 --requests 400 --no-stream --out replication-whole

# shellcheck disable=SC2086
kill -TERM $services
for service in $services; do
  wait "$service" || true # 143: ended by a signal, as it should
done
# shellcheck disable=SC2086
kill -TERM $engines
archived
