package dev.millrace.engine.deadletters;

import dev.millrace.engine.kafka.RecordId;
import java.util.Map;
import java.util.Optional;

/// The fates of all dead letters of a cluster, as they were when they were read. Immutable.
public final class Fates {
  private final Map<RecordId, Fate> fates;

  Fates(Map<RecordId, Fate> fates) {
    this.fates = Map.copyOf(fates);
  }

  /// What became of a dead letter; empty while it is open.
  public Optional<Fate> of(StoredLetter letter) {
    return Optional.ofNullable(fates.get(letter.id()))
        .filter(fate -> fate.topicId().equals(letter.topicId()));
  }
}
