package io.headrace.pipeline.job;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.foreign.StartingWeights;
import io.headrace.sink.foreign.WeightSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code start-from} group: weights of another program, or of another job, that a run begins
 * with where it has no checkpoint. Immutable.
 *
 * @param file as the job has it, relative to its data
 */
public record StartFrom(
    String file,
    Optional<String> layout,
    Map<String, String> names,
    boolean allowMissing,
    boolean allowUnused) {
  /** Value of a checkpoint: SHA-256 of the file that its model began with. */
  static final String SHA256 = "job.start-from";

  private static final Logger LOG = LoggerFactory.getLogger(StartFrom.class);
  private static final String HEADRACE = "headrace";
  private static final String PYTORCH = "pytorch";

  private static final Setting<String> FILE =
      Setting.text(
          "file",
          "One file of weights, *.safetensors or *.onnx; read where a run has no checkpoint to go on"
              + " from.");
  private static final Setting<String> LAYOUT =
      Setting.choice(
              "layout",
              List.of(HEADRACE, PYTORCH),
              "How a safetensors file names and lays out tensors: as headrace checkpoints export"
                  + " writes it, which is the default, or as PyTorch's state_dict. ONNX files have a"
                  + " layout of their own.")
          .absentByDefault();
  private static final Setting<Map<String, String>> NAMES =
      Setting.textMap(
              "names",
              "Which layer of the model a module of the file is (conv1: 0.conv2d), or which parameter a"
                  + " tensor is (fc.weight: 3.dense.weight); headrace checkpoints show names the"
                  + " model's. What is not named here is taken by the name that it has.")
          .orElse(Map.of());
  private static final Setting<Boolean> ALLOW_MISSING =
      Setting.flag(
              "allow-missing",
              "Whether parameters that the file does not have may keep their own first values.")
          .orElse(false);
  private static final Setting<Boolean> ALLOW_UNUSED =
      Setting.flag(
              "allow-unused",
              "Whether tensors of the file that the model has no place for may be left out.")
          .orElse(false);

  static final List<Setting<?>> DECLARED =
      List.of(FILE, LAYOUT, NAMES, ALLOW_MISSING, ALLOW_UNUSED);

  static StartFrom from(Settings settings) {
    return new StartFrom(
        settings.value(FILE),
        settings.optional(LAYOUT),
        settings.value(NAMES),
        settings.value(ALLOW_MISSING),
        settings.value(ALLOW_UNUSED));
  }

  boolean isOnnx() {
    return file.endsWith(".onnx");
  }

  /** What decides which weights are made of the file; its content is known by its digest. */
  void addTo(Fingerprint.Builder fingerprint) {
    fingerprint
        .add("start-from.layout", isOnnx() ? "onnx" : layout.orElse(HEADRACE))
        .add("start-from.names", names);
  }

  /**
   * The state of a job's model with these weights before its first step, and the file's digest
   * under {@link #SHA256}. What was taken goes to the log.
   *
   * @param first that state without them
   * @throws HeadraceException if they cannot be read or do not fit
   */
  Checkpoint begin(JobSpec job, Checkpoint first) {
    Path path = job.baseDirectory().resolve(file);
    String sha256 = sha256(path);
    var source =
        new WeightSource(
            path, layout.orElse(HEADRACE).equals(PYTORCH), names, allowMissing, allowUnused);
    StartingWeights weights = StartingWeights.read(source, job.modelSpec(), first);
    LOG.info(
        "{} begins with weights of {}: {} taken; fresh: {}; left out: {}",
        job.name(),
        file,
        weights.taken().size(),
        weights.fresh(),
        weights.unused());
    var values = new java.util.TreeMap<>(weights.checkpoint().values());
    values.put(SHA256, sha256);
    return weights.checkpoint().withValues(values);
  }

  private static String sha256(Path path) {
    try (var in =
        new DigestInputStream(Files.newInputStream(path), MessageDigest.getInstance("SHA-256"))) {
      InputStream all = in;
      all.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (IOException e) {
      throw new HeadraceException(
          "start-from.file: %s cannot be read: %s. Name a file of weights; relative paths start where the job's data do."
              .formatted(path, Files.exists(path) ? e.getMessage() : "there is none"),
          e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
