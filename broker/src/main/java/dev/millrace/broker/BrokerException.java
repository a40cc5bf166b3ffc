package dev.millrace.broker;

import java.util.Locale;

/// The broker on this machine could not start, or is gone. The message says what happened and what
/// to do; both can be had apart.
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
  private final String what;
  private final String advice;

  /// @param what what happened, a clause that begins in lower case and has no full stop
  /// @param advice what to do, a sentence without its full stop
  BrokerException(Kind kind, String what, String advice) {
    super(message(what, advice));
    this.kind = kind;
    this.what = what;
    this.advice = advice;
  }

  /// The same with what it came from.
  BrokerException(Kind kind, String what, String advice, Throwable cause) {
    this(kind, what, advice);
    initCause(cause);
  }

  private static String message(String what, String advice) {
    return what.substring(0, 1).toUpperCase(Locale.ROOT) + what.substring(1) + ". " + advice + ".";
  }

  /// What happened: a clause that begins in lower case and has no full stop.
  public String what() {
    return what;
  }

  /// What to do: a sentence without its full stop.
  public String advice() {
    return advice;
  }

  /// What went wrong, for a program.
  public Kind kind() {
    return kind;
  }
}
