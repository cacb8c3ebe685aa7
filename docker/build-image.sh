#!/bin/sh
# Fills a folder with all that runs Headrace: a Java runtime of the modules that it needs, its jars, an AOT cache, the examples and
# the entry point. The Dockerfile calls it; it works in any folder of a machine with a JDK 25:
#   docker/build-image.sh FOLDER [--built]     --built: app/target is as it should be, do not build
set -eu
image_root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P)
image=${1:?usage: docker/build-image.sh FOLDER [--built]}
. "$image_root/.mvn/select-jdk.sh"
cd -- "$image_root"
if [ "${2:-}" != --built ]; then
  ./mvnw -q -B -ntp -Dquick -Dmaven.test.skip=true package -pl app -am
fi

mkdir -p "$image"
image=$(CDPATH= cd -- "$image" && pwd -P)
[ -z "$(ls -A "$image")" ] || { echo "$image is not empty: name a new folder." >&2; exit 2; }
mkdir "$image/lib" "$image/bin"
cp app/target/lib/*.jar "$image/lib/"
for image_jar in app/target/headrace-app-*.jar; do
  case $image_jar in *-tests.jar | *-sources.jar) ;; *) cp "$image_jar" "$image/lib/" ;; esac
done
cp -R examples "$image/examples"
install -m 0755 docker/entrypoint.sh "$image/bin/headrace"
install -m 0755 docker/health.sh "$image/bin/health"

# java.desktop reads pictures, java.naming and the two java.security modules are Kafka's, jdk.unsupported is Netty's and ours.
"$JAVA_HOME/bin/jlink" --output "$image/runtime" --strip-debug --no-header-files --no-man-pages --compress zip-6 --add-modules \
  java.base,java.compiler,java.desktop,java.instrument,java.logging,java.management,java.naming,java.net.http,java.scripting,java.security.jgss,java.security.sasl,java.sql,java.xml,jdk.crypto.ec,jdk.incubator.vector,jdk.jcmd,jdk.jfr,jdk.management,jdk.unsupported,jdk.zipfs

# The JVM keeps no classes of formats as old as that of the command line's library.
"$JAVA_HOME/bin/java" -cp "$(echo "$image"/lib/headrace-app-*.jar)" io.headrace.app.NewerClasses "$image"/lib/picocli-*.jar

# Short runs of the real thing tell which classes and profiles to keep ready, and fail where this JDK does not load the vector module
# late, as the entry point wants it. Without a cache everything works, and starts more slowly.
image_run=$(mktemp -d)
trap 'rm -rf "$image_run"' EXIT
HEADRACE_JAVA_OPTS="-Dheadrace.keeping-classes=true -XX:AOTCacheOutput=$image/headrace.aot -Xlog:aot=off -Xlog:cds=off" "$image/bin/headrace" "$image/examples" "$image_run" \
  --port 0 --set serve.refresh-ms=100 >"$image_run/log" 2>&1 ||
  { cat "$image_run/log" >&2; exit 1; }
[ -f "$image/headrace.aot" ] || echo "no AOT cache was made: it will start more slowly" >&2
