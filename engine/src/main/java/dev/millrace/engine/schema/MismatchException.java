package dev.millrace.engine.schema;

import org.jspecify.annotations.Nullable;

/// A value cannot be read or written as JSON of the given type. Has no stack trace: the mismatch
/// says it all. Its cause, if any, was thrown by the author's own code (a constructor, an
/// accessor).
public final class MismatchException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Mismatch mismatch;

  MismatchException(Mismatch mismatch, @Nullable Throwable authors) {
    super(mismatch.toString(), authors, false, false);
    this.mismatch = mismatch;
  }

  /// Where and what.
  public Mismatch mismatch() {
    return mismatch;
  }
}
