package dev.millrace.testing;

/// In what way a call failed.
public enum FailureKind {
  /// The function threw.
  FUNCTION_FAILED,
  /// The function did not return within its deadline.
  OVERDUE,
  /// A message is not what the function takes.
  UNREADABLE,
  /// An output is not what was declared.
  INVALID_OUTPUT,
  /// A function over a list threw a verdict, which does not say on which message.
  VERDICT,
  /// A mistake of Millrace itself.
  DEFECT
}
