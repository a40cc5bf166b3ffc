package dev.millrace.cli.input;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// The characters of a source, which must be UTF-8: the first byte that is not is an error that
/// names its line, after everything before it has been read. A byte-order mark is left out. After
/// the source's end comes a line with [#END], by which its reader can tell whether it came to the
/// end between two rows or within quotes.
final class Utf8Reader extends Reader {
  /// What comes on a line of its own after the source's end.
  static final String END = "\u0000end\u0000";

  private static final char MARK = '\uFEFF';

  private final Source source;
  private final InputStream in;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).flip();
  private final CharBuffer chars = CharBuffer.allocate(1 << 16).flip();
  private boolean begun;
  private boolean sourceEnded;
  private boolean endSaid;
  private long line = 1;

  Utf8Reader(Source source) throws IOException {
    this.source = source;
    this.in = source.open();
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    while (!chars.hasRemaining()) {
      if (endSaid) {
        return -1;
      }
      fill();
    }
    int count = Math.min(length, chars.remaining());
    chars.get(target, offset, count);
    return count;
  }

  private void fill() throws IOException {
    if (!sourceEnded) {
      bytes.compact();
      int count = in.read(bytes.array(), bytes.position(), bytes.remaining());
      sourceEnded = count < 0;
      bytes.position(bytes.position() + Math.max(0, count)).flip();
    }
    chars.clear();
    CoderResult result = decoder.decode(bytes, chars, sourceEnded);
    if (sourceEnded && result.isUnderflow() && chars.remaining() > END.length()) {
      chars.put('\n').put(END);
      endSaid = true;
    }
    chars.flip();
    if (!begun && chars.hasRemaining()) {
      begun = true;
      if (chars.get(chars.position()) == MARK) {
        chars.get();
      }
    }
    if (result.isError() && !chars.hasRemaining()) {
      byte[] wrong = new byte[Math.min(2, bytes.remaining())];
      bytes.get(wrong);
      throw Utf8.malformed(source, line, wrong);
    }
    for (int i = chars.position(); i < chars.limit(); i++) {
      if (chars.get(i) == '\n') {
        line++;
      }
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
