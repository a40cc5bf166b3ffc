package dev.millrace.engine.deadletters;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a dead letter is; how people name it.
///
/// @param topic the dead-letter topic
/// @param partition of that topic
/// @param offset in that partition
public record LetterId(String topic, int partition, long offset) {
  private static final Pattern WRITTEN =
      Pattern.compile("([a-zA-Z0-9._-]{1,249})/([0-9]{1,9})/([0-9]{1,18})");

  /// What was written as `topic/partition/offset`; empty for anything else.
  public static Optional<LetterId> read(String text) {
    Matcher written = WRITTEN.matcher(text.strip());
    return written.matches()
        ? Optional.of(
            new LetterId(
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
