package dev.millrace.engine.core;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What the core needs to know of a record it cannot look into.
///
/// @param <R> the record
public interface RecordView<R> {
  /// Its offset.
  long offset(R received);

  /// Its leader epoch, or [Position#NO_EPOCH].
  int leaderEpoch(R received);

  /// Its size in bytes, key and value and headers.
  int bytes(R received);

  /// The bytes of its key; null if it has none.
  @Nullable ByteBuffer key(R received);

  /// Its timestamp in milliseconds since the epoch.
  long timestamp(R received);
}
