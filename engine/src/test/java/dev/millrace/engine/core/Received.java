package dev.millrace.engine.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A record of 10 bytes.
record Received(long offset, @Nullable String key, int leaderEpoch) {
  static final RecordView<Received> VIEW =
      new RecordView<>() {
        @Override
        public long offset(Received received) {
          return received.offset();
        }

        @Override
        public int leaderEpoch(Received received) {
          return received.leaderEpoch();
        }

        @Override
        public int bytes(Received received) {
          return 10;
        }

        @Override
        public @Nullable ByteBuffer key(Received received) {
          String key = received.key();
          return key == null ? null : ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public long timestamp(Received received) {
          return 1_000 + received.offset();
        }
      };

  /// Without a key, of the leader epoch 7.
  Received(long offset) {
    this(offset, null, 7);
  }
}
