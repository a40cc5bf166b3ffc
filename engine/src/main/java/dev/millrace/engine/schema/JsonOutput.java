package dev.millrace.engine.schema;

import dev.millrace.plugin.Mismatch;
import dev.millrace.plugin.MismatchException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NumericNode;

/// Writes the author's values as JSON: first the tree, which is checked, then its bytes.
public final class JsonOutput {
  private JsonOutput() {}

  /// The tree of a value. NaN and the infinities, which JSON does not have, are a mismatch.
  static JsonNode tree(Object value, JsonMapper mapper) throws MismatchException {
    JsonNode tree;
    if (value instanceof JsonNode given) {
      tree = given;
    } else {
      try {
        tree = mapper.valueToTree(value);
      } catch (JacksonException e) {
        Throwable authors = Mappers.authors(e);
        throw new MismatchException(
            new Mismatch(
                Mappers.pointer(e),
                authors == null
                    ? "cannot be written as JSON"
                    : "cannot be written as JSON: " + authors.getClass().getSimpleName()),
            authors);
      } catch (StackOverflowError e) {
        throw new MismatchException(new Mismatch("", "contains itself"), null);
      }
    }
    String infinite = infinite(tree, "");
    if (infinite != null) {
      throw new MismatchException(
          new Mismatch(infinite, "must be a finite number: JSON has no NaN or infinity"), null);
    }
    return tree;
  }

  /// The tree of bytes that are said to be JSON.
  static JsonNode parse(byte[] json) throws MismatchException {
    try {
      JsonNode tree = Mappers.TREES.readTree(json);
      if (!tree.isMissingNode()) {
        return tree;
      }
    } catch (JacksonException e) {
      // Said below, without Jackson's excerpt of the content.
    }
    throw new MismatchException(new Mismatch("", "is not JSON"), null);
  }

  /// The bytes of a tree, UTF-8.
  static byte[] bytes(JsonNode tree) throws MismatchException {
    try {
      return Mappers.TREES.writeValueAsBytes(tree);
    } catch (JacksonException e) {
      throw new MismatchException(
          new Mismatch(Mappers.pointer(e), "cannot be written as JSON"), null);
    }
  }

  /// The path of the first number that is not finite, or null. Paths are built for containers only.
  private static @Nullable String infinite(JsonNode container, String path) {
    if (container.isObject()) {
      for (Map.Entry<String, JsonNode> field : container.properties()) {
        String found = infinite(field.getValue(), path, field.getKey());
        if (found != null) {
          return found;
        }
      }
      return null;
    }
    for (int i = 0; i < container.size(); i++) {
      String found = infinite(container.get(i), path, i);
      if (found != null) {
        return found;
      }
    }
    return container instanceof NumericNode number && number.isNaN() ? path : null;
  }

  private static @Nullable String infinite(JsonNode child, String path, Object step) {
    if (child.isContainer()) {
      return infinite(child, path + "/" + step);
    }
    return child instanceof NumericNode number && number.isNaN() ? path + "/" + step : null;
  }
}
