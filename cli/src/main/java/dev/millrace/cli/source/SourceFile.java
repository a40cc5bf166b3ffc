package dev.millrace.cli.source;

import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A source as it was read: what is compiled is what was hashed, even if the file changes
/// meanwhile.
///
/// @param name how messages name it: the file's name, or its path below the folder that was given
/// @param path where it was read from
/// @param text what it says
record SourceFile(String name, Path path, String text) {
  static SourceFile read(String name, Path path) {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(Files.readAllBytes(path)))
              .toString();
      return new SourceFile(name, path, text);
    } catch (CharacterCodingException e) {
      throw new SetupException(name, "is not UTF-8 text", "Save it as UTF-8");
    } catch (IOException e) {
      throw new SetupException(name, "cannot be read: " + e, "Check its permissions");
    }
  }
}
