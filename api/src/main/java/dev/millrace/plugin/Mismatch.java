package dev.millrace.plugin;

/// Where a value does not fit, and which rule it breaks. Holds no content of the value.
///
/// @param path JSON Pointer, empty for the value as a whole
/// @param rule what is wrong, so that it can follow a colon: `must be a number`, `is missing`
public record Mismatch(String path, String rule) {
  /// As the end of a sentence: ` at /amount: must be a number`, or `: must be an object`.
  @Override
  public String toString() {
    return path.isEmpty() ? ": " + rule : " at " + path + ": " + rule;
  }
}
