package dev.millrace.plugin;

import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// An output on its way: encoded, checked, for one topic. Immutable.
public interface Outgoing {
  /// The topic it is for.
  String topic();

  /// Its key, which decides the partition; null when it has none.
  byte @Nullable [] key();

  /// Its value; null in a tombstone, which deletes the key.
  byte @Nullable [] value();

  /// Calls back with name and value of each header, in their order. They must arrive with it.
  void headers(BiConsumer<String, byte[]> to);
}
