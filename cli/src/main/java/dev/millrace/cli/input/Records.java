package dev.millrace.cli.input;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The records of one input, in order. Not safe for use by several threads.
public interface Records extends Closeable {
  /// The next record; null at the end.
  ///
  /// @throws InputException when the input is not what it should be
  @Nullable Entry next() throws IOException;
}
