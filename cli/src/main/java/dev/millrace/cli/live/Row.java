package dev.millrace.cli.live;

import dev.millrace.engine.FunctionStatus;
import dev.millrace.engine.LastFailure;
import java.util.Optional;

/// One function at one moment, as a person sees it.
///
/// @param status how it stands
/// @param in records finished each second
/// @param out outputs sent each second
/// @param errors failed calls since it started
/// @param lastOutput topic and value on one line, empty before the first
/// @param lastFailure of a call or of anything else about a record
record Row(
    FunctionStatus status,
    double in,
    double out,
    long errors,
    String lastOutput,
    Optional<LastFailure> lastFailure) {}
