# Sourced by ./headrace and docker/build-image.sh: runs what tells a JVM which classes and profiles to keep for the next start. That is
# a service with two jobs that end by themselves, a file of Avro records learned in batches and one of text learned row by row.

headrace_rehearse() { # with the launcher as its arguments, in the empty folder $headrace_run, from the checkout $headrace_root
  cp "$headrace_root/examples/ctr/job.yaml" "$headrace_run/ctr.yaml"
  awk 'BEGIN { # 60,000 lines like those of perf/run.sh data ctr
    srand(1)
    for (row = 0; row < 60000; row++) {
      line = (rand() < 0.12 ? 1 : -1) " |i"
      for (i = 1; i <= 13; i++) line = line sprintf(" i%d:%.2f", i, rand() * 4)
      line = line " |c"
      for (i = 1; i <= 26; i++) line = line sprintf(" c%d=%07x", i, int(exp(rand() * 12)) * 2654435 % 268435456)
      print line
    }
  }' >"$headrace_run/ctr.vw" || return 1
  cd -- "$headrace_run" && "$@" serve "$headrace_root/examples/flights/job.yaml" "$headrace_run/ctr.yaml" --port 0 --exit
}
