package dev.millrace.engine.schema;

import dev.millrace.plugin.MismatchException;
import dev.millrace.plugin.Written;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A value on its way to JSON: text and bytes pass as they are, anything else is a tree first.
final class JsonValue implements Written {
  private final Object value;
  private @Nullable JsonNode tree;
  private byte @Nullable [] bytes;

  private JsonValue(Object value, @Nullable JsonNode tree, byte @Nullable [] bytes) {
    this.value = value;
    this.tree = tree;
    this.bytes = bytes;
  }

  static JsonValue of(Object value, JsonNode tree) {
    return new JsonValue(value, tree, null);
  }

  static JsonValue of(Object value, byte[] bytes) {
    return new JsonValue(value, null, bytes);
  }

  @Override
  public Object value() {
    return value;
  }

  /// The tree, of text and bytes too: then they must be JSON.
  JsonNode tree() throws MismatchException {
    if (tree == null) {
      tree = JsonOutput.parse(bytes());
    }
    return tree;
  }

  @Override
  public byte[] bytes() throws MismatchException {
    if (bytes == null) {
      bytes = JsonOutput.bytes(tree());
    }
    return bytes;
  }
}
