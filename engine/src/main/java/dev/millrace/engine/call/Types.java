package dev.millrace.engine.call;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Reads generic types of the author's methods.
final class Types {
  private static final Pattern QUALIFIER = Pattern.compile("\\b[a-z_][\\w]*\\.|\\b\\w+\\$");

  private Types() {}

  /// The class behind a type, or `Object` for what has none.
  static Class<?> raw(Type type) {
    return switch (type) {
      case Class<?> known -> known;
      case ParameterizedType parameterized -> raw(parameterized.getRawType());
      case GenericArrayType array -> raw(array.getGenericComponentType()).arrayType();
      case WildcardType wildcard -> raw(wildcard.getUpperBounds()[0]);
      case TypeVariable<?> variable -> raw(variable.getBounds()[0]);
      default -> Object.class;
    };
  }

  /// The argument at an index, a wildcard replaced by its upper bound; `Object` when the type is
  /// used without arguments.
  static Type argument(Type type, int index) {
    if (type instanceof ParameterizedType parameterized) {
      Type argument = parameterized.getActualTypeArguments()[index];
      return argument instanceof WildcardType wildcard ? wildcard.getUpperBounds()[0] : argument;
    }
    return Object.class;
  }

  static boolean hasArguments(Type type) {
    return type instanceof ParameterizedType;
  }

  /// Whether this is a JSON tree that our Jackson would take for an ordinary class: Jackson 2's, or
  /// that of a Jackson 3 which the author brought along.
  static boolean isForeignTree(Class<?> type) {
    return type.getName().contains(".jackson.databind.") && !JsonNode.class.isAssignableFrom(type);
  }

  /// As it stands in the author's source: without packages and enclosing classes.
  static String name(Type type) {
    return QUALIFIER.matcher(type.getTypeName()).replaceAll("");
  }
}
