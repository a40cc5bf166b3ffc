package dev.millrace.cli.input;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The lines of a source as bytes, checked to be UTF-8, without line ends and without the
/// byte-order mark that some programs put at the beginning.
final class LineReader implements Closeable {
  private static final int LONGEST_LINE = 16 << 20;

  private final Source source;
  private final InputStream in;
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private byte[] buffer = new byte[1 << 16];
  private int from;
  private int to;
  private long line;

  LineReader(Source source) throws IOException {
    this.source = source;
    this.in = source.open();
  }

  /// The next line; null at the end.
  byte @Nullable [] next() throws IOException {
    int end = end();
    if (end < 0) {
      return null;
    }
    line++;
    int stop = end > from && buffer[end - 1] == '\r' ? end - 1 : end;
    byte[] text = Arrays.copyOfRange(buffer, from, stop);
    from = Math.min(end + 1, to);
    if (line == 1) {
      text = withoutMark(text);
    }
    check(text);
    return text;
  }

  /// The number of the line read last, from 1.
  long line() {
    return line;
  }

  /// Where the line ends that begins at `from`, reading on as needed; negative at the end.
  private int end() throws IOException {
    int next = from;
    while (true) {
      for (; next < to; next++) {
        if (buffer[next] == '\n') {
          return next;
        }
      }
      int length = to - from;
      if (length > LONGEST_LINE) {
        throw new InputException(
            source.name(),
            line + 1,
            "this line is longer than 16 MiB",
            "Is it one record for each line? Kafka's own limit is 1 MB for a record by default");
      }
      if (from > 0) {
        System.arraycopy(buffer, from, buffer, 0, length);
        from = 0;
        to = length;
        next = length;
      }
      if (to == buffer.length) {
        buffer = Arrays.copyOf(buffer, buffer.length * 2);
      }
      int count = in.read(buffer, to, buffer.length - to);
      if (count < 0) {
        return length == 0 ? -1 : to;
      }
      to += count;
    }
  }

  private void check(byte[] text) throws InputException {
    try {
      utf8.decode(ByteBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw Utf8.malformed(source, line, text);
    }
  }

  private static byte[] withoutMark(byte[] text) {
    boolean marked =
        text.length >= 3
            && text[0] == (byte) 0xEF
            && text[1] == (byte) 0xBB
            && text[2] == (byte) 0xBF;
    return marked ? Arrays.copyOfRange(text, 3, text.length) : text;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
