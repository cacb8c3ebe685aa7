#!/bin/sh
# Builds what is needed and runs the benchmarks (bench), the load rig (load) or the comparison with PyTorch (peers)
# with the launcher's JVM flags. PERF_JAVA_OPTS is added to the flags of each.
#   perf/run.sh bench [JMH options, e.g. AssemblerBenchmark -f 1]
#   perf/run.sh load [--records 5000000] [--runs 3] ...
#   perf/run.sh peers [--nets cnn,mlp] [--threads 1,2] [--rounds 5] [--seconds 1]
set -eu
perf_root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P)
. "$perf_root/.mvn/select-jdk.sh"
perf_command=${1:-}
[ $# -gt 0 ] && shift
case $perf_command in
  bench)
    perf_main=org.openjdk.jmh.Main
    set -- -prof gc "$@"
    ;;
  load) perf_main=io.headrace.perf.load.LoadRig ;;
  peers)
    perf_main=io.headrace.perf.peers.PeerRig
    perf_profile=-Ppeers # fetches libtorch
    ;;
  *)
    sed -n '2,6s/^# *//p' "$0" >&2
    exit 2
    ;;
esac
(cd -- "$perf_root" && ./mvnw -q -B -Dquick ${perf_profile:-} -DskipTests package -pl perf -am) >&2

# shellcheck disable=SC2086 # PERF_JAVA_OPTS is several words
exec "$JAVA_HOME/bin/java" \
  --add-modules jdk.incubator.vector \
  --sun-misc-unsafe-memory-access=allow \
  --enable-native-access=ALL-UNNAMED \
  -Dorg.apache.avro.SERIALIZABLE_PACKAGES=io.headrace.schemas \
  -XX:+UseG1GC -XX:MaxRAMPercentage=40 \
  ${PERF_JAVA_OPTS:-} \
  -cp "$perf_root/perf/target/classes:$perf_root/perf/target/lib/*" \
  "$perf_main" "$@"
