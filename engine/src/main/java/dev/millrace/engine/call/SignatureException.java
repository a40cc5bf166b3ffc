package dev.millrace.engine.call;

/// A method's parameter or return type is not one that can be served; caught by the scanner.
final class SignatureException extends Exception {
  private static final long serialVersionUID = 1;

  private final String advice;

  SignatureException(String what, String advice) {
    super(what, null, false, false);
    this.advice = advice;
  }

  String advice() {
    return advice;
  }
}
