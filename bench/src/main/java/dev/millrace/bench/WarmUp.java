package dev.millrace.bench;

/// Finds the moment when the first so many records were through, between two looks at how many
/// there are.
final class WarmUp {
  private final long records;
  private long lastMillis;
  private long lastWritten;
  private long endedAtMillis;

  WarmUp(long records) {
    this.records = records;
  }

  /// So many were through at this moment; moments and numbers never go back.
  void at(long millis, long written) {
    if (endedAtMillis == 0 && written >= records) {
      long more = written - lastWritten;
      endedAtMillis =
          lastMillis == 0 || more == 0
              ? millis
              : lastMillis + (millis - lastMillis) * (records - lastWritten) / more;
    }
    lastMillis = millis;
    lastWritten = written;
  }

  /// The moment, as if it had gone evenly between the two looks around it; 0 for not yet.
  long endedAtMillis() {
    return endedAtMillis;
  }
}
