package io.headrace.sink;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.SettingGroup;
import io.headrace.engine.config.Settings;
import io.headrace.engine.error.InvalidSettingException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The group {@code checkpoints.store}: a part of a bucket that checkpoints are kept in. Immutable.
 *
 * @param prefix that keys begin with, ending with a slash; empty for the whole bucket
 * @param endpoint of a server other than AWS
 * @param region empty for what the environment says
 * @param credentialsFile empty for what the environment says
 * @param profile in that file
 */
public record ObjectStoreSettings(
    String bucket,
    String prefix,
    Optional<URI> endpoint,
    Optional<String> region,
    Optional<Path> credentialsFile,
    String profile) {
  private static final String SCHEME = "s3://";

  private static final Setting<String> URL =
      Setting.text(
          "url", "Bucket and what the keys of this job begin with, s3://bucket/jobs/clicks.");
  private static final Setting<String> ENDPOINT =
      Setting.text(
              "endpoint",
              "Address of a server that speaks S3, e.g. https://minio:9000; without it, AWS.")
          .absentByDefault();
  private static final Setting<String> REGION =
      Setting.text(
              "region", "Region of the bucket; without it, what the environment says (AWS_REGION).")
          .absentByDefault();
  private static final Setting<String> CREDENTIALS_FILE =
      Setting.text(
              "credentials-file",
              "File with aws_access_key_id and aws_secret_access_key in the form of AWS; without it, the"
                  + " environment (AWS_ACCESS_KEY_ID, ...), ~/.aws, or the machine's role.")
          .absentByDefault();
  private static final Setting<String> PROFILE =
      Setting.text("profile", "Which part of that file counts.").orElse("default");

  private static final List<Setting<?>> DECLARED =
      List.of(URL, ENDPOINT, REGION, CREDENTIALS_FILE, PROFILE);

  /** The setting that reads the group. */
  static final Setting<ObjectStoreSettings> GROUP =
      SettingGroup.setting(
              "store",
              DECLARED,
              ObjectStoreSettings::from,
              "Object store that checkpoints are kept in besides: they count as written when they are"
                  + " there, and a run on another machine goes on from there.")
          .absentByDefault();

  /** Whether a text means a part of a bucket, and no file. */
  public static boolean isUrl(String text) {
    return text.startsWith(SCHEME);
  }

  /**
   * The same from a command line.
   *
   * @param endpoint address of the server; empty for AWS
   * @throws InvalidSettingException if a text is not what it should be
   */
  public static ObjectStoreSettings of(
      String url,
      Optional<String> endpoint,
      Optional<String> region,
      Optional<Path> credentialsFile,
      String profile) {
    String path = url.startsWith(SCHEME) ? url.substring(SCHEME.length()) : "";
    String bucket = path.contains("/") ? path.substring(0, path.indexOf('/')) : path;
    if (!bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
      throw new InvalidSettingException(
          "url",
          url + " is no part of a bucket. Write s3://bucket/prefix, the bucket in lower case.");
    }
    String prefix = path.substring(bucket.length()).replaceAll("^/+|/+$", "");
    return new ObjectStoreSettings(
        bucket,
        prefix.isEmpty() ? "" : prefix + "/",
        endpoint.map(ObjectStoreSettings::endpoint),
        region,
        credentialsFile,
        profile);
  }

  /** Takes settings that were read against {@link #GROUP}. */
  private static ObjectStoreSettings from(Settings settings) {
    return of(
        settings.value(URL),
        settings.optional(ENDPOINT),
        settings.optional(REGION),
        settings.optional(CREDENTIALS_FILE).map(Path::of),
        settings.value(PROFILE));
  }

  private static URI endpoint(String text) {
    if (!text.matches("https?://[^/?#\\s]+/?")) {
      throw new InvalidSettingException(
          "endpoint", text + " is no address of a server. Write e.g. https://minio:9000.");
    }
    return URI.create(text);
  }
}
