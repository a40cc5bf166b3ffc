package dev.millrace.engine.kafka;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a record is; how people name it.
///
/// @param topic the topic
/// @param partition of that topic
/// @param offset in that partition
public record RecordId(String topic, int partition, long offset) {
  private static final Pattern WRITTEN =
      Pattern.compile("([a-zA-Z0-9._-]{1,249})/([0-9]{1,9})/([0-9]{1,18})");

  /// What was written as `topic/partition/offset`; empty for anything else.
  public static Optional<RecordId> read(String text) {
    Matcher written = WRITTEN.matcher(text.strip());
    return written.matches()
        ? Optional.of(
            new RecordId(
                written.group(1),
                Integer.parseInt(written.group(2)),
                Long.parseLong(written.group(3))))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return topic + "/" + partition + "/" + offset;
  }
}
