package dev.millrace.engine.schema;

import dev.millrace.plugin.Format;
import dev.millrace.plugin.Mismatch;
import dev.millrace.plugin.MismatchException;
import java.lang.reflect.Type;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.exc.InvalidDefinitionException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeType;

/// Reads JSON into one of the author's types.
///
/// Unknown fields are ignored; a missing or null component is a mismatch unless it is `@Nullable`
/// or `Optional`; nothing is coerced (text is no number, 1.5 is no whole number). Thread-safe.
public final class JsonInput implements Format.Reader {
  private static final Set<Class<?>> WHOLE_NUMBERS =
      Set.of(
          int.class,
          long.class,
          short.class,
          byte.class,
          Integer.class,
          Long.class,
          Short.class,
          Byte.class,
          java.math.BigInteger.class);
  private static final Set<Class<?>> NUMBERS =
      Set.of(
          double.class,
          float.class,
          Double.class,
          Float.class,
          java.math.BigDecimal.class,
          Number.class);

  private final ObjectReader reader;

  /// Reads values of this type: a record, a class, a map, a JSON tree.
  JsonInput(Type type, JsonMapper mapper) {
    this.reader = mapper.readerFor(mapper.constructType(type));
  }

  /// Why values of this type can never be read, such as an interface or a class without a usable
  /// constructor; empty when they can.
  Optional<String> impossible() {
    try {
      reader.readValue("{}");
    } catch (InvalidDefinitionException e) {
      Class<?> culprit = e.getType() == null ? Object.class : e.getType().getRawClass();
      return Optional.of(
          culprit.getSimpleName()
              + " cannot be made from JSON: it needs a constructor without parameters, or to be a"
              + " record");
    } catch (JacksonException e) {
      // An empty object is no such value: it could be read if it were one.
    }
    return Optional.empty();
  }

  /// The value of these bytes, UTF-8. JSON's `null` counts as a mismatch.
  @Override
  public Object read(byte[] json) throws MismatchException {
    if (json.length == 0) {
      throw new MismatchException(new Mismatch("", "is empty, and not JSON"), null);
    }
    try {
      Object value = reader.readValue(json);
      if (value == null) {
        throw new MismatchException(new Mismatch("", "must not be null"), null);
      }
      return value;
    } catch (JacksonException e) {
      throw new MismatchException(explain(e, json), Mappers.authors(e));
    } catch (StackOverflowError e) {
      throw new MismatchException(new Mismatch("", "is nested too deeply"), null);
    }
  }

  private static Mismatch explain(JacksonException problem, byte[] json) {
    String path = Mappers.pointer(problem);
    if (problem instanceof StreamConstraintsException) {
      return new Mismatch(path, "is nested too deeply, or holds too long a text or number");
    }
    if (problem instanceof StreamReadException && !(problem instanceof InputCoercionException)) {
      return new Mismatch("", "is not JSON, byte " + position(problem));
    }
    JsonNode value;
    try {
      value = Mappers.TREES.readTree(json).at(path);
    } catch (JacksonException notJson) {
      return new Mismatch("", "is not JSON, byte " + position(notJson));
    }
    if (value.isMissingNode()) {
      return new Mismatch(path, "is missing");
    }
    Throwable authors = Mappers.authors(problem);
    if (authors != null) {
      return new Mismatch(path, "was refused with " + authors.getClass().getSimpleName());
    }
    if (value.isNull()) {
      return new Mismatch(path, "must not be null");
    }
    return new Mismatch(
        path,
        switch (problem) {
          case MismatchedInputException e when e.getTargetType() != null ->
              expected(e.getTargetType(), value);
          case InputCoercionException e -> expected(e.getTargetType(), value);
          default -> "cannot be read";
        });
  }

  private static long position(JacksonException problem) {
    return problem.getLocation() == null ? 0 : Math.max(0, problem.getLocation().getByteOffset());
  }

  private static String expected(Class<?> target, JsonNode value) {
    if (WHOLE_NUMBERS.contains(target)) {
      return value.isIntegralNumber()
          ? "must be a whole number that fits " + target.getSimpleName()
          : "must be a whole number" + butIs(value, JsonNodeType.NUMBER);
    }
    if (NUMBERS.contains(target)) {
      return "must be a number" + butIs(value, JsonNodeType.NUMBER);
    }
    if (CharSequence.class.isAssignableFrom(target)) {
      return "must be text" + butIs(value, JsonNodeType.STRING);
    }
    if (target == boolean.class || target == Boolean.class) {
      return "must be true or false" + butIs(value, JsonNodeType.BOOLEAN);
    }
    if (target.isEnum()) {
      return "must be one of "
          + Arrays.stream(target.getEnumConstants())
              .map(constant -> ((Enum<?>) constant).name())
              .collect(Collectors.joining(", "));
    }
    if (Collection.class.isAssignableFrom(target) || target.isArray()) {
      return "must be a list" + butIs(value, JsonNodeType.ARRAY);
    }
    if (Temporal.class.isAssignableFrom(target)) {
      return "must be ISO text for " + target.getSimpleName();
    }
    if (Map.class.isAssignableFrom(target)) {
      return "must be an object" + butIs(value, JsonNodeType.OBJECT);
    }
    if (value.isValueNode() && target.getName().startsWith("java.")) {
      return "must be text for " + target.getSimpleName();
    }
    return "must be an object" + butIs(value, JsonNodeType.OBJECT);
  }

  private static String butIs(JsonNode value, JsonNodeType wanted) {
    if (value.getNodeType() == wanted) {
      return "";
    }
    return switch (value.getNodeType()) {
      case STRING -> ", and is text";
      case NUMBER -> ", and is a number";
      case BOOLEAN -> ", and is true or false";
      case ARRAY -> ", and is a list";
      case OBJECT -> ", and is an object";
      case NULL -> ", and is null";
      case BINARY, MISSING, POJO -> "";
    };
  }
}
