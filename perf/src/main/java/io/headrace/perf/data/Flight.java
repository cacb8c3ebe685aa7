package io.headrace.perf.data;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * One flight as the published file has it. Immutable.
 *
 * @param departure local time, to the minute
 * @param delayMinutes behind schedule; negative when early
 * @param distanceMiles between the airports
 * @param origin IATA code
 * @param destination IATA code
 */
record Flight(
    LocalDateTime departure,
    int delayMinutes,
    int distanceMiles,
    String origin,
    String destination) {
  /**
   * From this delay on a flight counts as late, as the Bureau of Transportation Statistics has it.
   */
  static final int LATE_FROM_MINUTES = 15;

  /** The flight as a record of {@code flight.avsc}. */
  GenericRecord toAvro(Schema schema) {
    var avro = new GenericData.Record(schema);
    avro.put("origin", origin);
    avro.put("destination", destination);
    avro.put("distance", distanceMiles);
    avro.put("hour", departure.getHour());
    avro.put("weekday", departure.getDayOfWeek().getValue());
    avro.put("month", departure.getMonthValue());
    avro.put("delay", delayMinutes);
    avro.put("late", delayMinutes >= LATE_FROM_MINUTES ? "late" : "on-time");
    avro.put("departure", departure.toInstant(ZoneOffset.UTC).toEpochMilli());
    return avro;
  }

  /** Appends the flight as a line of Vowpal Wabbit's text; the distance in thousands of miles. */
  void appendVw(StringBuilder to) {
    to.append(delayMinutes >= LATE_FROM_MINUTES ? "1" : "-1");
    to.append(" |f o=").append(origin).append(" d=").append(destination);
    to.append(" r=").append(origin).append('_').append(destination);
    to.append(" h=").append(departure.getHour());
    to.append(" w=").append(departure.getDayOfWeek().getValue());
    to.append(" m=").append(departure.getMonthValue());
    to.append(" dist:").append(distanceMiles / 1000.0).append('\n');
  }
}
