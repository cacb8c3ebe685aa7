package io.headrace.perf.bench;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.perf.stream.Readings;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Records a second that one decoder turns into rows, from a chunk of 1024 records into a block; and
 * as the baseline a bare copy of the floats.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class DecoderBenchmark {

  @State(Scope.Thread)
  public static class Copy {
    private final byte[] messages = new byte[DecodeCase.RECORDS * Readings.MESSAGE_BYTES];
    private final MemorySegment floats =
        Floats.allocate((long) DecodeCase.RECORDS * Readings.WIDTH);

    public Copy() {
      for (int i = 0; i < DecodeCase.RECORDS; i++) {
        Readings.write(i, messages, i * Readings.MESSAGE_BYTES);
      }
    }
  }

  @State(Scope.Thread)
  public static class ReadingRecords {
    private final DecodeCase decoding = DecodeCase.readings();
  }

  @State(Scope.Thread)
  public static class CanonicalRecords {
    private final DecodeCase decoding = DecodeCase.canonical();
  }

  @State(Scope.Thread)
  public static class AvroFlights {
    private final DecodeCase decoding = DecodeCase.flightsAvro();
  }

  @State(Scope.Thread)
  public static class CsvFlights {
    private final DecodeCase decoding = DecodeCase.flightsCsv();
  }

  @State(Scope.Thread)
  public static class JsonFlights {
    private final DecodeCase decoding = DecodeCase.flightsJson();
  }

  @State(Scope.Thread)
  public static class VwClicks {
    private final DecodeCase decoding = DecodeCase.clicksVw();
  }

  @Benchmark
  @OperationsPerInvocation(DecodeCase.RECORDS)
  public MemorySegment baselineCopiesFloats(Copy copy) {
    int bytes = Readings.WIDTH * Float.BYTES;
    for (int i = 0; i < DecodeCase.RECORDS; i++) {
      int at = i * Readings.MESSAGE_BYTES + Readings.FEATURES_AT;
      MemorySegment.copy(
          copy.messages, at, copy.floats, ValueLayout.JAVA_BYTE, (long) i * bytes, bytes);
    }
    return copy.floats;
  }

  @Benchmark
  @OperationsPerInvocation(DecodeCase.RECORDS)
  public SampleBlock readings(ReadingRecords records) {
    return records.decoding.decode();
  }

  @Benchmark
  @OperationsPerInvocation(DecodeCase.RECORDS)
  public SampleBlock canonicalSamples(CanonicalRecords records) {
    return records.decoding.decode();
  }

  @Benchmark
  @OperationsPerInvocation(DecodeCase.RECORDS)
  public SampleBlock flightsAvro(AvroFlights records) {
    return records.decoding.decode();
  }

  @Benchmark
  @OperationsPerInvocation(DecodeCase.RECORDS)
  public SampleBlock flightsCsv(CsvFlights records) {
    return records.decoding.decode();
  }

  @Benchmark
  @OperationsPerInvocation(DecodeCase.RECORDS)
  public SampleBlock flightsJson(JsonFlights records) {
    return records.decoding.decode();
  }

  @Benchmark
  @OperationsPerInvocation(DecodeCase.RECORDS)
  public SampleBlock clicksVw(VwClicks records) {
    return records.decoding.decode();
  }
}
