package dev.millrace.engine;

import java.time.Instant;

/// The last failure of a function in this process.
///
/// @param at when
/// @param where partition and offset of the record that failed
/// @param attempt how often that record was tried by then
/// @param what in a sentence without its end
/// @param stack the author's lines, empty where none of their code threw
public record LastFailure(Instant at, String where, int attempt, String what, String stack) {}
