package dev.millrace.engine.schema;

import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/// The one rule for inputs and outputs: a component is required unless it is `Optional` or bears an
/// annotation whose simple name is `Nullable`, whoever's it is.
final class RequiredComponents {
  private static final Set<Class<?>> OPTIONALS =
      Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

  private RequiredComponents() {}

  static boolean isRequired(Field field) {
    return isRequired(field.getType(), field.getAnnotations(), field.getAnnotatedType());
  }

  static boolean isRequired(Method setter) {
    return isRequired(setter.getParameters()[0]) && noneIsNullable(setter.getAnnotations());
  }

  static boolean isRequired(Parameter parameter) {
    return isRequired(
        parameter.getType(), parameter.getAnnotations(), parameter.getAnnotatedType());
  }

  /// A parameter of a constructor. For a record's own one the component and its field count as
  /// well: annotations may be meant for those alone, and an author who writes the constructor out
  /// seldom repeats them.
  static boolean isRequired(Constructor<?> constructor, int index) {
    RecordComponent[] components = constructor.getDeclaringClass().getRecordComponents();
    if (components != null && components.length == constructor.getParameterCount()) {
      RecordComponent component = components[index];
      return isRequired(
              component.getType(), component.getAnnotations(), component.getAnnotatedType())
          && isRequired(field(component))
          && isRequired(constructor.getParameters()[index]);
    }
    return isRequired(constructor.getParameters()[index]);
  }

  private static Field field(RecordComponent component) {
    try {
      return component.getDeclaringRecord().getDeclaredField(component.getName());
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(component + " has no field", e);
    }
  }

  private static boolean isRequired(Class<?> type, Annotation[] declared, AnnotatedType used) {
    return !OPTIONALS.contains(type)
        && noneIsNullable(declared)
        && noneIsNullable(used.getAnnotations());
  }

  private static boolean noneIsNullable(Annotation[] annotations) {
    for (Annotation annotation : annotations) {
      if (annotation.annotationType().getSimpleName().equals("Nullable")) {
        return false;
      }
    }
    return true;
  }
}
