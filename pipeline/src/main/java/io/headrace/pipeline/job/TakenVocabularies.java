package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.decode.GrowingVocabularies;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Grown vocabularies that go with the weights of a checkpoint into another job: rows of embeddings
 * mean nothing without the tokens that they were learned for.
 *
 * @param checkpoint with them
 * @param taken names of the inputs whose tokens were taken
 * @param fresh why others begin empty
 */
record TakenVocabularies(Checkpoint checkpoint, List<String> taken, List<String> fresh) {
  private static final String PREFIX = GrowingVocabularies.STATE + ".";
  private static final String TOKENS = ".bytes";

  static TakenVocabularies of(JobSpec job, Checkpoint from, Checkpoint into) {
    List<String> taken = new ArrayList<>();
    List<String> fresh = new ArrayList<>();
    Checkpoint joined = into;
    for (String name : into.tensors().tailMap(PREFIX).keySet()) {
      if (!name.startsWith(PREFIX)) {
        break;
      }
      if (!name.endsWith(TOKENS)) {
        continue;
      }
      String vocabulary = name.substring(0, name.length() - TOKENS.length());
      if (!from.tensors().containsKey(name)) {
        fresh.add(vocabulary + ": absent in the checkpoint");
        continue;
      }
      Checkpoint with = withPart(joined, from, vocabulary + ".");
      try {
        with.restore(GrowingVocabularies.STATE, GrowingVocabularies.of(job.sample()));
        joined = with;
        taken.add(vocabulary);
      } catch (HeadraceException noRoom) {
        fresh.add(vocabulary + ": " + noRoom.getMessage());
      }
    }
    return new TakenVocabularies(joined, taken, fresh);
  }

  private static Checkpoint withPart(Checkpoint into, Checkpoint from, String prefix) {
    var tensors = new TreeMap<>(into.tensors());
    from.tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith(prefix)) {
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
