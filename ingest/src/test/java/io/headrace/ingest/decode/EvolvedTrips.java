package io.headrace.ingest.decode;

import io.headrace.engine.sample.LabelSpec;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Trips of a producer before and after its upgrade, and two who read them. */
public final class EvolvedTrips {
  public static final Schema OLD =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Trip", "fields": [
                {"name": "paid", "type": "boolean"},
                {"name": "meters", "type": "int"},
                {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["TAXI", "BUS"]}},
                {"name": "seats", "type": "int"}]}
              """);

  /** With a field added, one removed, one renamed and promoted, others moved, and more symbols. */
  public static final Schema NEW =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Trip", "fields": [
                {"name": "kind", "type": {"type": "enum", "name": "Kind",
                  "symbols": ["OTHER", "BUS", "TAXI", "TRAM"], "default": "OTHER"}},
                {"name": "distance", "type": "double", "aliases": ["meters"]},
                {"name": "rain", "type": "float", "default": 0.5},
                {"name": "paid", "type": "boolean"}]}
              """);

  /** A reader of the old days that was told what to take for fields that may go one day. */
  public static final Schema PREPARED =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Trip", "fields": [
                {"name": "paid", "type": "boolean"},
                {"name": "meters", "type": "double", "aliases": ["distance"]},
                {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["TAXI", "BUS"],
                  "default": "TAXI"}},
                {"name": "seats", "type": "int", "default": 4}]}
              """);

  private EvolvedTrips() {}

  static SampleMapping mapping(String... fields) {
    return new SampleMapping(
        new LabelMapping("paid", new LabelSpec.Classes(List.of("no", "yes"))),
        Optional.empty(),
        Optional.empty(),
        List.of(new InputMapping.DenseFields("x", List.of(fields))));
  }

  static GenericRecord old(int meters, String kind, int seats) {
    var trip = new GenericData.Record(OLD);
    trip.put("paid", true);
    trip.put("meters", meters);
    trip.put("kind", new GenericData.EnumSymbol(OLD.getField("kind").schema(), kind));
    trip.put("seats", seats);
    return trip;
  }

  static GenericRecord upgraded(double distance, String kind, float rain) {
    var trip = new GenericData.Record(NEW);
    trip.put("kind", new GenericData.EnumSymbol(NEW.getField("kind").schema(), kind));
    trip.put("distance", distance);
    trip.put("rain", rain);
    trip.put("paid", true);
    return trip;
  }
}
