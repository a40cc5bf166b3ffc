package dev.millrace.engine.call;

import dev.millrace.Header;
import dev.millrace.Message;
import dev.millrace.engine.problem.Problem;
import dev.millrace.plugin.Format;
import dev.millrace.plugin.Mismatch;
import dev.millrace.plugin.MismatchException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;

/// Turns Kafka's records into what a function takes. Thread-safe.
final class InputDecoder {
  private static final byte[] NO_BYTES = new byte[0];

  private final String function;
  private final InputShape shape;

  InputDecoder(FunctionDefinition definition) {
    this.function = definition.name();
    this.shape = definition.input();
  }

  /// Whether this record is a tombstone that does not reach the function.
  boolean skips(ConsumerRecord<byte[], byte[]> record) {
    return record.value() == null && !shape.metadata();
  }

  /// What the function takes of this record.
  Object decode(ConsumerRecord<byte[], byte[]> record, int attempt, String origin)
      throws UnreadableException {
    byte[] bytes = record.value();
    if (!shape.metadata()) {
      return value(bytes, record);
    }
    return new Message<>(
        bytes == null ? null : value(bytes, record),
        record.key(),
        headers(record.headers()),
        record.timestamp(),
        record.topic(),
        record.partition(),
        record.offset(),
        attempt,
        origin);
  }

  private Object value(byte[] bytes, ConsumerRecord<byte[], byte[]> record)
      throws UnreadableException {
    Format.Reader reader = shape.reader();
    if (reader == null) {
      return bytes;
    }
    try {
      return reader.read(bytes);
    } catch (MismatchException e) {
      throw new UnreadableException(
          problem(record, e.mismatch(), e.getCause() != null), e.getCause());
    }
  }

  private Problem problem(
      ConsumerRecord<byte[], byte[]> record, Mismatch mismatch, boolean refusedByAuthor) {
    String type = Types.name(shape.type());
    return new Problem(
        Place.of(function, record),
        "the message cannot be read as " + type + mismatch,
        refusedByAuthor
            ? "Correct what writes '" + record.topic() + "', or let " + type + " accept it"
            : "Correct what writes '"
                + record.topic()
                + "', or "
                + (!mismatch.path().isEmpty()
                    ? "change "
                        + type
                        + " (a component that may be missing is @Nullable or Optional)"
                    : "take " + (shape.type() == String.class ? "byte[]" : "String") + " instead"));
  }

  private static List<Header> headers(Headers headers) {
    org.apache.kafka.common.header.Header[] all = headers.toArray();
    if (all.length == 0) {
      return List.of();
    }
    List<Header> copied = new ArrayList<>(all.length);
    for (org.apache.kafka.common.header.Header header : all) {
      copied.add(new Header(header.key(), header.value() == null ? NO_BYTES : header.value()));
    }
    return copied;
  }
}
