package dev.millrace.engine.schema;

import dev.millrace.plugin.Format;
import dev.millrace.plugin.MismatchException;
import dev.millrace.plugin.Written;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// Text for functions over `String`, JSON for all others; UTF-8. Thread-safe.
///
/// Each holds on to the types it has met, and so to the loader of the author's code.
public final class JsonFormat implements Format {
  private volatile @Nullable JsonMapper mapper;

  @Override
  public String name() {
    return "json";
  }

  @Override
  public Reader reader(Type type) {
    if (type == String.class) {
      return TextInput::read;
    }
    JsonInput input = new JsonInput(type, mapper());
    Optional<String> impossible = input.impossible();
    if (impossible.isPresent()) {
      throw new IllegalArgumentException(impossible.get());
    }
    return input;
  }

  @Override
  public Written write(Object value) throws MismatchException {
    return json(value);
  }

  JsonValue json(Object value) throws MismatchException {
    return switch (value) {
      case String text -> JsonValue.of(text, text.getBytes(StandardCharsets.UTF_8));
      case byte[] given -> JsonValue.of(given, given);
      default -> JsonValue.of(value, JsonOutput.tree(value, mapper()));
    };
  }

  /// Made when the first JSON is met: functions over text start faster without it.
  private JsonMapper mapper() {
    JsonMapper made = mapper;
    if (made != null) {
      return made;
    }
    synchronized (this) {
      made = mapper;
      if (made == null) {
        made = Mappers.create();
        mapper = made;
      }
      return made;
    }
  }
}
