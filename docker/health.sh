#!/bin/bash
# Whether the job of this container is healthy: status 0 if /health answers 200. Needs no other program.
#   health [PORT, 8081 by default] [readiness | liveness, for that part of it]
exec 3<>"/dev/tcp/127.0.0.1/${1:-8081}" || exit 1
printf 'GET /health%s HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n' "${2:+/$2}" >&3
read -r -t 5 _ status _ <&3 && [ "$status" = 200 ]
