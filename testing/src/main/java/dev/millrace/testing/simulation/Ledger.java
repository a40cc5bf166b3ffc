package dev.millrace.testing.simulation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// The books of a simulation, kept apart from the engine: which records went in, how many outputs
/// each must have, and what the output topics hold.
///
/// Every output's value must be [#output(String, int)] of its input. Finds what is lost, too much,
/// out of order, or committed too early.
public final class Ledger {
  private static final class Input {
    final long offset;
    final int place;
    final int outputs;
    final boolean[] seen;
    int distinct;
    boolean called;
    boolean excused;

    /// Passed over, or on the dead-letter topic.
    boolean put;

    /// Was to become a dead letter, or passed over: should an output come all the same, from a
    /// function that was repaired before that was committed, it has no place.
    boolean givenUp;

    Input(long offset, int place, int outputs) {
      this.offset = offset;
      this.place = place;
      this.outputs = outputs;
      this.seen = new boolean[outputs];
    }

    boolean complete() {
      return excused || put || (called && distinct == outputs);
    }
  }

  private static final class Book {
    final TopicPartition partition;
    final List<Input> inputs = new ArrayList<>();
    final Map<Destination, Long> lastFirst = new HashMap<>();
    int complete;

    Book(TopicPartition partition) {
      this.partition = partition;
    }

    /// The first record not yet called or without all its outputs; null when there is none.
    @Nullable Input firstIncomplete() {
      while (complete < inputs.size() && inputs.get(complete).complete()) {
        complete++;
      }
      return complete == inputs.size() ? null : inputs.get(complete);
    }
  }

  private record Source(Book book, Input input) {}

  /// Where outputs of an input partition come in their order.
  ///
  /// @param key of those that do; empty where all do
  private record Destination(TopicPartition partition, Optional<ByteBuffer> key) {}

  private final SimulatedCluster cluster;
  private final String deadLetters;
  private final Predicate<String> mayDie;
  private final Map<TopicPartition, Book> books = new LinkedHashMap<>();
  private final Map<String, Source> byId = new HashMap<>();
  private final Map<TopicPartition, Long> read = new LinkedHashMap<>();
  private final List<String> findings = new ArrayList<>();
  private long duplicates;
  private boolean ordered = true;
  private boolean orderedByKey;
  private boolean mayLose;

  /// Books over these output topics; they must exist.
  ///
  /// @param deadLetters one of them, whose records are inputs that could not be dealt with
  /// @param mayDie whether an input may be there
  public Ledger(
      SimulatedCluster cluster,
      Collection<String> outputTopics,
      String deadLetters,
      Predicate<String> mayDie) {
    this.cluster = cluster;
    this.deadLetters = deadLetters;
    this.mayDie = mayDie;
    for (String topic : outputTopics) {
      cluster.partitions(topic).forEach(partition -> read.put(partition, 0L));
    }
  }

  /// Expects no order any more: producers that give a record up and go on keep none.
  public void withoutOrder() {
    ordered = false;
  }

  /// Expects an order only among the inputs of a partition with the same key.
  public void withOrderByKey() {
    orderedByKey = true;
  }

  /// Inputs may be missing, called or not.
  public void mayLose() {
    mayLose = true;
  }

  /// The value of an output.
  ///
  /// @param id of its input
  /// @param number of the output among its input's, from 0
  public static byte[] output(String id, int number) {
    return (id + "#" + number).getBytes(StandardCharsets.UTF_8);
  }

  /// Enters an input record. Records of a partition are entered in their order.
  ///
  /// @param id unique among all inputs
  /// @param outputs how many outputs it must have; 0 for one that the function filters out
  public void wrote(TopicPartition partition, long offset, String id, int outputs) {
    Book book = books.computeIfAbsent(partition, Book::new);
    Input input = new Input(offset, book.inputs.size(), outputs);
    book.inputs.add(input);
    byId.put(id, new Source(book, input));
  }

  /// A call of the function finished with this input; until then it counts as lost.
  public void called(String id) {
    Source source = byId.get(id);
    if (source == null) {
      findings.add("called with a record that was never written: " + id);
    } else {
      source.input.called = true;
    }
  }

  /// An input was passed over: no output is expected of it any more.
  public void skipped(String id) {
    Source source = byId.get(id);
    if (source != null) {
      source.input.put = true;
      source.input.givenUp = true;
    }
  }

  /// An input is to become a dead letter, and what is behind it goes on.
  public void givenUp(String id) {
    Source source = byId.get(id);
    if (source != null) {
      source.input.givenUp = true;
    }
  }

  /// Inputs that the topic's retention or compaction deleted: they may be missing.
  ///
  /// @param deleted whether the record at this offset was deleted
  public void excuse(TopicPartition partition, LongPredicate deleted) {
    Book book = books.get(partition);
    if (book != null) {
      for (Input input : book.inputs) {
        input.excused |= deleted.test(input.offset);
      }
    }
  }

  /// Checks a commit at the moment it is made: no record below it may lack an output.
  ///
  /// @return what is wrong with it; null if nothing is
  public @Nullable String wrongWith(TopicPartition partition, OffsetAndMetadata commit) {
    readOn();
    Book book = books.get(partition);
    Input first = book == null || mayLose ? null : book.firstIncomplete();
    return first != null && first.offset < cluster.worth(partition, commit)
        ? partition
            + ": committed "
            + commit.offset()
            + ", but the record at "
            + first.offset
            + (first.called ? " has " : " was not called and has ")
            + first.distinct
            + " of "
            + first.outputs
            + " outputs"
        : null;
  }

