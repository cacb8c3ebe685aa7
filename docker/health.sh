#!/bin/bash
# Whether the job of this container is healthy: status 0 if /health answers 200. Needs no program that is not in the image.
#   health [PORT | https:PORT] [readiness | liveness, for that part of it]
# Without a port it is HEADRACE_HEALTH, or else 8081. https: asks over TLS, and does not ask whom the certificate is for.
at=${1:-${HEADRACE_HEALTH:-8081}}
if [[ $at == https:* ]]; then
  home=$(CDPATH= cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P)
  exec "$home/runtime/bin/java" -Xmx16m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$(echo "$home"/lib/headrace-app-*.jar)" \
    io.headrace.app.HealthProbe "${at#https:}" ${2:+"$2"}
fi
exec 3<>"/dev/tcp/127.0.0.1/$at" || exit 1
printf 'GET /health%s HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n' "${2:+/$2}" >&3
read -r -t 5 _ status _ <&3 && [ "$status" = 200 ]
