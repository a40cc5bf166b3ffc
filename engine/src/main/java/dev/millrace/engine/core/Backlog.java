package dev.millrace.engine.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Records of one partition received and never called, in the lists they came in: a list that is
/// just a batch is handed on as it is, and each record is looked at once.
final class Backlog<R> implements Iterable<R> {
  private final RecordView<R> view;
  private final Deque<Batch<R>> received = new ArrayDeque<>();
  private int size;
  private long bytes;

  /// Records that go together, with the sum of their sizes.
  record Batch<R>(List<R> records, long bytes) {}

  Backlog(RecordView<R> view) {
    this.view = view;
  }

  int size() {
    return size;
  }

  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return size == 0;
  }

  @Nullable R first() {
    return size == 0 ? null : received.getFirst().records.getFirst();
  }

  /// The record behind so many others; null when there are no more.
  @Nullable R get(int place) {
    int left = place;
    for (Batch<R> batch : received) {
      if (left < batch.records.size()) {
        return batch.records.get(left);
      }
      left -= batch.records.size();
    }
    return null;
  }

  void add(List<R> records) {
    if (!records.isEmpty()) {
      long sum = bytes(records);
      received.addLast(new Batch<>(records, sum));
      size += records.size();
      bytes += sum;
    }
  }

  /// Takes the first records: as many as fit, at least one. Not of an empty one.
  Batch<R> take(int mostRecords, long mostBytes) {
    Batch<R> first = takeFrom(mostRecords, mostBytes, true);
    List<R> records = first.records;
    long sum = first.bytes;
    while (size > 0 && records.size() < mostRecords) {
      Batch<R> more = takeFrom(mostRecords - records.size(), mostBytes - sum, false);
      if (more.records.isEmpty()) {
        break;
      }
      if (records == first.records) {
        records =
            new ArrayList<>(Math.min(mostRecords, records.size() + size + more.records.size()));
        records.addAll(first.records);
      }
      records.addAll(more.records);
      sum += more.bytes;
    }
    return new Batch<>(records, sum);
  }

  /// Takes what fits of the first list received.
  private Batch<R> takeFrom(int mostRecords, long mostBytes, boolean atLeastOne) {
    Batch<R> first = received.removeFirst();
    Batch<R> taken = first;
    if (first.records.size() > mostRecords || first.bytes > mostBytes) {
      int count = 0;
      long sum = 0;
      for (R one : first.records) {
        int next = view.bytes(one);
        if (count == mostRecords || (sum + next > mostBytes && !(atLeastOne && count == 0))) {
          break;
        }
        sum += next;
        count++;
      }
      taken = new Batch<>(part(first.records, 0, count), sum);
      if (count < first.records.size()) {
        received.addFirst(
            new Batch<>(part(first.records, count, first.records.size()), first.bytes - sum));
      }
    }
    size -= taken.records.size();
    bytes -= taken.bytes;
    return taken;
  }

  /// A view keeps the whole list in memory: a small part is copied.
  private static <R> List<R> part(List<R> records, int from, int to) {
    List<R> part = records.subList(from, to);
    return 2 * part.size() < records.size() ? new ArrayList<>(part) : part;
  }

  void clear() {
    received.clear();
    size = 0;
    bytes = 0;
  }

  private long bytes(List<R> records) {
    long sum = 0;
    for (R one : records) {
      sum += view.bytes(one);
    }
    return sum;
  }

  @Override
  public Iterator<R> iterator() {
    return received.stream().flatMap(batch -> batch.records.stream()).iterator();
  }
}
