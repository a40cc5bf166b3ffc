package dev.millrace.engine.schema;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedParameter;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;

/// Teaches Jackson which components are required: neither missing nor null.
final class RequiredIntrospector extends JacksonAnnotationIntrospector {
  private static final long serialVersionUID = 1;

  @Override
  public @Nullable Boolean hasRequiredMarker(MapperConfig<?> config, AnnotatedMember member) {
    Boolean required = isRequired(member);
    return required == null ? super.hasRequiredMarker(config, member) : required;
  }

  @Override
  public JsonSetter.Value findSetterInfo(MapperConfig<?> config, Annotated annotated) {
    JsonSetter.Value info = super.findSetterInfo(config, annotated);
    return Boolean.TRUE.equals(isRequired(annotated)) ? info.withValueNulls(Nulls.FAIL) : info;
  }

  /// Null where the question makes no sense.
  static @Nullable Boolean isRequired(Annotated annotated) {
    if (annotated instanceof AnnotatedParameter parameter) {
      return parameter.getMember() instanceof Constructor<?> constructor
          ? RequiredComponents.isRequired(constructor, parameter.getIndex())
          : null;
    }
    if (annotated.getAnnotated() instanceof Field field) {
      return RequiredComponents.isRequired(field);
    }
    return annotated.getAnnotated() instanceof Method method && method.getParameterCount() == 1
        ? (Boolean) RequiredComponents.isRequired(method)
        : null;
  }
}
