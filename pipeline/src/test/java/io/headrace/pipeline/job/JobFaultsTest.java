package io.headrace.pipeline.job;

import static io.headrace.pipeline.job.TestVocabulary.JOB;
import static io.headrace.pipeline.job.TestVocabulary.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.error.InvalidSettingException;
import org.junit.jupiter.api.Test;

/** One test for each kind of fault in a sound YAML file, with the exact words. */
class JobFaultsTest {
  @Test
  void namesTheNearestKeyForAnUnknownOne() {
    assertFault(
        "size: 64",
        "sise: 64",
        "batch.sise: is not a key here (job.yaml:19). Did you mean 'size'?");
    assertFault("batch:", "bach:", "bach: is not a key here (job.yaml:18). Did you mean 'batch'?");
  }

  @Test
  void saysWhatAValueHasToBe() {
    assertFault(
        "linger-ms: 20",
        "linger-ms: -5",
        "batch.linger-ms: -5 is not >= 0 (job.yaml:20). Set it to the longest wait you accept before a"
            + " partial batch is trained, e.g. 20.");
    assertFault(
        "units: 16",
        "units: 1.5",
        "model.0.dense.units: 1.5 is not a whole number (job.yaml:13). Width of the layer.");
    assertFault(
        "linger-ms: 20",
        "ring-slots: 48",
        "batch.ring-slots: 48 is not a power of two from 2 to 65536 (job.yaml:20). Mini-batches that wait"
            + " at most between assembler and trainer, all allocated at the start.");
  }

  @Test
  void findsTheLineOfAValueThatContainsAFullStop() {
    assertFault(
        "units: 16",
        "units: 'a. b'",
        "model.0.dense.units: a. b is not a whole number (job.yaml:13). Width of the layer.");
  }

  @Test
  void saysWhatIsMissing() {
    assertFault(
        "{topic: flights}",
        "{}",
        "source.kafka.topic: is missing (job.yaml:3). Add it (text): The topic to read.");
    assertFault(
        "loss: logistic\n",
        "",
        "loss: is missing (job.yaml). Add it: What a wrong prediction costs.");
    assertFault(
        "name: flight-delay\n",
        "name:\n",
        "name: is missing (job.yaml:1). Add it (text): Name of the job: in checkpoints, metrics and"
            + " announcements.");
  }

  @Test
  void looksIntoGroupsOfSettings() {
    assertRegistryFault(
        "{url: http://r:1, usr: ann}",
        "source.kafka.registry.usr: is not a key here (job.yaml:3). Did you mean 'user'?");
    assertRegistryFault(
        "{timeout-ms: 5}",
        "source.kafka.registry.url: is missing (job.yaml:3). Add it (text): Where its"
            + " Confluent-compatible API is, e.g. http://registry:8081; that of Apicurio is at"
            + " /apis/ccompat/v7.");
    assertRegistryFault(
        "{url: http://r:1, timeout-ms: 0}",
        "source.kafka.registry.timeout-ms: 0 is not >= 1 (job.yaml:3). How long to wait for a"
            + " connection, and for an answer, before trying again.");
    assertRegistryFault(
        "http://ann:sesame@r:1",
        "source.kafka.registry: is a single value or a list, not a group of keys (job.yaml:3). Write"
            + " registry: {url: ...}.");
    assertRegistryFault(
        "{url: http://ann:sesame@r:1}",
        "source.kafka.registry.url: has more than host, port and path (job.yaml:3). Credentials"
            + " belong in user and secret, which can say where the password is: env:NAME or"
            + " file:PATH.");
    assertRegistryFault(
        "{url: http://r:1, user: ann, secret: sesame}",
        "source.kafka.registry.secret: is not a place to find a secret in, which env:NAME or"
            + " file:PATH name (job.yaml:3). A secret itself does not belong in a job file.");
  }

  private static void assertRegistryFault(String registry, String message) {
    assertFault("{topic: flights}", "{topic: flights, registry: " + registry + "}", message);
  }

  @Test
  void refusesToRepeatWhatNeverEnds() {
    assertFault(
        "engine: {threads: 2}",
        "epochs: 3",
        "epochs: is 3, but source.kafka is read once, as records come (job.yaml:21). Remove epochs, or"
            + " read the samples from files with source.file.");
  }

