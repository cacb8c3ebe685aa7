package io.headrace.sink.store;

import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.ObjectStoreSettings;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A part of a bucket of S3, or of a server that speaks its protocol. Conditional requests hold
 * writers apart; large objects go up in parts, and appear with the last.
 */
public final class S3Store implements ObjectStore {
  private static final int PRECONDITION_FAILED = 412;

  /** Name of what tells one write of an object from every other. */
  private static final String MARK = "headrace-write";

  private static final int CONFLICT = 409;
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int PART_BYTES = 16 << 20;
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final S3Client client;
  private final String bucket;
  private final String prefix;
  private final int partBytes;

  private S3Store(S3Client client, String bucket, String prefix, int partBytes) {
    this.client = client;
    this.bucket = bucket;
    this.prefix = prefix;
    this.partBytes = partBytes;
  }

  /** Opens a store; nothing is asked of it yet. */
  public static S3Store open(ObjectStoreSettings settings) {
    return open(settings, PART_BYTES);
  }

  /**
   * @param partBytes objects larger than this go up in parts of it; S3 takes 5 MiB at least
   */
  static S3Store open(ObjectStoreSettings settings, int partBytes) {
    return new S3Store(client(settings), settings.bucket(), settings.prefix(), partBytes);
  }

  static S3Client client(ObjectStoreSettings settings) {
    var builder =
        S3Client.builder()
            .httpClientBuilder(
                Apache5HttpClient.builder().connectionTimeout(CONNECT).socketTimeout(SILENCE))
            // Checkpoints carry their own SHA-256, and not every server knows S3's newer sums.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    settings.region().ifPresent(region -> builder.region(Region.of(region)));
    settings.endpoint().ifPresent(uri -> builder.endpointOverride(uri).forcePathStyle(true));
    settings
        .credentialsFile()
        .ifPresent(
            file ->
                builder.credentialsProvider(
                    ProfileCredentialsProvider.builder()
                        .profileFile(
                            ProfileFile.builder()
                                .content(file)
                                .type(ProfileFile.Type.CREDENTIALS)
                                .build())
                        .profileName(settings.profile())
                        .build()));
    try {
      return builder.build();
    } catch (SdkException e) {
      throw new HeadraceException(
          "checkpoints.store: %s Set region, e.g. eu-central-1.".formatted(sentence(e)), e);
    }
  }

  @Override
  public String name() {
    return "s3://" + bucket + "/" + prefix;
  }

