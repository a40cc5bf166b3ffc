package dev.millrace.engine.call;

import dev.millrace.Message;
import dev.millrace.plugin.Format;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/// What a function takes.
///
/// @param batch whether it takes a list, else one message at a time
/// @param metadata whether it takes [Message]: then tombstones reach it too
/// @param type the type of the values
/// @param reader reads them; null for bytes, which pass as they are
public record InputShape(
    boolean batch, boolean metadata, Type type, Format.@Nullable Reader reader) {
  private static final String SUPPORTED =
      "Take String, byte[], Map<String, Object>, a record or class, or Message of one of these, or"
          + " a List of any of them";

  /// The shape of a parameter.
  ///
  /// @param format has to be able to read it
  static InputShape of(Type parameter, Format format) throws SignatureException {
    Type element = parameter;
    boolean batch = Types.raw(parameter) == List.class;
    if (batch) {
      if (!Types.hasArguments(parameter)) {
        throw new SignatureException(
            "takes a List without saying of what", "Say it, for instance List<String>");
      }
      element = Types.argument(parameter, 0);
    }
    boolean metadata = Types.raw(element) == Message.class;
    if (metadata) {
      if (!Types.hasArguments(element)) {
        throw new SignatureException(
            "takes a Message without saying of what", "Say it, for instance Message<String>");
      }
      element = Types.argument(element, 0);
    }
    Class<?> raw = Types.raw(element);
    if (raw == byte[].class) {
      return new InputShape(batch, metadata, raw, null);
    }
    checkValue(element, raw);
    return new InputShape(batch, metadata, element, reader(element, format));
  }

  private static Format.Reader reader(Type type, Format format) throws SignatureException {
    try {
      return format.reader(type);
    } catch (IllegalArgumentException e) {
      throw new SignatureException(
          "cannot take " + Types.name(type) + ": " + e.getMessage(), SUPPORTED);
    }
  }

  private static void checkValue(Type type, Class<?> raw) throws SignatureException {
    if (raw == Object.class) {
      throw new SignatureException("takes Object, which does not say what to read", SUPPORTED);
    }
    if (raw.getSimpleName().equals("ConsumerRecord")) {
      throw new SignatureException(
          "takes " + Types.name(type), "Take Message, which has key, headers and coordinates too");
    }
    if (Types.isForeignTree(raw)) {
      throw new SignatureException(
          "takes a JSON tree of another Jackson (" + raw.getName() + ")",
          "Take Map<String, Object> instead");
    }
    boolean container =
        raw.isPrimitive()
            || raw.isArray()
            || type instanceof GenericArrayType
            || Message.class == raw
            || Optional.class == raw
            || BaseStream.class.isAssignableFrom(raw)
            || Collection.class.isAssignableFrom(raw)
            || raw == Iterable.class;
    boolean badMap =
        Map.class.isAssignableFrom(raw)
            && Types.hasArguments(type)
            && Types.raw(Types.argument(type, 0)) != String.class;
    if (container || badMap) {
      throw new SignatureException("cannot take " + Types.name(type), SUPPORTED);
    }
  }
}
