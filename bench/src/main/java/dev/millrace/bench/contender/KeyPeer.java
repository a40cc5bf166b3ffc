package dev.millrace.bench.contender;

import java.util.Locale;

/// The contenders under key order, and what each of them does at the same time.
public enum KeyPeer {
  SPRING("Spring Kafka record listener", "a thread for each partition"),
  PARALLEL("Confluent Parallel Consumer 0.5.3.3", "as many calls as asked for, by key"),
  MILLRACE("Millrace", "as many calls as asked for, by key");

  private final String title;
  private final String parallel;

  KeyPeer(String title, String parallel) {
    this.title = title;
    this.parallel = parallel;
  }

  /// As a person reads it.
  public String title() {
    return title;
  }

  /// What it does at the same time.
  public String parallel() {
    return parallel;
  }

  /// As options and result files name it.
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The contender of this [#id()].
  public static KeyPeer of(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT));
  }

  KeyContender contender() {
    return switch (this) {
      case SPRING -> new SpringRecordListener();
      case PARALLEL -> new ParallelConsumer();
      case MILLRACE -> new MillraceByKey();
    };
  }
}
