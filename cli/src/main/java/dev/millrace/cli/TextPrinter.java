package dev.millrace.cli;

import dev.millrace.cli.live.OneLine;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// Prints records for people: partition, offset, time with this machine's zone, key, value. Control
/// characters are escaped, so that no record can break the line or the terminal.
final class TextPrinter implements RecordPrinter {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT);

  private final int width;
  private final ZoneId zone;

  /// @param width where lines are cut
  TextPrinter(int width, ZoneId zone) {
    this.width = width;
    this.zone = zone;
  }

  @Override
  public void print(ConsumerRecord<byte[], byte[]> next, PrintStream out) {
    String line =
        "%s  %s  %s  %s  %s"
            .formatted(
                next.partition(),
                next.offset(),
                next.timestamp() < 0 ? "-" : time(Instant.ofEpochMilli(next.timestamp()), zone),
                show(next.key(), "-"),
                show(next.value(), "null"));
    out.println(new OneLine(line).cut(width));
  }

  /// A time with its zone, to the millisecond.
  static String time(Instant time, ZoneId zone) {
    return TIME.format(time.atZone(zone));
  }

  /// Bytes as text.
  static String show(byte @Nullable [] bytes, String absent) {
    if (bytes == null) {
      return absent;
    }
    Payload payload = new Payload(bytes);
    return payload.text().orElseGet(() -> "base64:" + payload.base64());
  }
}