  @Test
  void refusesValidationThatCannotBe() {
    assertFault(
        "engine: {threads: 2}",
        "validation: {metric: accuracy}",
        "validation: takes either source or fraction (job.yaml:21). Name a source of held-out samples, or"
            + " hold a share of the job's own out.");
    assertFault(
        "engine: {threads: 2}",
        "validation: {source: {file: {path: a.csv}}, metric: mse}",
        "validation.metric: mse is no score of this label (job.yaml:21). Set one of loss, accuracy, logLoss,"
            + " auc.");
    assertFault(
        "engine: {threads: 2}",
        "validation: {source: {kafka: {topic: t}}}",
        "validation.source: is kafka, but is read whole at every look (job.yaml:21). Give held-out samples"
            + " in files.");
    assertFault(
        "engine: {threads: 2}",
        "early-stopping: {patience: 2}",
        "early-stopping: needs samples to judge by (job.yaml:21). Add validation, e.g. validation:"
            + " {fraction: 0.1}.");
  }

  @Test
  void refusesNamesThatCannotBeFileNames() {
    assertFault(
        "flight-delay",
        "../up",
        "name: ../up is not a name of up to 100 letters, digits, dots, dashes and underscores (job.yaml:1)."
            + " Name of the job: in checkpoints, metrics and announcements.");
  }

  @Test
  void namesTheNearestComponentForAnUnknownOne() {
    assertFault(
        "loss: logistic",
        "loss: logistc",
        "loss: 'logistc' is not a known loss (job.yaml:16). Did you mean 'logistic'?");
    assertFault(
        "- relu",
        "- rellu",
        "model.1: 'rellu' is not a known layer (job.yaml:14). Did you mean 'relu'?");
    assertFault(
        "kafka:",
        "pigeons:",
        "source: 'pigeons' is not a known source (job.yaml:3). Known: kafka, file.");
  }

  @Test
  void countsLinesThroughNestedLists() {
    assertFault(
        "- linear: {input: features}",
        "- linear:\n      input: [features,\n         other]",
        "model.2.linear.input: [features, other] is not a single value (job.yaml:16). The input it reads.");
  }

  @Test
  void seesSettingsThatAreNotIndentedUnderTheirComponent() {
    assertFault(
        "- dense:\n      units: 16",
        "- dense:\n    units: 16",
        "model.0: 'units' stands beside 'dense', not inside it (job.yaml:13). Indent it further.");
  }

  @Test
  void takesOneComponentWhereOneIsWanted() {
    assertFault(
        "kafka: {topic: flights}",
        "kafka: {topic: flights}\n  file: {path: a}",
        "source: names kafka and file, but takes one source (job.yaml:4). Remove the others.");
    assertFault(
        "loss: logistic",
        "loss: [logistic]",
        "loss: is a list, not a loss (job.yaml:16). Known: logistic, softmax, hinge, squared, huber, quantile, poisson.");
    assertFault(
        "{ftrl: {learning-rate: 0.05}}",
        "{ftrl: 0.05}",
        "optimizer.ftrl: is '0.05', not a group of settings (job.yaml:17). Write ftrl: {key: value}.");
  }

  @Test
  void wantsGroupsAndListsWhereTheyBelong() {
    assertFault(
        "engine: {threads: 2}",
        "engine: 2",
        "engine: is '2', not a group of keys (job.yaml:21). Write engine: {key: value}.");
    assertFault(
        JOB.substring(JOB.indexOf("  - dense"), JOB.indexOf("loss:")),
        "  dense: {units: 2}\n",
        "model: is not a list of one or more (job.yaml:11). Begin each layer on a line of its own with '- '.");
  }

  @Test
  void passesOnWhatAComponentFindsWrong() {
    assertFault(
        "kafka: {topic: flights}",
        "file:\n    path: a.gz\n    follow: true",
        "source.file.follow: true does not go with .gz (job.yaml:5). Remove it.");
  }

  @Test
  void refusesDuplicateKeys() {
    assertFault(
        "size: 64",
        "size: 64\n  size: 32",
        "batch.size: is given twice, first at job.yaml:19 (job.yaml:20). Keep one of the two.");
  }

  @Test
  void refusesTags() {
    assertFault(
        "name: flight-delay",
        "name: !!java.io.File flight",
        "job.yaml:1:7: is not valid YAML: a tag, a word that begins with '!!', has no meaning in a job file."
            + " Remove it.");
    assertFault(
        "name: flight-delay",
        "name: !file flight",
        "name: the tag !file has no meaning in a job file (job.yaml:1). Remove it.");
  }

