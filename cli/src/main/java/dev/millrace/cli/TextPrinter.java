package dev.millrace.cli;

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
                next.timestamp() < 0
                    ? "-"
                    : TIME.format(Instant.ofEpochMilli(next.timestamp()).atZone(zone)),
                show(next.key(), "-"),
                show(next.value(), "null"));
    out.println(line.length() > width ? line.substring(0, end(line)) + "…" : line);
  }

  /// Never between the two halves of a character.
  private int end(String line) {
    int end = Math.max(0, width - 1);
    return end > 0 && Character.isHighSurrogate(line.charAt(end - 1)) ? end - 1 : end;
  }

  /// Bytes as text in one line.
  static String show(byte @Nullable [] bytes, String absent) {
    if (bytes == null) {
      return absent;
    }
    Payload payload = new Payload(bytes);
    return payload.text().map(TextPrinter::escaped).orElseGet(() -> "base64:" + payload.base64());
  }

  private static String escaped(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char next = text.charAt(i);
      switch (next) {
        case '\n' -> escaped.append("\\n");
        case '\r' -> escaped.append("\\r");
        case '\t' -> escaped.append("\\t");
        default -> {
          if (Character.isISOControl(next)) {
            escaped.append(String.format(Locale.ROOT, "\\u%04x", (int) next));
          } else {
            escaped.append(next);
          }
        }
      }
    }
    return escaped.toString();
  }
}