  /// Checks what a commit says of the records behind it: those that are finished are complete.
  ///
  /// @param finished whether the record at an offset is
  /// @return what is wrong with it; null if nothing is
  public @Nullable String wrongBehind(
      TopicPartition partition, OffsetAndMetadata commit, LongPredicate finished) {
    readOn();
    Book book = books.get(partition);
    if (book == null || mayLose) {
      return null;
    }
    return book.inputs.stream()
        .filter(input -> input.offset >= commit.offset() && !input.complete())
        .filter(input -> finished.test(input.offset))
        .map(input ->
            partition + ": " + input.offset + " is committed as finished behind " + commit.offset())
        .findFirst()
        .orElse(null);
  }

  /// Everything that is wrong now that all is settled.
  ///
  /// @param committed the group's committed offsets
  /// @param maximumDuplicates how many outputs may be there more than once
  /// @param stoppedAt partitions that are allowed to have stopped, and the offset where; nothing at
  ///   or behind it is expected
  public List<String> settle(
      Map<TopicPartition, OffsetAndMetadata> committed,
      long maximumDuplicates,
      Map<TopicPartition, Long> stoppedAt) {
    readOn();
    List<String> all = new ArrayList<>(findings);
    for (Book book : books.values()) {
      long stop = stoppedAt.getOrDefault(book.partition, Long.MAX_VALUE);
      Input first = book.firstIncomplete();
      if (first != null && !mayLose && first.offset < stop) {
        all.add(book.partition + ": the record at " + first.offset + " lacks outputs");
      }
      OffsetAndMetadata commit = committed.get(book.partition);
      long worth = commit == null ? -1 : cluster.worth(book.partition, commit);
      String wrong = commit == null ? null : wrongWith(book.partition, commit);
      if (wrong != null) {
        all.add(wrong);
      }
      for (Input input : book.inputs) {
        if (!input.excused && input.offset < stop && worth <= input.offset) {
          all.add(
              book.partition
                  + ": the record at "
                  + input.offset
                  + " is not committed, only "
                  + (commit == null ? "nothing" : "up to " + commit.offset()));
          break;
        }
      }
      if (worth > stop && !mayLose) {
        all.add(book.partition + ": stopped at " + stop + ", but committed " + worth);
      }
    }
    if (duplicates > maximumDuplicates) {
      all.add(duplicates + " duplicates, at most " + maximumDuplicates + " allowed");
    }
    return all;
  }

  /// What is wrong whatever is still to come: outputs out of order, outputs nobody ordered.
  public List<String> findings() {
    readOn();
    return List.copyOf(findings);
  }

  /// Whether every input before these offsets has all its outputs.
  public boolean complete(Map<TopicPartition, Long> stoppedAt) {
    readOn();
    for (Book book : books.values()) {
      Input first = book.firstIncomplete();
      if (first != null && first.offset < stoppedAt.getOrDefault(book.partition, Long.MAX_VALUE)) {
        return false;
      }
    }
    return true;
  }

  /// How many outputs were there already when they were written again.
  public long duplicates() {
    readOn();
    return duplicates;
  }

  private void readOn() {
    read.replaceAll((partition, from) -> {
      PartitionLog log = cluster.log(partition);
      long end = log.stableEnd();
      if (end > from) {
        log.entries(from, end).forEach(entry -> enter(partition, entry));
      }
      return end;
    });
  }

  private void enter(TopicPartition partition, PartitionLog.Entry entry) {
    byte[] value = entry.value();
    String text = value == null ? "" : new String(value, StandardCharsets.UTF_8);
    if (partition.topic().equals(deadLetters)) {
      enterDead(partition, entry, text);
      return;
    }
    int hash = text.lastIndexOf('#');
    Source source = hash < 0 ? null : byId.get(text.substring(0, hash));
    int number = source == null ? -1 : Integer.parseInt(text.substring(hash + 1));
    if (source == null || number < 0 || number >= source.input.outputs) {
      findings.add(partition + "@" + entry.offset() + ": an output nobody ordered: " + text);
    } else if (source.input.seen[number]) {
      duplicates++;
    } else {
      source.input.seen[number] = true;
      source.input.distinct++;
      if (ordered && entry.key() != null && !source.input.excused && !source.input.givenUp) {
        checkOrder(partition, entry, source, number);
      }
    }
  }

  private void enterDead(TopicPartition partition, PartitionLog.Entry entry, String id) {
    Source source = byId.get(id);
    if (source == null || !mayDie.test(id)) {
      findings.add(
          partition + "@" + entry.offset() + ": a dead letter that nothing was wrong with: " + id);
    } else {
      source.input.put = true;
    }
  }

  /// Outputs without a key go to any partition, another one each time, and have no order.
  private void checkOrder(
      TopicPartition partition, PartitionLog.Entry entry, Source source, int number) {
    long place = ((long) source.input.place << 20) + number;
    Destination destination =
        new Destination(
            partition, orderedByKey ? Optional.of(ByteBuffer.wrap(entry.key())) : Optional.empty());
    long last = source.book.lastFirst.getOrDefault(destination, -1L);
    if (place < last) {
      findings.add(
          partition
              + "@"
              + entry.offset()
              + ": output "
              + number
              + " of the record at "
              + source.input.offset
              + " of "
              + source.book.partition
              + " came too late");
    }
    source.book.lastFirst.put(destination, Math.max(place, last));
  }
}
