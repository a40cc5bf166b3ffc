package dev.millrace;

import org.jspecify.annotations.Nullable;

/// Thrown by a function to give its verdict on the message it is dealing with:
///
/// ```java
/// throw new VerdictException(Verdict.deadLetter("no price"));
/// ```
///
/// From a function over a list it is not known which message it is about: the batch is called again
/// in halves until that message stands alone. [Verdicts] says it at once.
///
/// It has no stack trace of its own, since it is a word and no fault, and functions may give it for
/// every second message. Its cause has one.
public final class VerdictException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Verdict verdict;

  /// With this verdict.
  public VerdictException(Verdict verdict) {
    this(verdict, null);
  }

  /// With this verdict, and what made the author give it.
  public VerdictException(Verdict verdict, @Nullable Throwable cause) {
    super(verdict.reason(), cause, false, false);
    this.verdict = verdict;
  }

  /// The verdict.
  public Verdict verdict() {
    return verdict;
  }
}
