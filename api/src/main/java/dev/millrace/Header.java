package dev.millrace;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A Kafka header: a name that may occur more than once, and bytes.
///
/// @param name the name
/// @param value the bytes; not copied, so do not change them
public record Header(String name, byte[] value) {
  /// A header whose value is text, as UTF-8.
  public static Header of(String name, String text) {
    return new Header(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /// The value read as UTF-8 text.
  public String text() {
    return new String(value, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Header header
        && name.equals(header.name)
        && Arrays.equals(value, header.value);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return name + "=" + text();
  }
}
