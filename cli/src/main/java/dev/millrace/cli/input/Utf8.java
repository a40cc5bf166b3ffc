package dev.millrace.cli.input;

/// What to say about text that is not UTF-8.
final class Utf8 {
  private Utf8() {}

  static InputException malformed(Source source, long line, byte[] text) {
    boolean utf16 =
        line == 1
            && text.length >= 2
            && ((text[0] == (byte) 0xFF && text[1] == (byte) 0xFE)
                || (text[0] == (byte) 0xFE && text[1] == (byte) 0xFF));
    return new InputException(
        source.name(),
        line,
        utf16 ? "this is UTF-16, not UTF-8" : "this line is not UTF-8",
        utf16
            ? "Convert it: iconv -f UTF-16 -t UTF-8"
            : "Convert it, perhaps with: iconv -f WINDOWS-1252 -t UTF-8");
  }
}
