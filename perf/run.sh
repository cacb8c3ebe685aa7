#!/bin/sh
# Builds what is needed and runs, with the launcher's JVM flags and those in PERF_JAVA_OPTS: the benchmarks (bench), the load
# rig (load), what checkpoints cost (stall), what encrypting them adds (encryption), what a large table takes (tables), predictions beside training (predict), how fast a service starts (start), generated files (data), a job on a file (job), faults of the broker (faults),
# the comparison with PyTorch (peers), or PyTorch's accuracy on CIFAR-10 (accuracy).
#   perf/run.sh bench [JMH options, e.g. AssemblerBenchmark -f 1]
#   perf/run.sh load [--records 5000000] [--runs 3] ...
#   perf/run.sh overload [RECORDS [SECONDS]]
#   perf/run.sh data ctr|dense FILE [ROWS], or data flights FILE flights-3m.parquet
#   perf/run.sh job JOB.yaml [--data DIR] [--processes 3] [--passes 6] [--set key=value]
#   perf/run.sh stall [CHECKPOINTS] [THREADS]
#   perf/run.sh encryption [CHECKPOINTS]
#   perf/run.sh predict [REQUESTS/S [SECONDS [ROUNDS]]]
#   perf/run.sh start [RUNS [LAUNCHER...]]     until a service answers and until it has stopped; launchers by turns
#   perf/run.sh tables [BITS, 28 by default]
#   perf/run.sh faults [SECONDS, 60 by default]
#   perf/run.sh peers [--nets cnn,mlp] [--threads 1,2] [--rounds 5] [--seconds 1] [--data DIR]
#   perf/run.sh accuracy --data DIR [--seeds 1,2,3] [--epochs 10] [--threads 1]
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
  data) perf_main=io.headrace.perf.data.GeneratedFile ;;
  job)
    perf_main=io.headrace.perf.job.JobTimes
    set -- "$perf_root/headrace" "$@"
    ;;
  predict)
    perf_main=io.headrace.perf.predict.PredictRig
    set -- "$perf_root/headrace" "$@"
    ;;
  start)
    [ $# -gt 1 ] || set -- "${1:-7}" "$perf_root/headrace"
    exec "$perf_root/perf/start.sh" "$@"
    ;;
  stall) perf_main=io.headrace.perf.checkpoint.CheckpointStall ;;
  encryption) perf_main=io.headrace.perf.checkpoint.EncryptionCost ;;
  tables) perf_main=io.headrace.perf.checkpoint.TableMemory ;;
  overload) perf_main=io.headrace.perf.faults.Overload ;;
  faults) perf_main=io.headrace.perf.faults.BrokerFaults ;;
  peers | accuracy)
    [ "$perf_command" = peers ] && perf_main=io.headrace.perf.peers.PeerRig || perf_main=io.headrace.perf.peers.AccuracyRig
    perf_profile=-Ppeers # fetches libtorch
    # PyTorch at its best: no second pool of threads, freed memory kept, no other libtorch of this system mixed in.
    export OPENBLAS_NUM_THREADS=1 MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=4294967296
    PERF_JAVA_OPTS="-Djava.library.path= ${PERF_JAVA_OPTS:-}"
    ;;
  *)
    sed -n '/^#   perf/s/^# *//p' "$0" >&2
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
