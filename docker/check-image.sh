#!/bin/bash
# Runs what docker/build-image.sh made the way a container would: as a user who owns nothing of it, on a root that cannot be written to, with
# one folder for data and an empty /tmp. It has to use its AOT cache, start, learn, answer its health check over TLS, and stop with a checkpoint.
#   docker/check-image.sh FOLDER [PORT]     as root, for mounts that nobody else sees; needs openssl for a certificate
set -euo pipefail
image=$(CDPATH= cd -- "${1:?usage: docker/check-image.sh FOLDER [PORT]}" && pwd -P)
port=${2:-18443}
[ "$(id -u)" = 0 ] || { echo "Only root may mount what a container would: run it as root." >&2; exit 2; }
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=headrace -days 1 -keyout "$data/key.pem" -out "$data/cert.pem" 2>/dev/null
chown -R 10001:10001 "$data"

contained() { # COMMAND ARGUMENT...: the image is at /mnt, the data at /srv
  exec unshare --mount sh -euc '
    mount --bind "$1" /mnt; mount --bind "$2" /srv; mount -t tmpfs -o size=256m tmpfs /tmp
    mount -o remount,bind,ro /mnt; mount -o remount,bind,ro /
    cd /srv; shift 2
    exec setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all \
      env -i PATH=/usr/bin:/bin HOME=/srv HEADRACE_HEALTH="https:'"$port"'" HEADRACE_JAVA_OPTS="${AOT:-}" "$@"' sh "$image" "$data" "$@"
}

AOT=-XX:AOTMode=on; export AOT # which fails where the cache does not fit
(contained /mnt/bin/headrace --version) | tee "$data/version" | grep '^headrace ' || { cat "$data/version" >&2; exit 1; }
unset AOT
(contained /mnt/bin/headrace tokens create --file tokens.json --name check --role viewer) >/dev/null 2>&1
if (contained touch /mnt/written /etc/written) 2>/dev/null; then echo "the root can be written to" >&2; exit 1; fi

(contained /mnt/bin/headrace run /mnt/examples/flights/job.yaml --port "$port" --set epochs=1000000 --set access.tokens=/srv/tokens.json \
  --set access.tls.certificate=/srv/cert.pem --set access.tls.key=/srv/key.pem --set checkpoints.directory=/srv/checkpoints) >"$data/log" 2>&1 &
job=$!
for _ in $(seq 300); do
  kill -0 "$job" 2>/dev/null || { cat "$data/log" >&2; exit 1; }
  if (contained /mnt/bin/health) 2>/dev/null; then break; fi
  sleep 0.2
done
(contained /mnt/bin/health) || { cat "$data/log" >&2; exit 1; }
(contained /mnt/bin/health "https:$port" liveness)
begun=$(date +%s%N)
kill -TERM "$job"
status=0; wait "$job" || status=$?
took=$((($(date +%s%N) - begun) / 1000000))
[ "$status" = 143 ] || { cat "$data/log" >&2; echo "status $status, not 143" >&2; exit 1; }
ls "$data"/checkpoints/checkpoint-*.safetensors >/dev/null
if (contained /mnt/bin/health) 2>/dev/null; then echo "healthy after its end" >&2; exit 1; fi
[ -z "$(find "$image" -newer "$data/cert.pem" -print -quit)" ] || { echo "the image's folder was written to" >&2; exit 1; }
echo "as user 10001 on a read-only root: healthy over TLS while it ran, stopped with a checkpoint after $took ms"
