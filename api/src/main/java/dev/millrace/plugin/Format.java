package dev.millrace.plugin;

import java.lang.reflect.Type;

/// How values are written in Kafka: between bytes and what a function takes and returns. Bytes
/// (`byte[]`) are nobody's format: they pass as they are.
///
/// 1. The process starts: the format is found by `ServiceLoader`, created by its constructor
///    without parameters, and used if `format` names it.
/// 2. [#reader] is asked for once for each function, with the type of the messages it takes.
/// 3. [Reader#read] reads each message, before the function is called.
/// 4. [#write] is given each value that a function returns; the [Validator] looks at what it makes;
///    then [Written#bytes] go to Kafka.
///
/// Must be thread-safe, and so must its readers: several calls run at once. Anything thrown that is
/// not said here stops the function.
public interface Format {
  /// What settings call it, such as `json`.
  String name();

  /// A reader of values of this type.
  ///
  /// @throws IllegalArgumentException when there can be none; with a clause that says why and
  ///   follows a colon, such as `Shape is an interface`
  Reader reader(Type type);

  /// A value on its way out.
  ///
  /// @param value what the function returned: of any type, never null, seldom `byte[]` (only where
  ///   such an output has a schema)
  /// @throws MismatchException when it cannot be written
  Written write(Object value) throws MismatchException;

  /// Reads values of one type.
  interface Reader {
    /// The value of these bytes; never null.
    ///
    /// @throws MismatchException when they are no such value
    Object read(byte[] bytes) throws MismatchException;
  }
}
