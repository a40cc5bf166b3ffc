package dev.millrace.engine.core;

import java.nio.ByteBuffer;

/// Which records of a partition wait for each other.
public enum Ordering {
  /// All of them.
  PARTITION,
  /// Those with the same key; those without one do not wait.
  KEY,
  /// None.
  NONE;

  /// What the lane is known by in which a record waits its turn: equal for those that share one.
  <R> Object lane(RecordView<R> view, R received) {
    return switch (this) {
      case PARTITION -> PARTITION;
      case KEY -> {
        ByteBuffer key = view.key(received);
        yield key == null ? received : key;
      }
      case NONE -> received;
    };
  }
}