  @Test
  void refusesLabelsThatAreNoClasses() {
    assertFault(
        "[on-time, late]",
        "[late]",
        "sample.label.classes: [late] is not a list of two or more different names (job.yaml:5).");
    assertFault(
        "[on-time, late]",
        "[late, late]",
        "sample.label.classes: [late, late] is not a list of two or more different names (job.yaml:5).");
  }

  @Test
  void refusesInputsThatCannotBe() {
    assertFault(
        "bits: 18",
        "bits: 9",
        "sample.inputs.features.sparse.bits: 9 is not within 10 to 31 (job.yaml:10). Ids are hashed to 0 up to 2^bits.");
    assertFault(
        "bits: 18",
        "categorical: [month]",
        "sample.inputs.features.sparse.categorical: month is not among fields: origin, hour (job.yaml:10).");
    assertFault(
        JOB.substring(JOB.indexOf("  inputs:"), JOB.indexOf("model:")),
        "",
        "sample.inputs: is missing (job.yaml:4). Name at least one, e.g. inputs: {features: {sparse:"
            + " {fields: [origin, hour]}}}.");
  }

  @Test
  void refusesTheLabelAmongTheInputs() {
    assertFault(
        "[origin, hour]",
        "[origin, late]",
        "sample.inputs.features: contains the label's own field 'late' (job.yaml:7). Remove it: the model"
            + " would only copy it.");
  }

  @Test
  void refusesLossesThatDoNotFitTheLabel() {
    assertFault(
        "[on-time, late]",
        "[on-time, late, lost]",
        "loss: logistic needs a label of two classes, but the label is 3 classes [on-time, late, lost]"
            + " (job.yaml:16). Use softmax.");
    assertFault(
        "loss: logistic",
        "loss: squared",
        "loss: squared needs a number as label, but the label is 2 classes [on-time, late] (job.yaml:16)."
            + " Use softmax.");
    assertFault(
        "classes: [on-time, late]",
        "type: number",
        "loss: logistic needs a label of two classes, but the label is a number (job.yaml:16). Use"
            + " squared.");
  }

  @Test
  void refusesTransformsOfInputsThatAreNotThere() {
    assertFault(
        "model:\n",
        "transforms:\n  - clip: {input: image, min: 0, max: 1}\nmodel:\n",
        "transforms.0.clip.input: image is not an input of this job (job.yaml:12). Inputs: features");
  }

  @Test
  void namesTheLineOfALayerThatTheEngineRefuses() {
    var refused =
        new InvalidSettingException("model[0].dense", "dense needs a dense input. Use linear.");
    var unfit = new InvalidSettingException("model[2]", "the loss needs [1].");

    assertThat(read(JOB).places().located(refused))
        .hasMessage("model.0.dense: dense needs a dense input (job.yaml:12). Use linear.");
    assertThat(read(JOB).places().located(unfit))
        .hasMessage("model.2: the loss needs [1] (job.yaml:15).");
  }

  @Test
  void refusesUnknownModes() {
    assertFault(
        "{threads: 2}",
        "{mode: lock-free}",
        "engine.mode: lock-free is not one of synchronous, hogwild (job.yaml:21). How workers share"
            + " the parameters. synchronous: every step waits for all shards, which makes runs"
            + " repeatable. hogwild: each worker learns from rows of its own, without locks, and no"
            + " two runs are the same; for a linear model of a sparse input with update: sample.");
  }

  @Test
  void listsEveryFaultOnALineOfItsOwn() {
    String job =
        JOB.replace("size: 64", "size: 0")
            .replace("topic: flights", "topik: flights")
            .replace("- relu", "- tanh");

    assertThatThrownBy(() -> read(job))
        .isInstanceOf(HeadraceException.class)
        .hasMessage(
            """
            source.kafka.topik: is not a key here (job.yaml:3). Did you mean 'topic'?
            source.kafka.topic: is missing (job.yaml:3). Add it (text): The topic to read.
            model.1: 'tanh' is not a known layer (job.yaml:14). Known: dense, relu, linear, residual.
            batch.size: 0 is not within 1 to 1048576 (job.yaml:19). Samples of a full mini-batch: one step\
             of the optimizer each.""");
  }

  private static void assertFault(String text, String replacement, String message) {
    assertThat(JOB).contains(text);
    assertThatThrownBy(() -> read(JOB.replace(text, replacement)))
        .isInstanceOf(HeadraceException.class)
        .hasMessage(message);
  }
}
