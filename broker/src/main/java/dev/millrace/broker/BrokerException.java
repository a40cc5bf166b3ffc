package dev.millrace.broker;

/// The broker on this machine could not start, or is gone. The message is a full sentence saying
/// what happened and what to do.
public final class BrokerException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// What went wrong, for a program to act on.
  public enum Kind {
    /// Somebody else listens on the port, or it may not be opened.
    PORT_TAKEN(10),
    /// Another broker works in the data folder.
    FOLDER_IN_USE(11),
    /// No space is left for data, at start or while running.
    DISK_FULL(12),
    /// The data folder cannot be written, is damaged, or was written by a newer version.
    FOLDER_UNUSABLE(13),
    /// The broker ended, or never answered, for any other reason.
    DIED(14);

    private final int exitCode;

    Kind(int exitCode) {
      this.exitCode = exitCode;
    }

    /// What a broker's own process exits with.
    public int exitCode() {
      return exitCode;
    }
  }

  private final Kind kind;

  /// Says what happened, in a full sentence with what to do.
  public BrokerException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /// Says what happened, in a full sentence with what to do, and what it came from.
  public BrokerException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /// What went wrong.
  public Kind kind() {
    return kind;
  }
}
