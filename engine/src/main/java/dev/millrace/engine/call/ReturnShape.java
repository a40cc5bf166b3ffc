package dev.millrace.engine.call;

import dev.millrace.Emit;
import dev.millrace.Message;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.BaseStream;
import tools.jackson.databind.JsonNode;

/// What a function returns.
///
/// @param async whether it is a `CompletionStage` of it
/// @param optional whether it is an `Optional` of it
/// @param form how many values there are, and for which topics
/// @param emits whether the values are wrapped in [Emit]
/// @param element the type of the values, without [Emit]
public record ReturnShape(boolean async, boolean optional, Form form, boolean emits, Type element) {
  /// How many values there are, and for which topics.
  public enum Form {
    /// None: `void`.
    NOTHING,
    /// One value.
    ONE,
    /// A collection of values.
    MANY,
    /// A map from topic to a collection of values.
    BY_TOPIC
  }

  static ReturnShape of(Type returned) throws SignatureException {
    Type type = returned;
    boolean async = CompletionStage.class.isAssignableFrom(Types.raw(type));
    if (async) {
      if (!Types.hasArguments(type)) {
        throw new SignatureException(
            "returns a " + Types.name(type) + " without saying of what",
            "Say it, for instance CompletionStage<List<String>>, or <Void> for nothing");
      }
      type = Types.argument(type, 0);
    }
    boolean optional = Types.raw(type) == Optional.class;
    if (optional) {
      type = Types.argument(type, 0);
    }
    Class<?> raw = Types.raw(type);
    if (raw == void.class || raw == Void.class) {
      return new ReturnShape(async, optional, Form.NOTHING, false, Void.class);
    }
    if (Map.class.isAssignableFrom(raw)
        && Types.raw(Types.argument(type, 0)) == String.class
        && Collection.class.isAssignableFrom(Types.raw(Types.argument(type, 1)))) {
      return of(async, optional, Form.BY_TOPIC, Types.argument(Types.argument(type, 1), 0));
    }
    return Collection.class.isAssignableFrom(raw)
        ? of(async, optional, Form.MANY, Types.argument(type, 0))
        : of(async, optional, Form.ONE, type);
  }

  private static ReturnShape of(boolean async, boolean optional, Form form, Type value)
      throws SignatureException {
    boolean emits = Types.raw(value) == Emit.class;
    Type element = emits ? Types.argument(value, 0) : value;
    Class<?> raw = Types.raw(element);
    if (raw == Message.class) {
      throw new SignatureException(
          "returns Message, which is an input",
          "Return its value, or Emit.from(message, message.value())");
    }
    if (Types.isForeignTree(raw)) {
      throw new SignatureException(
          "returns a JSON tree of another Jackson (" + raw.getName() + ")",
          "Return Map<String, Object>, or its text as String");
    }
    boolean array = raw.isArray() && raw != byte[].class;
    if (array
        || raw == Emit.class
        || raw == Iterable.class
        || BaseStream.class.isAssignableFrom(raw)
        || CompletionStage.class.isAssignableFrom(raw)
        || raw == Optional.class
        || Collection.class.isAssignableFrom(raw)) {
      throw new SignatureException(
          "cannot return "
              + Types.name(value)
              + (form == Form.ONE ? "" : " in a " + (form == Form.MANY ? "collection" : "map")),
          "Return a value, a List of values, a Map from topic to List, or a CompletionStage of one"
              + " of these");
    }
    return new ReturnShape(async, optional, form, emits, element);
  }

  /// Whether the type of the values says what they look like. Text, bytes, maps and trees do not
  /// and need not: any value passes.
  boolean describesItself() {
    return !passesAnything(element) && !saysNothing(element);
  }

  /// Types without a schema of their own, whose values all pass.
  static boolean passesAnything(Type type) {
    Class<?> raw = Types.raw(type);
    return raw == String.class
        || raw == byte[].class
        || Map.class.isAssignableFrom(raw)
        || JsonNode.class.isAssignableFrom(raw);
  }

  /// Types whose values can look like anything, without meaning to.
  static boolean saysNothing(Type type) {
    Class<?> raw = Types.raw(type);
    return raw == Object.class
        || (!raw.isPrimitive()
            && !passesAnything(type)
            && Modifier.isAbstract(raw.getModifiers())
            && !raw.isSealed()
            && !raw.isEnum());
  }
}
