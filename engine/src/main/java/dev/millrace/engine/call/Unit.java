package dev.millrace.engine.call;

import dev.millrace.Message;
import dev.millrace.engine.problem.Problem;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is released together: a batch call, or one record of a function that takes them singly.
/// Knows where its outputs come from, and says so only when there are any.
final class Unit {
  private final String function;
  private final CallRequest request;
  private final int index;
  private final byte[] prefix;
  private @Nullable Provenance provenance;
  private @Nullable Message<?> lastMessage;
  private @Nullable Provenance lastProvenance;
  private final Set<Long> withheld;

  private Unit(String function, CallRequest request, int index, byte[] prefix) {
    this.function = function;
    this.request = request;
    this.index = index;
    this.prefix = prefix;
    // Single records have outputs or stand apart as a whole.
    this.withheld = index < 0 ? new HashSet<>() : Set.of();
  }

  static Unit batch(String function, CallRequest request) {
    return new Unit(function, request, -1, new byte[0]);
  }

  static Unit single(String function, CallRequest request, int index, byte[] prefix) {
    return new Unit(function, request, index, prefix);
  }

  /// Outputs made of the record at this offset are not sent.
  void withhold(long offset) {
    withheld.add(offset);
  }

  boolean withholds(Message<?> source) {
    return !withheld.isEmpty()
        && source.topic().equals(request.partition().topic())
        && source.partition() == request.partition().partition()
        && withheld.contains(source.offset());
  }

  Provenance provenance() {
    if (provenance == null) {
      provenance =
          index < 0
              ? Provenance.ofBatch(request.records())
              : Provenance.ofRecord(request.records().get(index), prefix);
    }
    return provenance;
  }

  Provenance provenance(Message<?> message) {
    if (message != lastMessage || lastProvenance == null) {
      lastMessage = message;
      lastProvenance = Provenance.ofMessage(message);
    }
    return lastProvenance;
  }

  String where() {
    return index < 0
        ? Place.of(function, request.records())
        : Place.of(function, request.records().get(index));
  }

  InvalidOutputException invalid(String what, String advice) {
    return invalid(new Problem(where(), what, advice), null);
  }

  InvalidOutputException invalid(Problem problem, @Nullable Throwable authors) {
    return new InvalidOutputException(problem, authors);
  }
}
