package dev.millrace.engine.call;

import dev.millrace.Message;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/// Where outputs come from: the key they have by default, and the header that says it. Made once
/// for a batch, and once for each message that outputs are attributed to; shared by all of them.
///
/// `millrace-source` is `topic/partition/offset@origin`, or `topic/partition/first-last@origin` for
/// a batch. The origin is when the first event it all began with happened, in milliseconds since
/// the epoch: passed on from the source if it has one. One header rather than two, because each
/// costs the producer some 50 ns a record. `traceparent` is passed on from a message.
///
/// @param key the default key
/// @param headers for Kafka's record, which copies them
record Provenance(byte @Nullable [] key, Iterable<Header> headers) {
  static final String SOURCE = "millrace-source";
  static final String TRACE = "traceparent";

  /// Of a call as a whole.
  static Provenance ofBatch(List<ConsumerRecord<byte[], byte[]>> records) {
    ConsumerRecord<byte[], byte[]> first = records.getFirst();
    ConsumerRecord<byte[], byte[]> last = records.getLast();
    String source = first.topic() + "/" + first.partition() + "/" + first.offset();
    if (last.offset() != first.offset()) {
      source += "-" + last.offset();
    }
    long origin = Long.MAX_VALUE;
    for (int i = 0; i < records.size(); i++) {
      origin = Math.min(origin, origin(records.get(i)));
    }
    byte[] place = (source + "@").getBytes(StandardCharsets.ISO_8859_1);
    return new Provenance(
        null,
        // Kafka copies these faster than any other list.
        new RecordHeaders(List.<Header>of(new RecordHeader(SOURCE, digits(place, origin)))));
  }

  /// Of one record.
  ///
  /// @param prefix `topic/partition/` of the call, see [#prefix]
  static Provenance ofRecord(ConsumerRecord<byte[], byte[]> record, byte[] prefix) {
    long origin = -1;
    Header trace = null;
    // Most records have none, and asking for them by name is not free.
    for (Header header : record.headers()) {
      if (header.key().equals(SOURCE)) {
        origin = originIn(header.value());
      } else if (header.key().equals(TRACE)) {
        trace = header;
      }
    }
    return of(
        record.key(), prefix, record.offset(), origin < 0 ? record.timestamp() : origin, trace);
  }

  /// Of the message that the author named.
  static Provenance ofMessage(Message<?> message) {
    long origin = -1;
    Header trace = null;
    for (dev.millrace.Header header : message.headers()) {
      if (header.name().equals(SOURCE)) {
        origin = originIn(header.value());
      } else if (header.name().equals(TRACE)) {
        trace = new RecordHeader(TRACE, header.value());
      }
    }
    return of(
        message.keyBytes(),
        prefix(message.topic(), message.partition()),
        message.offset(),
        origin < 0 ? message.timestamp().toEpochMilli() : origin,
        trace);
  }

  private static Provenance of(
      byte @Nullable [] key, byte[] prefix, long offset, long origin, @Nullable Header trace) {
    byte[] place = digits(prefix, offset);
    byte[] marked = Arrays.copyOf(place, place.length + 1);
    marked[place.length] = '@';
    Header source = new RecordHeader(SOURCE, digits(marked, origin));
    return new Provenance(key, trace == null ? List.of(source) : List.of(source, trace));
  }

  /// What an output was made of, as people read it: `topic/partition/offset` or a range.
  static String source(Headers headers) {
    Header header = headers.lastHeader(SOURCE);
    String text = header == null ? "" : new String(header.value(), StandardCharsets.ISO_8859_1);
    return text.substring(0, Math.max(text.lastIndexOf('@'), 0));
  }

  /// The offset of the one record that an output was made of, -1 of several or none.
  static long offset(Headers headers) {
    String source = source(headers);
    String offset = source.substring(source.lastIndexOf('/') + 1);
    return offset.matches("[0-9]{1,18}") ? Long.parseLong(offset) : -1;
  }

  /// What stands before the offset in the source of every record of a partition.
  static byte[] prefix(String topic, int partition) {
    return (topic + "/" + partition + "/").getBytes(StandardCharsets.ISO_8859_1);
  }

  private static long origin(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(SOURCE);
    long passedOn = header == null ? -1 : originIn(header.value());
    return passedOn >= 0 ? passedOn : record.timestamp();
  }

  /// The origin in a source header, -1 when it holds none.
  private static long originIn(byte @Nullable [] source) {
    if (source == null) {
      return -1;
    }
    int at = source.length - 1;
    while (at >= 0 && source[at] != '@') {
      at--;
    }
    int digits = source.length - at - 1;
    if (at < 0 || digits == 0 || digits > 18) {
      return -1;
    }
    long number = 0;
    for (int i = at + 1; i < source.length; i++) {
      if (source[i] < '0' || source[i] > '9') {
        return -1;
      }
      number = number * 10 + source[i] - '0';
    }
    return number;
  }

  /// The prefix with a number behind it, in decimal.
  private static byte[] digits(byte[] prefix, long number) {
    long left = Math.max(0, number);
    int count = 1;
    for (long rest = left; rest >= 10; rest /= 10) {
      count++;
    }
    byte[] text = new byte[prefix.length + count];
    System.arraycopy(prefix, 0, text, 0, prefix.length);
    for (int i = text.length - 1; i >= prefix.length; i--) {
      text[i] = (byte) ('0' + left % 10);
      left /= 10;
    }
    return text;
  }
}
