#!/bin/sh
# Takes the command line of "vllm serve" and runs a simulated engine instead. JAVA and SIMULATOR say with what.
[ "$1" = serve ] || exit 2
role=replica
while [ $# -gt 0 ]; do
  case $1 in
    --port) port=$2 ;;
    --served-model-name) model=$2 ;;
    --kv-transfer-config)
      case $2 in *kv_producer*) role=prefill ;; *kv_consumer*) role=decode ;; esac
      id=$(printf '%s' "$2" | sed 's/.*"engine_id":"\([^"]*\)".*/\1/')
      ;;
    --no-such-flag) echo "vllm: error: unrecognized arguments: $1"; exit 2 ;;
  esac
  shift
done
exec "$JAVA" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m --sun-misc-unsafe-memory-access=allow \
  -jar "$SIMULATOR" serve --speed 0 --port "$port" --role "$role" --model "$model" --engine-id "$id"
