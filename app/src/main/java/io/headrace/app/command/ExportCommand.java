package io.headrace.app.command;

import io.headrace.app.report.ModelCard;
import io.headrace.engine.error.HeadraceException;
import io.headrace.pipeline.job.StoredModel;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.export.CoarseWeights;
import io.headrace.sink.export.ExportedModel;
import io.headrace.sink.export.OnnxFile;
import io.headrace.sink.export.SafetensorsFile;
import io.headrace.sink.export.VwText;
import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.ModelSignature;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code headrace checkpoints export}: a model for other programs, with a card that explains it.
 */
@Command(
    name = "export",
    description = {
      "Writes a checkpoint's model for other programs, and a model card beside it (FILE.md, FILE.json).",
      "",
      "  checkpoint   the whole checkpoint, verified; for FILE.safetensors without options",
      "  safetensors  weights and running statistics alone; with --public and the like",
      "  onnx         the model for ONNX runtimes (FILE.onnx)",
      "  vw           a linear model as vw --readable_model writes one (FILE.vw)"
    },
    mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
  private static final int ALL_DIGITS = 23;

  private enum Format {
    CHECKPOINT,
    SAFETENSORS,
    ONNX,
    VW;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT); // what a shell completes
    }
  }

  @Spec private CommandSpec spec;

  @Mixin private KeysOptions keys;

  @Mixin private StoreOptions store;

  @Parameters(
      paramLabel = "CHECKPOINT",
      description = "A checkpoint's file, or a folder for the newest in it; either may be s3://.")
  private String checkpoint;

  @Parameters(paramLabel = "FILE", description = "The file to write.")
  private Path to;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "One of the above; by default what the file's name says.")
  private @Nullable Format format;

  @Option(
      names = "--public",
      description =
          "Leave out optimizer state, positions, ledger and the job's file, on the card as well.")
  private boolean forThePublic;

  @Option(
      names = "--prune-below",
      paramLabel = "X",
      description = "Make weights 0 whose absolute value is below X.")
  private double pruneBelow;

  @Option(
      names = "--round-digits",
      paramLabel = "N",
      description = "Keep N binary digits of each weight, 0 to 23; 7 is the precision of bfloat16.")
  private int digits = ALL_DIGITS;

  @Option(
      names = "--sign",
      paramLabel = "KEYS",
      description =
          "Sign the files with a key set of headrace keys create --signing (FILE or env:NAME); headrace verify checks FILE.sig.")
  private @Nullable String signWith;

  @Override
  public Integer call() {
    Format as = format();
    FileSeal seal = keys.seal();
    try (var named = NamedCheckpoint.of(checkpoint, store)) {
      if (as == Format.CHECKPOINT) {
        copyCheckpoint(named.file(seal), seal);
      } else {
        writeModel(named.file(seal), seal, as);
      }
    }
    if (signWith != null) {
      sign(as, new EncryptionSettings(signWith, Optional.empty(), Optional.empty()));
    }
    return 0;
  }

  private void sign(Format as, EncryptionSettings with) {
    List<Path> files = new ArrayList<>(List.of(to));
    if (as != Format.CHECKPOINT) {
      String name = String.valueOf(to.getFileName());
      files.add(to.resolveSibling(name + ".md"));
      files.add(to.resolveSibling(name + ".json"));
    }
    long key = ModelSignature.sign(files, with);
    spec.commandLine()
        .getOut()
        .printf(Locale.ROOT, "signed with key %d: %s.sig%n", key, to.getFileName());
  }

  private Format format() {
    String name = String.valueOf(to.getFileName()).toLowerCase(Locale.ROOT);
    boolean changed = forThePublic || coarse();
    if (format == Format.CHECKPOINT && changed) {
      throw new HeadraceException(
          "A checkpoint is exported as it is: its hash is part of it. For --public, --prune-below and --round-digits choose safetensors, onnx or vw.");
    }
    if (format != null) {
      return format;
    }
    if (name.endsWith(".onnx")) {
      return Format.ONNX;
    }
    if (name.endsWith(".vw")) {
      return Format.VW;
    }
    return changed ? Format.SAFETENSORS : Format.CHECKPOINT;
  }

  private boolean coarse() {
    return pruneBelow != 0 || digits != ALL_DIGITS;
  }

  private void copyCheckpoint(Path file, FileSeal seal) {
    DirectoryCheckpointStore.export(file, seal, to);
    spec.commandLine().getOut().printf("%s exported to %s%n", file.getFileName(), to);
  }

  private void writeModel(Path file, FileSeal seal, Format as) {
    try (var model = StoredModel.open(file, seal)) {
      write(new CoarseWeights(pruneBelow, digits).of(model.exported()), as);
      String name = String.valueOf(to.getFileName());
      var card = new ModelCard(model, name, sha256(to), !coarse(), forThePublic);
      write(to.resolveSibling(name + ".md"), card.markdown());
      write(to.resolveSibling(name + ".json"), card.json());
      spec.commandLine()
          .getOut()
          .printf(
              Locale.ROOT,
              "%s, step %,d, exported to %s (%s, %,d bytes); its card is in %s.md and %s.json%n",
              model.checkpoint().job(),
              model.checkpoint().step(),
              to,
              as,
              Files.size(to),
              name,
              name);
    } catch (IOException e) {
      throw unwritable(to, e);
    }
  }

  private void write(ExportedModel model, Format as) {
    switch (as) {
      case ONNX -> OnnxFile.write(model, to);
      case VW -> VwText.write(model, to);
      case SAFETENSORS, CHECKPOINT -> SafetensorsFile.write(model.tensors(), about(model), to);
    }
  }

  private static SortedMap<String, String> about(ExportedModel model) {
    var about = new TreeMap<>(model.counts());
    about.put("job", model.job());
    about.put("step", Long.toString(model.step()));
    return about;
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private static HeadraceException unwritable(Path file, IOException cause) {
    return new HeadraceException(
        "%s cannot be written: %s. Name a file in a folder that exists and may be written to."
            .formatted(file, cause.getMessage()),
        cause);
  }

  private static String sha256(Path file) throws IOException {
    try (InputStream in =
        new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
