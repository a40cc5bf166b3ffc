package dev.millrace.testing.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/// One partition's log: batches with offsets, some of which hold no record (any more), as
/// transaction markers, aborted transactions and compaction leave them. Read as `read_committed`.
public final class PartitionLog {
  /// A record as it is stored.
  ///
  /// @param timestamp its create time in milliseconds
  public record Entry(
      long offset,
      byte @Nullable [] key,
      byte @Nullable [] value,
      List<Header> headers,
      long timestamp) {}

  /// What a reader gets, and where it goes on.
  ///
  /// @param records in their order, maybe none
  /// @param next the position after them, past the offsets that hold no record
  /// @param epoch leader epoch of the last batch read; -1 if none was
  record Fetched(List<ConsumerRecord<byte[], byte[]>> records, long next, int epoch) {}

  private record Batch(long first, long last, int epoch, List<Entry> entries) {}

  private record EpochStart(int epoch, long offset) {}

  private final TopicPartition partition;
  private final List<Batch> batches = new ArrayList<>();
  private final List<EpochStart> epochs = new ArrayList<>();
  private long start;
  private long end;
  private int epoch;
  private long availableFrom;
  private long openTransaction = -1;

  PartitionLog(TopicPartition partition, int epoch) {
    this.partition = partition;
    this.epoch = epoch;
    epochs.add(new EpochStart(epoch, 0));
  }

  /// Topic and partition.
  public TopicPartition partition() {
    return partition;
  }

  /// The first offset not expired.
  public long start() {
    return start;
  }

  /// The offset the next append gets.
  public long end() {
    return end;
  }

  /// Where readers of committed records must stop: the first offset of the open transaction, or the
  /// end.
  public long stableEnd() {
    return openTransaction >= 0 ? openTransaction : end;
  }

  /// The current leader's epoch.
  public int epoch() {
    return epoch;
  }

  /// The leader's epoch when this offset was written; the current one for what is not written yet.
  int epoch(long offset) {
    int at = firstBatchEndingAtOrAfter(offset);
    return at < batches.size() ? batches.get(at).epoch : epoch;
  }

  /// Every record that a new reader could see, in the order of the log.
  public List<Entry> entries() {
    return entries(start, stableEnd());
  }

  List<Entry> entries(long from, long to) {
    List<Entry> found = new ArrayList<>();
    for (int i = firstBatchEndingAtOrAfter(from); i < batches.size(); i++) {
      for (Entry entry : batches.get(i).entries) {
        if (entry.offset >= from && entry.offset < to) {
          found.add(entry);
        }
      }
    }
    return found;
  }

  /// Appends records as one batch.
  ///
  /// @return the offset of the first
  long append(List<Entry> records) {
    long first = end;
    List<Entry> entries = new ArrayList<>(records.size());
    for (Entry record : records) {
      entries.add(new Entry(end++, record.key, record.value, record.headers, record.timestamp));
    }
    batches.add(new Batch(first, end - 1, epoch, entries));
    return first;
  }

  /// Appends a batch of offsets that hold no record: a transaction marker, an aborted batch.
  public void hole(int offsets) {
    batches.add(new Batch(end, end + offsets - 1, epoch, new ArrayList<>()));
    end += offsets;
  }

  /// Begins a transaction: what is appended from now on is invisible until it ends.
  public void beginTransaction() {
    openTransaction = end;
  }

  /// Ends the transaction with a marker; aborted, its records vanish and their offsets stay.
  public void endTransaction(boolean commit) {
    if (!commit) {
      for (int i = firstBatchEndingAtOrAfter(openTransaction); i < batches.size(); i++) {
        batches.get(i).entries.clear();
      }
    }
    openTransaction = -1;
    hole(1);
  }

  /// Removes records as compaction does: batches keep their offsets, and an emptied batch goes
  /// altogether unless it is the last.
  public void compact(Predicate<Entry> removed) {
    long stable = stableEnd();
    for (int i = batches.size() - 1; i >= 0; i--) {
      Batch batch = batches.get(i);
      if (batch.last < stable
          && batch.entries.removeIf(removed)
          && batch.entries.isEmpty()
          && i < batches.size() - 1) {
        batches.remove(i);
      }
    }
  }

