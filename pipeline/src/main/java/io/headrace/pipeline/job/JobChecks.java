package io.headrace.pipeline.job;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.optimizer.Optimizer;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.decode.InputMapping;
import io.headrace.ingest.text.TextSplit;
import java.util.List;

/** Checks of a job whose groups are sound by themselves but may not fit together. */
final class JobChecks {
  private final Vocabulary vocabulary;
  private final JobPlaces places;
  private final Problems problems;

  JobChecks(Vocabulary vocabulary, JobPlaces places, Problems problems) {
    this.vocabulary = vocabulary;
    this.places = places;
    this.problems = problems;
  }

  void check(JobSpec spec) {
    sourceIsFinite(spec);
    pushedSamplesAreKept(spec);
    checkpointsAreKept(spec);
    validationIsWhole(spec);
    labelIsNoInput(spec);
    lossFitsLabel(spec);
    transformsFitInputs(spec);
    generatesCharacters(spec);
    keepsNothingOfPrivateSamples(spec);
    archivesBesideCheckpoints(spec);
    spec.startFrom().ifPresent(weights -> startsFrom(spec, weights));
  }

  /** They tell what was learned from: behind a kill, the archive goes on where they do. */
  private void archivesBesideCheckpoints(JobSpec spec) {
    if (spec.archive().isPresent() && spec.checkpoints().directory().isEmpty()) {
      problems.add(
          "archive",
          "needs checkpoints.directory: a checkpoint says up to where samples were learned from."
              + " Name one, or remove archive.",
          places.of("archive"));
    }
  }

  /** A token or number that one sample alone has would be in every checkpoint, in clear. */
  private void keepsNothingOfPrivateSamples(JobSpec spec) {
    for (InputMapping input : spec.sample().inputs()) {
      String kept =
          switch (input) {
            case InputMapping.Tokens tokens when tokens.growth().isPresent() ->
                "has a vocabulary that grows with the samples, which keeps their words whatever privacy"
                    + " says. Name the vocabulary's file, or hash tokens to buckets.";
            case InputMapping.SparseFields sparse when sparse.rules().learns() ->
                "has buckets whose borders are numbers of samples, which checkpoints keep whatever"
                    + " privacy says. Name the edges of buckets, or their width.";
            default -> "";
          };
      if (spec.privacy().isPresent() && !kept.isEmpty()) {
        String path = "sample.inputs." + input.name();
        problems.add(path, kept, places.of(path));
      }
    }
  }

  private void startsFrom(JobSpec spec, StartFrom weights) {
    if (vocabulary.optimizers().create(spec.optimizer()) instanceof Optimizer optimizer
        && !optimizer.takesRateFactor()) {
      problems.add(
          "start-from",
          "does not go with "
              + spec.optimizer().name()
              + ", whose weights follow from sums of its own, which no file of weights has. Use"
              + " adagrad, adam or sgd.",
          places.of("start-from"));
    }
    if (weights.isOnnx() && weights.layout().isPresent()) {
      problems.add(
          "start-from.layout",
          "is for safetensors; an ONNX file has a layout of its own. Remove it.",
          places.of("start-from.layout"));
    }
  }

  private void generatesCharacters(JobSpec spec) {
    if (spec.generate().isEmpty()) {
      return;
    }
    boolean characters =
        spec.sample().inputs().size() == 1
            && spec.sample().inputs().getFirst() instanceof InputMapping.Tokens tokens
            && tokens.split() == TextSplit.CHARACTERS
            && !tokens.vocabulary().isEmpty();
    boolean classes = spec.sample().schema().label() instanceof LabelSpec.Classes;
    if (!characters || !classes || !spec.loss().name().equals("softmax")) {
      problems.add(
          "generate",
          "needs a model of the next character: softmax loss, one input of tokens with split:"
              + " characters and a vocabulary, and a label with classes-from that input. Remove"
              + " generate, or make it one.",
          places.of("generate"));
    }
  }

  private void sourceIsFinite(JobSpec spec) {
    if (!JobSources.isStream(spec.source())) {
      return;
    }
    if (spec.epochs() > 1) {
      needsFiles(spec, "epochs", "is " + spec.epochs() + ", but");
    }
    if (spec.shuffle().isPresent() && JobSources.isFollowed(spec.source())) {
      problems.add(
          "shuffle",
          "does not go with source.file.follow, whose positions are bytes, not records. Remove it.",
          places.of("shuffle"));
    }
    boolean shared = Boolean.TRUE.equals(spec.source().settings().asMap().get("subscribe"));
    if (spec.shuffle().isPresent() && shared) {
      problems.add(
          "shuffle",
          "does not go with source.kafka.subscribe: another member of the group could not know which"
              + " records of a window were learned. Remove one of them.",
          places.of("shuffle"));
    }
  }

