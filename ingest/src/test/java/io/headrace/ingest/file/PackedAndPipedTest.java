package io.headrace.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.github.luben.zstd.ZstdOutputStream;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.ingest.RecordChunk;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;

class PackedAndPipedTest {
  private static final int RECORDS = 5_000;

  @TempDir private Path folder;

  private final InputStream realInput = System.in;

  /** Ways to pack. */
  enum Packing {
    GZIP,
    ZSTD;

    OutputStream to(OutputStream out) throws IOException {
      return this == GZIP ? new GZIPOutputStream(out) : new ZstdOutputStream(out);
    }
  }

  @AfterEach
  void giveInputBack() {
    System.setIn(realInput);
  }

  private FileReading lines() {
    return new FileReading(folder, new FileFormat.Lines(), new FileLimits(512, 1 << 20));
  }

  private static byte[] text(int from, int to) {
    var text = new StringBuilder();
    IntStream.range(from, to).forEach(i -> text.append("record ").append(i * 7919).append('\n'));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> seen(int records) {
    return IntStream.range(0, records).mapToObj(i -> i + " record " + i * 7919).toList();
  }

  private static byte[] packed(Packing packing, byte[]... parts) throws IOException {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      try (OutputStream out = packing.to(all)) {
        out.write(part);
      }
    }
    return all.toByteArray();
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void readsPackedFilesOfOneOrSeveralParts(Packing packing) throws IOException {
    Files.write(folder.resolve("one"), packed(packing, text(0, RECORDS)));
    Files.write(folder.resolve("two"), packed(packing, text(0, 1234), text(1234, RECORDS)));
    assertThat(lines().of("one")).isEqualTo(seen(RECORDS));
    assertThat(lines().of("two")).isEqualTo(seen(RECORDS));
    assertThat(lines().of("two", 4000)).isEqualTo(seen(RECORDS).subList(4000, RECORDS));
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void aFileThatIsCutOffCostsWhatIsBehindAndIsTold(Packing packing) throws IOException {
    byte[] whole = packed(packing, text(0, RECORDS));
    for (int length : new int[] {5, 12, whole.length / 2, whole.length - 1}) {
      Files.write(folder.resolve("cut"), Arrays.copyOf(whole, length));
      List<String> read = lines().of("cut");
      int sound = read.size() - 1;
      assertThat(read.subList(0, sound)).isEqualTo(seen(sound));
      assertThat(read.getLast())
          .startsWith(sound + " malformed: cut: record " + sound + " and what is behind it");
      assertThat(lines().of("cut", sound)).containsExactly(read.getLast());
      assertThat(lines().of("cut", sound + 1)).isEmpty();
    }
  }

  @Test
  void aDamagedFileCostsWhatIsBehindAndIsTold() throws IOException {
    byte[] whole = packed(Packing.GZIP, text(0, RECORDS));
    Arrays.fill(whole, whole.length / 2, whole.length / 2 + 40, (byte) 0xff);
    Files.write(folder.resolve("bad"), whole);
    List<String> read = lines().of("bad");
    assertThat(read.getLast()).contains(" malformed: bad: record ");
    assertThat(read.size()).isLessThan(RECORDS);
  }

  @Test
  void whatFollowsAWholePartAndIsNoneIsTold() throws IOException {
    byte[] whole = packed(Packing.GZIP, text(0, 1234));
    byte[] second = packed(Packing.GZIP, text(1234, RECORDS));
    second[0] ^= 1;
    for (int length : new int[] {1, 2, 17, second.length}) {
      var all = new ByteArrayOutputStream();
      all.write(whole);
      all.write(second, 0, length);
      Files.write(folder.resolve("bad"), all.toByteArray());
      List<String> read = lines().of("bad");
      assertThat(read.subList(0, 1234)).isEqualTo(seen(1234));
      assertThat(read.subList(1234, read.size()))
          .singleElement(STRING)
          .contains(" malformed: bad: ");
    }
  }

  /** However the buffer's end falls on the end of a part. */
  @Test
  void noPaddingOfTheBufferHidesWhatFollows() throws IOException {
    byte[] noise = new byte[1 << 16];
    new Random(3).nextBytes(noise);
    byte[] first = packed(Packing.GZIP, noise);
    for (int more = -12; more <= 12; more++) {
      byte[] sized =
          packed(Packing.GZIP, Arrays.copyOf(noise, 2 * noise.length - first.length + more));
      assertThat(new WholeGzip(new ByteArrayInputStream(sized)).readAllBytes())
          .hasSize(2 * noise.length - first.length + more);
      byte[] spoilt = Arrays.copyOf(sized, sized.length + 1);
      assertThatThrownBy(() -> new WholeGzip(new ByteArrayInputStream(spoilt)).readAllBytes())
          .hasMessageContaining("what follows a whole part");
    }
  }

  @Test
  void windowsOverAPackedTextThatIsCutOffAreTold() throws IOException {
    byte[] whole = packed(Packing.GZIP, "a".repeat(5000).getBytes(StandardCharsets.UTF_8));
    Files.write(folder.resolve("cut"), Arrays.copyOf(whole, whole.length - 1));
    var windows = new FileReading(folder, new FileFormat.Windows(9, 10), FileLimits.DEFAULT);
    assertThat(windows.of("cut").getLast()).contains("malformed: cut: what is behind record ");
  }

  @ParameterizedTest
  @EnumSource(Packing.class)
  void readsStandardInputPackedOrNot(Packing packing) throws IOException {
    System.setIn(new ByteArrayInputStream(text(0, RECORDS)));
    assertThat(lines().of("-")).isEqualTo(seen(RECORDS));
    System.setIn(new ByteArrayInputStream(packed(packing, text(0, 900), text(900, RECORDS))));
    assertThat(lines().of("-", 17)).isEqualTo(seen(RECORDS).subList(17, RECORDS));
  }

  @Test
  void standardInputIsReadOnce() {
    System.setIn(new ByteArrayInputStream(text(0, 3)));
    var source = new FileSampleSource(folder, "-", new FileFormat.Lines(), FileLimits.DEFAULT);
    source.requireFiles();
    source.chunks(Positions.START).doOnNext(RecordChunk::release).blockLast();
    assertThatThrownBy(() -> source.chunks(Positions.START).blockLast())
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("can be read only once");
  }

  @Test
  void whatCameOverAPipeIsGivenAtOnceAndSaysThatNothingWaits() throws Exception {
    var pipe = new PipedOutputStream();
    System.setIn(new PipedInputStream(pipe, 1 << 16));
    var source = new FileSampleSource(folder, "-", new FileFormat.Lines(), FileLimits.DEFAULT);
    BlockingQueue<String> got = new LinkedBlockingQueue<>();
    Disposable reading =
        source
            .chunks(Positions.START)
            .subscribe(
                chunk -> {
                  got.add(chunk.count() + (chunk.caughtUp() ? " caught up" : ""));
                  chunk.release();
                },
                fault -> got.add(fault.toString()),
                () -> got.add("end"));
    for (int records = 1; records < 4; records++) {
      pipe.write(text(0, records));
      pipe.flush();
      var told = new ArrayList<String>();
      while (told.stream().mapToInt(PackedAndPipedTest::count).sum() < records
          || !told.getLast().endsWith("caught up")) {
        told.add(String.valueOf(got.poll(20, TimeUnit.SECONDS)));
      }
      assertThat(told.stream().mapToInt(PackedAndPipedTest::count).sum()).isEqualTo(records);
    }
    pipe.close();
    assertThat(got.poll(20, TimeUnit.SECONDS)).isEqualTo("end");
    reading.dispose();
  }

  private static int count(String told) {
    return Integer.parseInt(told.split(" ", 2)[0]);
  }

  /** Where it is unpacked to a file there must be room for others. */
  @Test
  void whatWouldFillTheDiskIsNotUnpackedToItsEnd() throws IOException {
    Path file = Files.write(folder.resolve("f.avro"), packed(Packing.ZSTD, new byte[1 << 20]));
    assertThatThrownBy(() -> new PlainFile(SourceFile.of("f.avro", file), 1e-9))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it unpacks to more than ");
    try (var whole = new PlainFile(SourceFile.of("f.avro", file))) {
      assertThat(whole.file().path()).hasSize(1 << 20);
    }
  }
}
