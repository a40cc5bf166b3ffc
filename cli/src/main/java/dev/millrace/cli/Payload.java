package dev.millrace.cli;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// The bytes of a key, a value or a header.
///
/// @param bytes the bytes
record Payload(byte[] bytes) {
  /// They as text, if they are UTF-8.
  Optional<String> text() {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty(); // Not text.
    }
  }

  /// They in an alphabet that every program takes.
  String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
