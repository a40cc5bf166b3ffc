package dev.millrace.engine.core;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/// [Gaps] as text, for the metadata of a committed offset: a version, the end, the leader epoch and
/// the unfinished offsets as differences of variable length, and a checksum over these, the offset
/// they are committed with and the topic. What was damaged, or was taken along to another offset or
/// topic, is not read.
public final class GapMap {
  private static final byte VERSION = 1;
  private static final int CHECKSUM_BYTES = 4;

  private GapMap() {}

  /// Gaps as text; as long as [#longest] says at most.
  ///
  /// @param position the offset they are committed with
  /// @param topic what tells the topic from others of its name
  public static String encode(Gaps gaps, long position, String topic) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(VERSION);
    write(bytes, gaps.end() - position);
    write(bytes, gaps.leaderEpoch() - Position.NO_EPOCH);
    long last = position;
    for (long offset : gaps.unfinished()) {
      write(bytes, offset - last);
      last = offset;
    }
    byte[] content = bytes.toByteArray();
    bytes.writeBytes(
        ByteBuffer.allocate(CHECKSUM_BYTES).putInt(checksum(content, position, topic)).array());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  /// The length of the longest text.
  ///
  /// @param unfinished the most unfinished offsets
  /// @param span the most offsets from the position to the end
  static int longest(int unfinished, long span) {
    long bytes = 1 + 5 + 5 + CHECKSUM_BYTES + unfinished;
    // As many differences can be that large.
    for (int extra = 1; extra < 5; extra++) {
      bytes += Math.min(unfinished, span >> (7 * extra));
    }
    return (int) ((bytes * 4 + 2) / 3);
  }

  /// Reads what [#encode] wrote with the same offset and topic; empty for anything else.
  public static Optional<Gaps> decode(String text, long position, String topic) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    int length = bytes.length - CHECKSUM_BYTES;
    if (length < 3
        || bytes[0] != VERSION
        || ByteBuffer.wrap(bytes, length, CHECKSUM_BYTES).getInt()
            != checksum(Arrays.copyOf(bytes, length), position, topic)) {
      return Optional.empty();
    }
    ByteBuffer content = ByteBuffer.wrap(bytes, 1, length - 1);
    long end = position + read(content);
    int epoch = (int) read(content) + Position.NO_EPOCH;
    List<Long> unfinished = new ArrayList<>();
    long last = position;
    while (content.hasRemaining()) {
      last += read(content);
      unfinished.add(last);
    }
    return Optional.of(new Gaps(List.copyOf(unfinished), end, epoch));
  }

  private static int checksum(byte[] content, long position, String topic) {
    CRC32C checksum = new CRC32C();
    checksum.update(content);
    checksum.update(ByteBuffer.allocate(Long.BYTES).putLong(position).flip());
    checksum.update(topic.getBytes(StandardCharsets.UTF_8));
    return (int) checksum.getValue();
  }

  private static void write(ByteArrayOutputStream bytes, long number) {
    long rest = number;
    while (rest >= 0x80) {
      bytes.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }

  private static long read(ByteBuffer bytes) {
    long number = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = bytes.get();
      number |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return number;
      }
    }
  }
}
