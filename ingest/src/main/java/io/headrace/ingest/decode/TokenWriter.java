package io.headrace.ingest.decode;

import io.headrace.engine.sample.TokenColumn;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.text.GrowingVocabulary;
import io.headrace.ingest.text.TokenTable;
import io.headrace.ingest.text.Tokenizer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Writes the token ids of one input, as {@link InputMapping.Tokens} says. Not thread-safe. */
final class TokenWriter {
  private final InputMapping.Tokens mapping;
  private final int slot;
  private final Tokenizer tokenizer;
  private final @Nullable TokenTable table;
  private final @Nullable GrowingVocabulary growing;
  private final boolean adds;
  private final @Nullable IntSupplier within;
  private final Tokenizer.Tokens collector;

  /** The last ids, that of token i at i modulo its length. */
  private final int[] ids;

  private long met;
  private @Nullable TokenColumn column;

  TokenWriter(InputMapping.Tokens mapping, FieldTable fields) {
    this.mapping = mapping;
    slot = fields.featureSlot(mapping.field());
    var known = new TokenTable(mapping.vocabulary());
    tokenizer = Tokenizer.of(mapping.split(), known);
    table = mapping.buckets() > 0 ? null : known;
    growing = mapping.growth().map(TokenWriter::met).orElse(null);
    adds = mapping.growth().map(Growth::adds).orElse(false);
    within = mapping.growth().flatMap(Growth::within).orElse(null);
    collector = this::collect;
    ids = new int[mapping.length()];
  }

  private static GrowingVocabulary met(Growth growth) {
    return growth
        .met()
        .orElseThrow(
            () -> new IllegalStateException("a decoder needs the tokens of GrowingVocabularies"));
  }

  int slot() {
    return slot;
  }

  /** Writes the row's tokens; returns what is wrong with them, or null. */
  @Nullable Fault write(FieldValues values, TokenColumn to, int row) {
    met = 0;
    column = to;
    switch (values.kind(slot)) {
      case TEXT, SYMBOL, UNTYPED ->
          tokenizer.cut(values.bytes(slot), values.offset(slot), values.length(slot), collector);
      case ABSENT -> {
        return new Fault(
            RejectionReason.MISSING_FIELD, mapping.name() + ": " + mapping.field() + " is missing");
      }
      default -> {
        return new Fault(
            RejectionReason.WRONG_SCHEMA,
            mapping.name() + ": " + mapping.field() + " is " + values.show(slot) + ", no text");
      }
    }
    if (met == 0) {
      return new Fault(
          RejectionReason.EMPTY_TEXT,
          "%s: %s is %s, without any %s"
              .formatted(
                  mapping.name(), mapping.field(), values.show(slot), mapping.split().code()));
    }
    for (long i = Math.max(0, met - ids.length); i < met; i++) {
      to.add(row, ids[(int) (i % ids.length)]);
    }
    return null;
  }

  private boolean collect(byte[] bytes, int offset, int length) {
    ids[(int) (met++ % ids.length)] = id(bytes, offset, length);
    return mapping.keepTail() || met < ids.length;
  }

  private int id(byte[] bytes, int offset, int length) {
    if (growing != null) {
      int number = growing.find(bytes, offset, length);
      if (within != null && number >= within.getAsInt()) {
        number = GrowingVocabulary.UNKNOWN;
      }
      return number == GrowingVocabulary.NOT_YET && adds && column != null
          ? column.waitingId(bytes, offset, length)
          : InputMapping.Tokens.id(number);
    }
    if (table != null) {
      return InputMapping.Tokens.id(table.find(bytes, offset, length));
    }
    long hash = Integer.toUnsignedLong(Murmur3.hash(bytes, offset, length, 0));
    return InputMapping.Tokens.FIRST + (int) (hash % mapping.buckets());
  }
}
