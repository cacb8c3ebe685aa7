package io.headrace.app.run;

import static io.headrace.app.run.FuzzedJob.RECORDS;
import static io.headrace.app.run.FuzzedJob.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Topics;
import io.headrace.engine.sample.Ledger;
import io.headrace.ingest.Envelope;
import io.headrace.ingest.decode.FuzzSettings;
import io.headrace.ingest.decode.Mutator;
import io.headrace.ingest.file.FileSampleSource;
import io.headrace.ingest.registry.RegistryStub;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobRun;
import io.headrace.schemas.RejectedSample;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/**
 * Jobs whose files and topics are full of damaged records and noise: each ends by itself, and every
 * record is in its ledger, the rejected ones among the dead letters too, as they came.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzedRunTest {
  private static final int PARTITIONS = 3;
  private static final int RECORDS_OF_A_FILE = 40;

  private static final Pattern BLOCK = Pattern.compile("with (\\d+) records cannot be unpacked");

  @TempDir private static Path folder;

  private final Random random = new Random(FuzzSettings.SEED);
  private final RegistryStub registry = new RegistryStub();
  private int topicsLeft = 10;

  @SuppressWarnings("NullAway.Init") // by start
  private EmbeddedBroker broker;

  @BeforeAll
  void start() {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    try (Topics admin = Topics.at(broker.bootstrapServers())) {
      for (int i = 0; i < topicsLeft; i++) {
        admin.createIfMissing("topic-" + i, PARTITIONS);
      }
    }
    level(Level.ERROR); // one warning for each damaged file would be many
  }

  private static void level(@Nullable Level level) {
    ((Logger) LoggerFactory.getLogger(FileSampleSource.class)).setLevel(level);
  }

  @AfterAll
  void stop() {
    broker.close();
    registry.close();
    level(null);
  }

  private static TrainingStatus train(FuzzedJob job) {
    try (JobRun run = JobRun.start(job.spec(), JobRun.Options.NONE)) {
      return run.await();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "avro; format: avro; null",
        "avro; format: avro; zstandard",
        "csv; format: csv, header: false, columns: [y, a, b];",
        "jsonl; format: jsonl;",
        "vw; format: vw;",
        "libsvm; format: libsvm;",
        "text-lines; format: text-lines;",
        "text-window; format: text-window, window: 4, stride: 3;",
        "cifar10; format: cifar10;",
        "text-folder; format: text-folder;",
        "image-folder; format: image-folder;",
      })
  void everyRecordOfDamagedFilesIsInTheLedger(
      String format, String settings, @Nullable String codec) throws IOException {
    String name = "files-" + format + (codec == null ? "" : codec);
    Path files = Files.createDirectories(folder.resolve(name));
    var mutator = new Mutator(random, files(format, codec), FuzzedJob.words());
    boolean folders = format.endsWith("-folder");
    for (int i = 0; i < (folders ? RECORDS : RECORDS / RECORDS_OF_A_FILE); i++) {
      Path in = folders ? files.resolve(i % 5 == 0 ? "no" : "yes") : files;
      Files.write(Files.createDirectories(in).resolve("f" + i), mutator.next());
    }
    var job =
        new FuzzedJob(
            folder.resolve(name + "-job"),
            format,
            "{file: {path: %s, %s}}".formatted(files, settings));
    TrainingStatus end = train(job);
    long positions =
        end.ledger().entries().values().stream().mapToLong(Ledger.Entry::nextPosition).sum();
    assertThat(end.ledger().read() + inBlocks(job.account(end).values()))
        .as(name)
        .isEqualTo(positions);
  }

  /** Records, but for the first, of blocks that could not be unpacked: each is one letter. */
  private static long inBlocks(Collection<RejectedSample> letters) {
    return letters.stream()
        .map(letter -> BLOCK.matcher(letter.getDetail()))
        .filter(Matcher::find)
        .mapToLong(block -> Long.parseLong(block.group(1)) - 1)
        .sum();
  }

  private static List<byte[]> files(String format, @Nullable String codec) throws IOException {
    return switch (format) {
      case "avro" -> List.of(container(String.valueOf(codec)));
      case "cifar10" -> List.of(new byte[3 * 3073]);
      case "text-window" -> List.of(utf8("abжabжbba".repeat(RECORDS_OF_A_FILE / 3)));
      case "text-folder" -> List.of(utf8("A good film, it's"), utf8("bad, бред 17"));
      case "image-folder" -> List.of(picture("png"), picture("jpg"));
      default -> {
        String text = String.join("\r\n\n", FuzzedJob.lines(format)) + "\n";
        yield List.of(utf8(text.repeat(RECORDS_OF_A_FILE / 2)));
      }
    };
  }

  private static byte[] picture(String format) throws IOException {
    var bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB), format, bytes))
        .isTrue();
    return bytes.toByteArray();
  }

  static byte[] container(String codec) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var writer = new DataFileWriter<>(new GenericDatumWriter<GenericRecord>())) {
      writer.setCodec(CodecFactory.fromString(codec));
      writer.create(FuzzedJob.ROW, bytes, new byte[16]);
      for (int i = 0; i < RECORDS_OF_A_FILE; i++) {
        writer.append(row(i));
        if (i % 7 == 0) {
          writer.sync();
        }
      }
    }
    return bytes.toByteArray();
  }

  private static GenericData.Record row(int i) {
    return new GenericRecordBuilder(FuzzedJob.ROW)
        .set("y", i % 2 == 0 ? "no" : "yes")
        .set("a", i * 0.5)
        .set("b", "b" + i)
        .build();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "avro; single-object; format: avro, schema: row.avsc",
        "avro; confluent; format: avro, schema: row.avsc, framing: confluent",
        "avro; confluent; format: avro, schema: row.avsc, registry: {url: \"%s\"}",
        "avro; bare; format: avro, schema: row.avsc, framing: bare",
        "csv; ; format: csv, columns: [y, a, b]",
        "jsonl; ; format: jsonl",
        "vw; ; format: vw",
        "libsvm; ; format: libsvm",
        "text-lines; ; format: text-lines",
        "cifar10; ; format: cifar10",
      })
  void everyRecordOfATopicIsInTheLedgerAndTheRejectedAreKeptAsTheyCame(
      String format, @Nullable String framing, String settings) throws Exception {
    String topic = "topic-" + --topicsLeft;
    var mutator = new Mutator(random, messages(format, framing), FuzzedJob.words());
    Map<String, ProducerRecord<byte[], byte[]>> sent = send(topic, mutator);
    String source =
        "{kafka: {topic: %s, bootstrap: \"%s\", stop-at-end: true, %s}}"
            .formatted(topic, broker.bootstrapServers(), settings.formatted(registry.url()));
    var job = new FuzzedJob(folder.resolve(topic), format, source);
    TrainingStatus end = train(job);

    Map<String, RejectedSample> letters = job.account(end);
    assertThat(end.ledger().read()).as(source).isEqualTo(RECORDS);
    for (Map.Entry<String, RejectedSample> letter : letters.entrySet()) {
      ProducerRecord<byte[], byte[]> original = sent.get(letter.getKey());
      assertKept(letter.getKey(), letter.getValue(), Objects.requireNonNull(original));
    }
  }

  private List<byte[]> messages(String format, @Nullable String framing) throws IOException {
    if (format.equals("cifar10")) {
      return List.of(new byte[3073]);
    }
    if (framing == null) {
      return FuzzedJob.lines(format).stream().map(FuzzedJob::utf8).toList();
    }
    List<byte[]> messages = new ArrayList<>();
    int id = registry.add(FuzzedJob.ROW);
    for (int i = 0; i < 4; i++) {
      byte[] bare = bare(row(i));
      messages.add(
          switch (framing) {
            case "bare" -> bare;
            case "confluent" ->
                ByteBuffer.allocate(5 + bare.length).put((byte) 0).putInt(id).put(bare).array();
            default -> singleObject(row(i));
          });
    }
    return messages;
  }

  private static byte[] bare(GenericRecord row) throws IOException {
    var bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(FuzzedJob.ROW).write(row, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  private static byte[] singleObject(GenericRecord row) throws IOException {
    ByteBuffer message =
        new BinaryMessageEncoder<GenericRecord>(GenericData.get(), FuzzedJob.ROW).encode(row);
    byte[] bytes = new byte[message.remaining()];
    message.get(bytes);
    return bytes;
  }

  /** Sends records with all sorts of keys and headers, and some with no value; by their places. */
  private Map<String, ProducerRecord<byte[], byte[]>> send(String topic, Mutator mutator)
      throws Exception {
    Map<String, ProducerRecord<byte[], byte[]>> sent = new HashMap<>();
    var acknowledged =
        new IdentityHashMap<ProducerRecord<byte[], byte[]>, Future<RecordMetadata>>();
    try (KafkaProducer<byte[], byte[]> producer =
        TopicJob.producer(broker.bootstrapServers(), Map.of())) {
      for (int i = 0; i < RECORDS; i++) {
        int partition = random.nextInt(PARTITIONS);
        byte[] key = random.nextInt(3) == 0 ? noise() : null;
        byte[] value = random.nextInt(40) == 0 ? null : mutator.next();
        var record = new ProducerRecord<byte[], byte[]>(topic, partition, key, value);
        for (int header = random.nextInt(4); header > 0; header--) {
          String name = header == 1 ? "" : "h\u0436" + random.nextInt(3);
          record.headers().add(name, random.nextInt(5) == 0 ? null : noise());
        }
        acknowledged.put(record, producer.send(record));
      }
      for (var one : acknowledged.entrySet()) {
        RecordMetadata place = one.getValue().get();
        sent.put(
            "%s-%d %d".formatted(place.topic(), place.partition(), place.offset()), one.getKey());
      }
    }
    return sent;
  }

  private byte[] noise() {
    byte[] noise = new byte[random.nextInt(20)];
    random.nextBytes(noise);
    return noise;
  }

  private static void assertKept(
      String place, RejectedSample letter, ProducerRecord<byte[], byte[]> sent) {
    byte[] value = sent.value() == null ? new byte[0] : sent.value();
    assertThat(letter.getPayload()).as(place).isEqualTo(ByteBuffer.wrap(value));
    assertThat(letter.getKey())
        .as(place)
        .isEqualTo(sent.key() == null ? null : ByteBuffer.wrap(sent.key()));
    List<Envelope.Header> headers = new ArrayList<>();
    for (Header header : sent.headers()) {
      byte[] bytes = header.value();
      headers.add(new Envelope.Header(header.key(), bytes == null ? null : ByteBuffer.wrap(bytes)));
    }
    assertThat(letter.getHeaders())
        .extracting(kept -> new Envelope.Header(kept.getKey().toString(), kept.getValue()))
        .as(place)
        .isEqualTo(headers);
  }
}
