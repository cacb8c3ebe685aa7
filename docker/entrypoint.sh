#!/bin/sh
# What an image, a unit of systemd or a person starts: Headrace with the runtime beside it. HEADRACE_JAVA_OPTS is added to the JVM's flags,
# HEADRACE_CLASS_PATH to the class path.
set -eu
headrace_self=$(readlink -f -- "$0")
headrace_home=$(CDPATH= cd -- "$(dirname -- "$headrace_self")/.." && pwd -P)
headrace_cp=
for headrace_jar in "$headrace_home"/lib/*.jar; do # in one order, as the AOT cache has it
  headrace_cp=$headrace_cp${headrace_cp:+:}$headrace_jar
done
headrace_cp=$headrace_cp${HEADRACE_CLASS_PATH:+:$HEADRACE_CLASS_PATH}
if [ -f "$headrace_home/headrace.aot" ]; then # ignored, not fatal, where it does not fit
  set -- "-XX:AOTCache=$headrace_home/headrace.aot" -cp "$headrace_cp" io.headrace.app.Main "$@"
else
  set -- -cp "$headrace_cp" io.headrace.app.Main "$@"
fi
# The vector module is loaded late, or the cache would keep neither modules nor profiles: decision 40.
# shellcheck disable=SC2086 # HEADRACE_JAVA_OPTS is several words
exec "$headrace_home/runtime/bin/java" \
  --add-exports java.base/jdk.internal.module=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow \
  --enable-native-access=ALL-UNNAMED \
  -Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.headrace.schemas \
  "-Dheadrace.home=$headrace_home" \
  -XX:+UseG1GC -XX:MaxRAMPercentage=40 -XX:+ExitOnOutOfMemoryError \
  ${HEADRACE_JAVA_OPTS:-} "$@"
