#!/bin/bash
# How long a service takes until it answers, and until it has stopped: perf/run.sh start [RUNS [LAUNCHER...]]
# Several launchers (of other checkouts, or an image's bin/headrace) take turns. Each run has an empty directory.
set -euo pipefail
runs=${1:-7}
[ $# -gt 0 ] && shift
job=$(cd -- "$(dirname -- "$0")/.." && pwd -P)/examples/push/job.yaml
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

answers() { # whether /health of port $1 has status 200
  { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
  printf 'GET /health HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
  read -r -t 5 _ status _ <&3 || status=none
  exec 3>&-
  [ "$status" = 200 ]
}

millis() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

once() { # launcher $1: appends "ready stopped processor status" to the file $2
  local port=$((20000 + RANDOM % 12000)) begun ready processor ended status=0 folder=$work/data
  rm -rf "$folder" && mkdir "$folder"
  begun=$(millis)
  (cd "$folder" && exec "$1" run "$job" --port "$port") >"$work/out" 2>&1 &
  until answers "$port"; do
    kill -0 $! 2>/dev/null || { cat "$work/out" >&2; exit 1; }
    sleep 0.01
  done
  ready=$(millis)
  processor=$(awk -v hz="$(getconf CLK_TCK)" '{print ($14 + $15) * 1000 / hz}' "/proc/$!/stat")
  kill -TERM $!
  wait $! || status=$?
  ended=$(millis)
  echo "$((ready - begun)) $((ended - ready)) $processor $status" >>"$2"
}

median() { cut -d' ' -f"$2" "$1" | sort -n | sed -n "$(((runs + 1) / 2))p"; }

for launcher in "$@"; do "$launcher" --version; done # builds what is stale, and fills the disk's cache
for ((run = 0; run < runs; run++)); do
  number=0
  for launcher in "$@"; do once "$launcher" "$work/$((number++))"; done
done
number=0
for launcher in "$@"; do
  each=$work/$((number++))
  printf '%s\n  ready after %s ms, processor %s ms, stopped after %s ms (medians of %s)\n' \
    "$launcher" "$(median "$each" 1)" "$(median "$each" 3)" "$(median "$each" 2)" "$runs"
  sed 's/^\(.*\) \(.*\) \(.*\) \(.*\)$/  ready \1, stopped \2, processor \3, status \4/' "$each"
done
