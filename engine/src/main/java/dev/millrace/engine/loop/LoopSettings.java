package dev.millrace.engine.loop;

import dev.millrace.engine.settings.Start;
import java.time.Duration;
import java.util.List;

/// What the loop of one function needs to know beside the core's limits.
///
/// @param topics what to read
/// @param start where to begin where the group has no committed offset
/// @param drainOnRevoke how long calls may go on when a partition is taken away
/// @param drainOnStop how long calls may go on when the loop is asked to stop
public record LoopSettings(
    List<String> topics, Start start, Duration drainOnRevoke, Duration drainOnStop) {}
