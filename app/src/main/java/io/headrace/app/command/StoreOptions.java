package io.headrace.app.command;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.sink.ObjectStoreSettings;
import io.headrace.sink.store.CheckpointPlace;
import io.headrace.sink.store.DirectoryPlace;
import io.headrace.sink.store.FetchedPlace;
import io.headrace.sink.store.S3Store;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how an object store is reached: the settings of checkpoints.store. */
final class StoreOptions {
  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description = "For s3://: address of a server of your own, https://minio:9000; without, AWS.")
  private @Nullable String endpoint;

  @Option(
      names = "--region",
      paramLabel = "REGION",
      description = "For s3://: region of the bucket; without, what the environment says.")
  private @Nullable String region;

  @Option(
      names = "--credentials-file",
      paramLabel = "FILE",
      description =
          "For s3://: credentials in the form of AWS; without, the environment, ~/.aws or the machine's role.")
  private @Nullable Path credentialsFile;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      defaultValue = "default",
      description = "For s3://: which part of that file counts.")
  private String profile = "default";

  /**
   * The place that a text means: {@code s3://bucket/prefix}, or a folder.
   *
   * @throws HeadraceException if it is neither
   */
  CheckpointPlace place(String text) {
    if (ObjectStoreSettings.isUrl(text)) {
      return FetchedPlace.withTemporaryFolder(S3Store.open(settings(text)));
    }
    Path directory = Path.of(text);
    if (!Files.isDirectory(directory)) {
      throw new HeadraceException(
          "%s is not a folder. Name the checkpoints.directory of a job, or the url of its checkpoints.store."
              .formatted(directory));
    }
    return new DirectoryPlace(directory);
  }

  private ObjectStoreSettings settings(String url) {
    try {
      return ObjectStoreSettings.of(
          url,
          Optional.ofNullable(endpoint),
          Optional.ofNullable(region),
          Optional.ofNullable(credentialsFile),
          profile);
    } catch (InvalidSettingException e) {
      throw new HeadraceException(String.valueOf(e.getMessage()), e);
    }
  }
}
