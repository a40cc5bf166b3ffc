package dev.millrace.engine.call;

import org.jspecify.annotations.Nullable;

/// Values that a function returned together, taken out of its collection.
///
/// @param topic the topic they are for, null where the function has one or each value says it
/// @param values values or emits, in their order
@SuppressWarnings("ArrayRecordComponent") // Lives for one call, and is never compared.
record Events(@Nullable String topic, @Nullable Object[] values) {
  static final Events[] NONE = {};
}