  /** There is nothing to announce otherwise. */
  private void checkpointsAreKept(JobSpec spec) {
    if (spec.checkpoints().announce().isPresent() && spec.checkpoints().directory().isEmpty()) {
      problems.add(
          "checkpoints.directory",
          "is missing, and without it there are no checkpoints to announce. Name one, or remove"
              + " checkpoints.announce.",
          places.of("checkpoints"));
    }
  }

  /** Without checkpoints nothing says which of the acknowledged samples were learned. */
  private void pushedSamplesAreKept(JobSpec spec) {
    if (spec.source().name().equals("http") && spec.checkpoints().directory().isEmpty()) {
      problems.add(
          "checkpoints.directory",
          "is missing, but source.http needs it: only checkpoints say which samples were learned."
              + " Add checkpoints: {directory: data/checkpoints}.",
          places.of("checkpoints"));
    }
    if (spec.test().filter(test -> test.name().equals("http")).isPresent()) {
      problems.add(
          "test", "is http, which never ends. Give held-out samples in files.", places.of("test"));
    }
    if (spec.test().filter(JobSources::isFollowed).isPresent()) {
      problems.add("test.follow", "is set, but a test has to end. Remove it.", places.of("test"));
    }
  }

  private void validationIsWhole(JobSpec spec) {
    if (spec.validation().isEmpty()) {
      if (spec.earlyStopping().isPresent()) {
        problems.add(
            "early-stopping",
            "needs samples to judge by. Add validation, e.g. validation: {fraction: 0.1}.",
            places.of("early-stopping"));
      }
      return;
    }
    ValidationSpec validation = spec.validation().get();
    if (validation.source().isPresent() == validation.fraction().isPresent()) {
      problems.add(
          "validation",
          "takes either source or fraction. Name a source of held-out samples, or hold a share of the"
              + " job's own out.",
          places.of("validation"));
    }
    if (validation.fraction().isPresent() && JobSources.isStream(spec.source())) {
      needsFiles(spec, "validation.fraction", "does not fit, for");
    }
    validation
        .source()
        .filter(JobSources::isStream)
        .ifPresent(
            source ->
                problems.add(
                    "validation.source",
                    "is "
                        + source.name()
                        + ", but is read whole at every look. Give held-out samples in files.",
                    places.of("validation.source")));
    metricFitsLabel(spec.sample().schema().label(), validation.metric());
  }

  private void metricFitsLabel(LabelSpec label, String metric) {
    List<String> scores =
        switch (label) {
          case LabelSpec.Classes(List<String> names) when names.size() == 2 ->
              List.of("loss", "accuracy", "logLoss", "auc");
          case LabelSpec.Classes _ -> List.of("loss", "accuracy", "logLoss");
          case LabelSpec.Numeric _, LabelSpec.Count _ -> List.of("loss", "mse", "mae", "r2");
        };
    if (!scores.contains(metric)) {
      problems.add(
          "validation.metric",
          metric + " is no score of this label. Set one of " + String.join(", ", scores) + ".",
          places.of("validation.metric"));
    }
  }

  private void needsFiles(JobSpec spec, String key, String problem) {
    problems.add(
        key,
        problem
            + " source."
            + spec.source().name()
            + " is read once, as records come. Remove "
            + key
            + ", or read the samples from files with source.file.",
        places.of(key));
  }

  private void labelIsNoInput(JobSpec spec) {
    String label = spec.sample().label().field();
    for (InputMapping input : spec.sample().inputs()) {
      if (fieldsOf(input).contains(label)) {
        String path = "sample.inputs." + input.name();
        problems.add(
            path,
            "contains the label's own field '"
                + label
                + "'. Remove it: the model would only copy it.",
            places.of(path));
      }
    }
  }

  private static List<String> fieldsOf(InputMapping input) {
    return switch (input) {
      case InputMapping.SparseFields sparse -> sparse.fields();
      case InputMapping.DenseFields dense -> dense.fields();
      case InputMapping.DenseVector vector -> List.of(vector.field());
      case InputMapping.Tokens tokens -> List.of(tokens.field());
      case InputMapping.Image image -> List.of(image.field());
    };
  }

  private void lossFitsLabel(JobSpec spec) {
    try {
      int units = vocabulary.losses().create(spec.loss()).units(spec.sample().schema().label());
      assert units > 0;
    } catch (InvalidSettingException e) {
      String path = JobKey.LOSS.key();
      problems.add(path, String.valueOf(e.getMessage()), places.of(path));
    }
  }

  private void transformsFitInputs(JobSpec spec) {
    var _ =
        JobTransforms.of(
            spec,
            fault ->
                problems.add(
                    fault.key(), String.valueOf(fault.getMessage()), places.of(fault.key())));
  }
}