  @Override
  public List<Stored> list() {
    return asked(
        "listed",
        () ->
            client
                .listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix))
                .contents()
                .stream()
                .map(
                    object ->
                        new Stored(
                            object.key().substring(prefix.length()),
                            object.size(),
                            object.eTag(),
                            object.lastModified().toEpochMilli()))
                .toList());
  }

  @Override
  public Optional<Stored> find(String key) {
    return asked(
        "asked for " + key,
        () -> {
          try {
            var head = client.headObject(request -> request.bucket(bucket).key(prefix + key));
            return Optional.of(
                new Stored(
                    key, head.contentLength(), head.eTag(), head.lastModified().toEpochMilli()));
          } catch (NoSuchKeyException _) {
            return Optional.empty();
          }
        });
  }

  @Override
  public Optional<String> create(String key, Path content) {
    return put(key, null, content);
  }

  @Override
  public Optional<String> replace(String key, String tag, Path content) {
    return put(key, tag, content);
  }

  /**
   * @param tag of what is replaced; null where nothing may be there
   */
  private Optional<String> put(String key, @Nullable String tag, Path content) {
    return asked(
        "given " + key,
        () -> {
          Map<String, String> mark = Map.of(MARK, UUID.randomUUID().toString());
          try {
            return Optional.of(
                Files.size(content) > partBytes
                    ? putInParts(key, tag, content, mark)
                    : putAtOnce(key, tag, content, mark));
          } catch (S3Exception refused) {
            boolean other =
                refused.statusCode() == PRECONDITION_FAILED
                    || refused.statusCode() == CONFLICT
                    || (tag != null && refused instanceof NoSuchKeyException);
            if (other) {
              return tagIfMarked(key, mark);
            }
            throw refused;
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /**
   * A request whose answer was lost is made again by the client, and then refused, for what it put
   * is there already.
   */
  private Optional<String> tagIfMarked(String key, Map<String, String> mark) {
    try {
      var head = client.headObject(request -> request.bucket(bucket).key(prefix + key));
      return head.metadata().entrySet().containsAll(mark.entrySet())
          ? Optional.of(head.eTag())
          : Optional.empty();
    } catch (NoSuchKeyException _) {
      return Optional.empty();
    }
  }

  private String putAtOnce(
      String key, @Nullable String tag, Path content, Map<String, String> mark) {
    return client
        .putObject(
            request ->
                request
                    .bucket(bucket)
                    .key(prefix + key)
                    .metadata(mark)
                    .ifMatch(tag)
                    .ifNoneMatch(tag == null ? "*" : null),
            RequestBody.fromFile(content))
        .eTag();
  }

  private String putInParts(
      String key, @Nullable String tag, Path content, Map<String, String> mark) throws IOException {
    String upload =
        client
            .createMultipartUpload(
                request -> request.bucket(bucket).key(prefix + key).metadata(mark))
            .uploadId();
    try {
      List<CompletedPart> parts = new ArrayList<>();
      long size = Files.size(content);
      for (long at = 0; at < size; at += partBytes) {
        parts.add(
            putPart(key, upload, parts.size() + 1, content, at, Math.min(partBytes, size - at)));
      }
      return client
          .completeMultipartUpload(
              request ->
                  request
                      .bucket(bucket)
                      .key(prefix + key)
                      .uploadId(upload)
                      .ifMatch(tag)
                      .ifNoneMatch(tag == null ? "*" : null)
                      .multipartUpload(all -> all.parts(parts)))
          .eTag();
    } catch (SdkException | IOException e) {
      abort(key, upload, e);
      throw e;
    }
  }

  private CompletedPart putPart(
      String key, String upload, int number, Path content, long at, long bytes) {
    String tag =
        client
            .uploadPart(
                request ->
                    request.bucket(bucket).key(prefix + key).uploadId(upload).partNumber(number),
                RequestBody.fromContentProvider(
                    () -> part(content, at, bytes), bytes, "application/octet-stream"))
            .eTag();
    return CompletedPart.builder().partNumber(number).eTag(tag).build();
  }

  /** Buffered, because the client marks and resets what it sends. */
  private static InputStream part(Path content, long at, long bytes) {
    try {
      FileChannel channel = FileChannel.open(content).position(at);
      return new BufferedInputStream(new Bounded(Channels.newInputStream(channel), bytes), 1 << 16);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Parts that nobody finishes take room; where this fails too, a rule of the bucket removes them.
   */
  private void abort(String key, String upload, Exception cause) {
    try {
      client.abortMultipartUpload(
          request -> request.bucket(bucket).key(prefix + key).uploadId(upload));
    } catch (SdkException e) {
      cause.addSuppressed(e);
    }
  }

  @Override
  public Optional<String> read(String key, Path to) {
    return asked(
        "asked for " + key,
        () -> {
          try (ResponseInputStream<GetObjectResponse> in =
              client.getObject(request -> request.bucket(bucket).key(prefix + key))) {
            Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
            return Optional.of(in.response().eTag());
          } catch (NoSuchKeyException _) {
            return Optional.empty();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Override
  public void readStart(String key, long bytes, Path to) {
    var _ =
        asked(
            "asked for the start of " + key,
            () -> {
              try (ResponseInputStream<GetObjectResponse> in =
                  client.getObject(
                      request ->
                          request
                              .bucket(bucket)
                              .key(prefix + key)
                              .range("bytes=0-" + (bytes - 1)))) {
                return Files.copy(new Bounded(in, bytes), to, StandardCopyOption.REPLACE_EXISTING);
              } catch (NoSuchKeyException _) {
                return 0L;
              } catch (S3Exception refused) {
                if (refused.statusCode() != RANGE_NOT_SATISFIABLE) { // an empty object's
                  throw refused;
                }
                return 0L;
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  @Override
  public void delete(String key) {
    var _ =
        asked(
            "told to delete " + key,
            () -> client.deleteObject(request -> request.bucket(bucket).key(prefix + key)));
  }

  private <T> T asked(String what, Supplier<T> question) {
    try {
      return question.get();
    } catch (SdkException e) {
      throw new HeadraceException("%s could not be %s: %s".formatted(name(), what, sentence(e)), e);
    } catch (UncheckedIOException e) {
      throw new HeadraceException(
          "%s could not be %s: %s".formatted(name(), what, e.getMessage()), e);
    }
  }

  private static String sentence(SdkException e) {
    String text = String.valueOf(e.getMessage()).strip();
    return text.endsWith(".") ? text : text + ".";
  }

  @Override
  public void close() {
    client.close();
  }
}
