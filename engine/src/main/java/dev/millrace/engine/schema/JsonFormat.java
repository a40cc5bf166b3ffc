package dev.millrace.engine.schema;

import dev.millrace.plugin.Format;
import dev.millrace.plugin.MismatchException;
import dev.millrace.plugin.Written;
import java.lang.reflect.Type;
import java.util.Optional;

/// Text for functions over `String`, JSON for all others; UTF-8. Thread-safe.
public final class JsonFormat implements Format {
  @Override
  public String name() {
    return "json";
  }

  @Override
  public Reader reader(Type type) {
    if (type == String.class) {
      return TextInput::read;
    }
    JsonInput input = new JsonInput(type);
    Optional<String> impossible = input.impossible();
    if (impossible.isPresent()) {
      throw new IllegalArgumentException(impossible.get());
    }
    return input;
  }

  @Override
  public Written write(Object value) throws MismatchException {
    return JsonValue.of(value);
  }
}
