package dev.millrace.engine.schema;

import dev.millrace.plugin.Mismatch;
import dev.millrace.plugin.MismatchException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/// Reads UTF-8, and says where it is none instead of replacing what is wrong.
public final class TextInput {
  private static final char REPLACEMENT = '\uFFFD';

  private TextInput() {}

  /// The text of these bytes.
  public static String read(byte[] utf8) throws MismatchException {
    // The JDK's replacing decoder is several times faster than its strict one, so the bytes are
    // looked at again only when there is a replacement in the text: almost never.
    String text = new String(utf8, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0) {
      ByteBuffer bytes = ByteBuffer.wrap(utf8);
      CoderResult result =
          StandardCharsets.UTF_8.newDecoder().decode(bytes, CharBuffer.allocate(utf8.length), true);
      if (result.isError()) {
        throw new MismatchException(
            new Mismatch("", "is not UTF-8, byte " + bytes.position()), null);
      }
    }
    return text;
  }
}
