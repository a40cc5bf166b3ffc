package dev.millrace.bench.contender;

import java.util.Locale;

/// The contenders, and how each commits.
public enum Peer {
  FLUSH("raw loop, flush per batch", "after each poll, waiting", true),
  PIPELINED("raw loop, pipelined", "every 500 ms, not waiting", true),
  SPRING("Spring Kafka batch listener", "after each poll, waiting", false),
  STREAMS("Kafka Streams", "every 500 ms", false),
  MILLRACE("Millrace", "every 500 ms or 15,000 records, not waiting", false);

  private final String title;
  private final String commits;
  private final boolean raw;

  Peer(String title, String commits, boolean raw) {
    this.title = title;
    this.commits = commits;
    this.raw = raw;
  }

  /// As a person reads it.
  public String title() {
    return title;
  }

  /// When it commits offsets.
  public String commits() {
    return commits;
  }

  /// Whether it is a hand-written loop, which the others are compared with.
  public boolean raw() {
    return raw;
  }

  /// As options and result files name it.
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The contender of this [#id()].
  public static Peer of(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT));
  }

  Contender contender() {
    return switch (this) {
      case FLUSH -> new FlushLoop();
      case PIPELINED -> new PipelinedLoop();
      case SPRING -> new SpringListener();
      case STREAMS -> new StreamsTopology();
      case MILLRACE -> new MillraceFunction();
    };
  }
}
