package dev.millrace.engine.schema;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/// The one configuration of Jackson: fields and record components are the data, nothing is coerced
/// silently, times are ISO text. Loaded when the first JSON is met, not before: functions over text
/// start faster without it.
final class Mappers {
  /// For trees only: a mapper keeps the classes it has read or written, and with them their loader,
  /// so the author's get one that goes with them.
  static final JsonMapper TREES = create();

  /// A mapper for the author's types, which shares nothing with others.
  static JsonMapper create() {
    return JsonMapper.builder()
        .annotationIntrospector(new RequiredIntrospector())
        .addModule(new SimpleModule().setDeserializerModifier(new RequiredProperties.Modifier()))
        // What is written, read and described by the schema is the same: the fields.
        .changeDefaultVisibility(visibility ->
            visibility
                .withGetterVisibility(Visibility.NONE)
                .withIsGetterVisibility(Visibility.NONE)
                .withFieldVisibility(Visibility.ANY))
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .disable(
            DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
            DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .enable(
            DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
            DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(
            DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
            DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS,
            DateTimeFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
        .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .withCoercionConfig(
            LogicalType.Textual,
            text ->
                text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
        .withCoercionConfig(
            LogicalType.Enum,
            names ->
                names
                    .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
        .build();
  }

  private Mappers() {}

  /// The JSON Pointer of what went wrong.
  static String pointer(JacksonException problem) {
    StringBuilder pointer = new StringBuilder();
    List<JacksonException.Reference> path = problem.getPath();
    for (JacksonException.Reference step : path) {
      pointer.append('/');
      if (step.getPropertyName() != null) {
        pointer.append(step.getPropertyName().replace("~", "~0").replace("/", "~1"));
      } else {
        pointer.append(step.getIndex());
      }
    }
    return pointer.toString();
  }

  /// What the author's own code threw, in a constructor or an accessor, or null. The causes of
  /// mismatches are Jackson's and the JDK's own and quote the value, so they are left out.
  static @Nullable Throwable authors(JacksonException problem) {
    if (problem instanceof MismatchedInputException) {
      return null;
    }
    Throwable cause = problem.getCause();
    while (cause instanceof JacksonException) {
      cause = cause.getCause();
    }
    return cause;
  }
}
