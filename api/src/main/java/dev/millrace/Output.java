package dev.millrace;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A topic that a function writes, and what its events look like.
///
/// The schema is the first that is given of [#schemaFile()], [#schema()] and, with a single output,
/// the method's return type. `String`, `byte[]` and `Map` carry no schema of their own: without a
/// schema file any value passes.
@Documented
@Target({})
@Retention(RetentionPolicy.RUNTIME)
public @interface Output {
  /// The topic.
  String topic();

  /// The type of the events: a record or class whose JSON Schema they must match. A component is
  /// required unless it is `@Nullable` or `Optional`, and nothing else is allowed.
  Class<?> schema() default void.class;

  /// A JSON Schema file, relative to the file of the function.
  String schemaFile() default "";
}
