package dev.millrace.cli.input;

import org.jspecify.annotations.Nullable;

/// One record of the input.
///
/// @param key its key, if one was asked for
/// @param value its value
/// @param line the line it begins on, from 1
public record Entry(byte @Nullable [] key, byte[] value, long line) {}
