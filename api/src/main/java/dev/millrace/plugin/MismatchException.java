package dev.millrace.plugin;

import org.jspecify.annotations.Nullable;

/// A value cannot be read as, or written from, the given type. Has no stack trace: the mismatch
/// says it all.
public final class MismatchException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Mismatch mismatch;

  /// @param authors what the author's own code threw (a constructor, an accessor); null when it
  ///   threw nothing
  public MismatchException(Mismatch mismatch, @Nullable Throwable authors) {
    super(mismatch.toString(), authors, false, false);
    this.mismatch = mismatch;
  }

  /// Where and what.
  public Mismatch mismatch() {
    return mismatch;
  }
}
