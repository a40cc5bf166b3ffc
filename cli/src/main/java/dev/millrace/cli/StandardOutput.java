package dev.millrace.cli;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// A buffered stream that remembers why it could not be written.
final class StandardOutput extends PrintStream {
  private static final int BUFFER = 1 << 16;

  private final Target target;

  private StandardOutput(Target target) {
    super(new BufferedOutputStream(target, BUFFER), false, StandardCharsets.UTF_8);
    this.target = target;
  }

  static StandardOutput to(OutputStream stream) {
    return new StandardOutput(new Target(stream));
  }

  /// Why it could not be written; empty when all went well, or when the reader at the other end of
  /// the pipe had read enough, as `head` does.
  Optional<IOException> failure() {
    flush();
    return target.failure.filter(
        e -> !String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("pipe"));
  }

  private static final class Target extends FilterOutputStream {
    private Optional<IOException> failure = Optional.empty();

    Target(OutputStream stream) {
      super(stream);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        failure = Optional.of(e);
        throw e;
      }
    }
  }
}