  /// Moves the start of the log up, as retention does.
  public void expireBefore(long offset) {
    start = Math.max(start, Math.min(offset, stableEnd()));
    while (!batches.isEmpty() && batches.getFirst().last < start) {
      batches.removeFirst();
    }
    while (epochs.size() > 1 && epochs.get(1).offset <= start) {
      epochs.removeFirst();
    }
    epochs.set(
        0, new EpochStart(epochs.getFirst().epoch, Math.max(start, epochs.getFirst().offset)));
  }

  /// A new leader takes over.
  public void changeLeader() {
    epoch++;
    epochs.add(new EpochStart(epoch, end));
  }

  /// An out-of-date replica becomes leader: everything from the batch with this offset on is lost,
  /// and its offsets are given again.
  ///
  /// @return where the log ends now
  public long loseFrom(long offset) {
    int first = firstBatchEndingAtOrAfter(offset);
    if (first < batches.size()) {
      end = Math.max(start, batches.get(first).first);
      batches.subList(first, batches.size()).clear();
      while (epochs.size() > 1 && epochs.getLast().offset >= end) {
        epochs.removeLast();
      }
    }
    changeLeader();
    return end;
  }

  /// Whether a transaction has begun and not ended.
  public boolean inTransaction() {
    return openTransaction >= 0;
  }

  /// Where the history of this leader epoch ends: a reader beyond it has read what the log no
  /// longer has. Without an epoch there is nothing to compare.
  Optional<OffsetAndMetadata> divergence(int positionEpoch, long position) {
    int shared = epochs.getFirst().epoch;
    for (EpochStart later : epochs) {
      if (positionEpoch >= 0 && later.epoch > positionEpoch) {
        return later.offset < position
            ? Optional.of(
                new OffsetAndMetadata(
                    later.offset, Optional.of(Math.min(shared, positionEpoch)), ""))
            : Optional.empty();
      }
      shared = later.epoch;
    }
    return Optional.empty();
  }

  /// What a committed offset is worth now: what was lost behind it is to be read again.
  long worth(OffsetAndMetadata committed) {
    return divergence(committed.leaderEpoch().orElse(-1), committed.offset())
        .map(OffsetAndMetadata::offset)
        .orElse(committed.offset());
  }

  boolean available(long now) {
    return now >= availableFrom;
  }

  void unavailableUntil(long millis) {
    availableFrom = millis;
  }

  /// Reads on from a position.
  ///
  /// @param room how many records at most; when it is used up, offsets without records behind the
  ///   last one are left for the next read, as in Kafka's own client
  /// @param most how many batches at most
  Fetched read(long position, int room, int most) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    long stable = stableEnd();
    long next = position;
    int lastEpoch = -1;
    int first = firstBatchEndingAtOrAfter(position);
    for (int i = first; i < batches.size() && i - first < most; i++) {
      Batch batch = batches.get(i);
      if (batch.first >= stable || records.size() == room) {
        break;
      }
      lastEpoch = batch.epoch;
      for (Entry entry : batch.entries) {
        if (entry.offset >= position) {
          if (records.size() == room) {
            return new Fetched(records, next, lastEpoch);
          }
          records.add(record(entry, batch.epoch));
          next = entry.offset + 1;
        }
      }
      if (records.size() < room) {
        next = batch.last + 1;
      }
    }
    return new Fetched(records, next, lastEpoch);
  }

  /// The first record with this timestamp or a later one.
  Optional<Entry> firstFrom(long timestamp) {
    return entries().stream().filter(entry -> entry.timestamp >= timestamp).findFirst();
  }

  private ConsumerRecord<byte[], byte[]> record(Entry entry, int batchEpoch) {
    byte @Nullable [] key = entry.key;
    byte @Nullable [] value = entry.value;
    return new ConsumerRecord<>(
        partition.topic(),
        partition.partition(),
        entry.offset,
        entry.timestamp,
        TimestampType.CREATE_TIME,
        key == null ? ConsumerRecord.NULL_SIZE : key.length,
        value == null ? ConsumerRecord.NULL_SIZE : value.length,
        key,
        value,
        new RecordHeaders(entry.headers),
        Optional.of(batchEpoch));
  }

  private int firstBatchEndingAtOrAfter(long offset) {
    int low = 0;
    int high = batches.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (batches.get(middle).last < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
