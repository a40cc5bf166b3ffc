package dev.millrace.cli.input;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Each line is a record's value as it stands, an empty one too.
final class RawLines implements Records {
  private final LineReader lines;

  RawLines(Source source) throws IOException {
    lines = new LineReader(source);
  }

  @Override
  public @Nullable Entry next() throws IOException {
    byte[] line = lines.next();
    return line == null ? null : new Entry(null, line, lines.line());
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
