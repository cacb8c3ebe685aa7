package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.decode.GrowingVocabularies;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Grown vocabularies that go with the weights of a checkpoint into another job: rows of embeddings
 * mean nothing without the tokens that they were learned for, nor do weights of buckets without the
 * borders of these.
 *
 * @param checkpoint with them
 * @param taken names of the inputs, and of their fields with buckets, whose part was taken
 * @param fresh why others begin empty
 */
record TakenVocabularies(Checkpoint checkpoint, List<String> taken, List<String> fresh) {
  private static final String PREFIX = GrowingVocabularies.STATE + ".";

  static TakenVocabularies of(JobSpec job, Checkpoint from, Checkpoint into) {
    List<String> taken = new ArrayList<>();
    List<String> fresh = new ArrayList<>();
    Checkpoint joined = into;
    for (String part : parts(into)) {
      if (!parts(from).contains(part)) {
        fresh.add(part + ": absent in the checkpoint");
        continue;
      }
      Checkpoint with = withPart(joined, from, part);
      try {
        with.restore(GrowingVocabularies.STATE, GrowingVocabularies.of(job.sample()));
        joined = with;
        taken.add(part);
      } catch (HeadraceException noRoom) {
        fresh.add(part + ": " + noRoom.getMessage());
      }
    }
    return new TakenVocabularies(joined, taken, fresh);
  }

  /** Each is told by several tensors, or by one or another. */
  private static SortedSet<String> parts(Checkpoint checkpoint) {
    var parts = new TreeSet<String>();
    for (String name : checkpoint.tensors().keySet()) {
      if (name.startsWith(PREFIX)) {
        parts.add(part(name));
      }
    }
    return parts;
  }

  private static String part(String tensor) {
    return tensor.substring(0, tensor.lastIndexOf('.'));
  }

  private static Checkpoint withPart(Checkpoint into, Checkpoint from, String part) {
    var tensors = new TreeMap<>(into.tensors());
    tensors.keySet().removeIf(name -> name.startsWith(PREFIX) && part(name).equals(part));
    from.tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith(PREFIX) && part(name).equals(part)) {
                tensors.put(name, tensor);
              }
            });
    return new Checkpoint(
        into.job(),
        into.fingerprint(),
        into.step(),
        into.createdAtMillis(),
        into.ledger(),
        into.values(),
        tensors);
  }
}
