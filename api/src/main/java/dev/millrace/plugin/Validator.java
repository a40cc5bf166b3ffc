package dev.millrace.plugin;

import java.lang.reflect.Type;
import java.util.Optional;

/// Whether an output is what was declared.
///
/// 1. The process starts: the validator is found by `ServiceLoader`, created by its constructor
///    without parameters, and used if `validator` names it.
/// 2. For each output topic that declares what its events look like, [#ofType] or [#ofSchema] is
///    asked for a check, once.
/// 3. [Check#mismatchOf] looks at each event before anything of its call is sent. An event that
///    does not fit stops the partition at its record.
///
/// Must be thread-safe, and so must its checks. Anything thrown that is not said here stops the
/// function.
public interface Validator {
  /// What settings call it, such as `json-schema`.
  String name();

  /// The check of events of this type, which the function returns or `@Output(schema = ...)` names.
  ///
  /// @throws IllegalArgumentException with a clause that says why there can be none
  Check ofType(Type type);

  /// The check of events by the schema in this text, the content of a `schemaFile`.
  ///
  /// @throws IllegalArgumentException with a clause that says what is wrong with it, such as `is
  ///   not JSON, line 3`
  Check ofSchema(String text);

  /// Looks at the events of one topic.
  interface Check {
    /// Where this event does not fit; empty when it does.
    ///
    /// @throws MismatchException when it cannot even be looked at
    Optional<Mismatch> mismatchOf(Written event) throws MismatchException;
  }
}
