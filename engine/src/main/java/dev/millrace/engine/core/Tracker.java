package dev.millrace.engine.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which of the records received of a partition are finished, from the first that is not. A ring of
/// their offsets in order, so that nothing is computed with offsets: between two records there may
/// be any number of offsets that never come.
final class Tracker<R> {
  private static final int SMALL = 64;

  /// Larger ones are given back when all is finished.
  private static final int LARGE = 1 << 15;

  private final RecordView<R> view;

  /// Both of the same length, a power of two.
  private long[] offsets = new long[SMALL];

  /// Null for one that is finished.
  private @Nullable Object[] records = new Object[SMALL];

  private int head;
  private int size;

  /// How many have been finished behind the first that is not.
  private int finishedBehind;

  /// Of the last record that is finished.
  private int leaderEpoch = Position.NO_EPOCH;

  Tracker(RecordView<R> view) {
    this.view = view;
  }

  /// Takes records in, behind all others.
  void receive(List<R> received) {
    for (R one : received) {
      add(view.offset(one), one);
    }
  }

  /// A record behind all others that was finished before it came.
  void receiveFinished(R received) {
    leaderEpoch = Math.max(leaderEpoch, view.leaderEpoch(received));
    if (size > 0) {
      add(view.offset(received), null);
      finishedBehind++;
    }
  }

  private void add(long offset, @Nullable Object one) {
    if (size == offsets.length) {
      grow();
    }
    int at = (head + size++) & (offsets.length - 1);
    offsets[at] = offset;
    records[at] = one;
  }

  private void grow() {
    long[] moreOffsets = new long[2 * size];
    Object[] moreRecords = new Object[2 * size];
    int first = size - head;
    System.arraycopy(offsets, head, moreOffsets, 0, first);
    System.arraycopy(offsets, 0, moreOffsets, first, head);
    System.arraycopy(records, head, moreRecords, 0, first);
    System.arraycopy(records, 0, moreRecords, first, head);
    offsets = moreOffsets;
    records = moreRecords;
    head = 0;
  }

  /// Marks records as finished, in any order.
  void finish(List<R> finished) {
    for (R one : finished) {
      leaderEpoch = Math.max(leaderEpoch, view.leaderEpoch(one));
      int at = find(view.offset(one));
      records[(head + at) & (offsets.length - 1)] = null;
      finishedBehind++;
      if (at == 0) {
        skipFinished();
      }
    }
  }

  private void skipFinished() {
    while (size > 0 && records[head] == null) {
      head = (head + 1) & (offsets.length - 1);
      size--;
      finishedBehind--;
    }
    if (size == 0 && offsets.length > LARGE) {
      clear();
    }
  }

  /// The place of an unfinished record, from the first: mostly there are no gaps before it.
  private int find(long offset) {
    int high = (int) Math.min(size - 1, offset - offsets[head]);
    int low = 0;
    int at = high;
    while (low <= high) {
      long there = offset(at);
      if (there == offset) {
        return at;
      }
      if (there < offset) {
        low = at + 1;
      } else {
        high = at - 1;
      }
      at = (low + high) >>> 1;
    }
    throw new IllegalStateException("no record at " + offset + " is outstanding");
  }

  private long offset(int place) {
    return offsets[(head + place) & (offsets.length - 1)];
  }

  /// The first unfinished record; null when all are finished.
  @SuppressWarnings("unchecked")
  @Nullable R first() {
    return size == 0 ? null : (R) records[head];
  }

  /// Forgets everything.
  void clear() {
    offsets = new long[SMALL];
    records = new Object[SMALL];
    head = 0;
    size = 0;
    finishedBehind = 0;
  }

  /// How many records there are, from the first unfinished to the last received.
  int size() {
    return size;
  }

  /// What is finished behind the first that is not.
  ///
  /// @param former what was known before the records from `next` on are received
  Gaps gaps(Gaps former, long next) {
    boolean more = next < former.end();
    if (finishedBehind == 0 && !more) {
      return Gaps.NONE;
    }
    List<Long> unfinished = new ArrayList<>();
    int last = size - 1;
    while (!more && last >= 0 && records[(head + last) & (offsets.length - 1)] != null) {
      last--;
    }
    for (int i = 0; i <= last; i++) {
      if (records[(head + i) & (offsets.length - 1)] != null) {
        unfinished.add(offset(i));
      }
    }
    if (more) {
      unfinished.addAll(former.from(next).unfinished());
      return new Gaps(
          List.copyOf(unfinished), former.end(), Math.max(leaderEpoch, former.leaderEpoch()));
    }
    return new Gaps(List.copyOf(unfinished), offset(last) + 1, leaderEpoch);
  }
}
