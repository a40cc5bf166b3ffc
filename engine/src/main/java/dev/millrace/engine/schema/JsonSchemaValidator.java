package dev.millrace.engine.schema;

import dev.millrace.plugin.Validator;
import java.lang.reflect.Type;

/// Checks by JSON Schema, draft 2020-12: the one in a file, or the one that describes a type.
/// Thread-safe.
public final class JsonSchemaValidator implements Validator {
  private final JsonFormat json = new JsonFormat();

  @Override
  public String name() {
    return "json-schema";
  }

  @Override
  public Check ofType(Type type) {
    try {
      return OutputSchema.of(type, json);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  @Override
  public Check ofSchema(String text) {
    return OutputSchema.parse(text, json);
  }
}
