package dev.millrace.bench.report;

/// One contender once through the whole input. Times count from the moment its function got the
/// first record.
///
/// @param contender its id
/// @param warmMillis until the warm-up's records were in the output
/// @param acknowledgedMillis until all records were in the output
/// @param committedMillis until the group's offsets were the input's ends as well
/// @param cpuSeconds CPU time of its process, start of the JVM included
/// @param startCpuSeconds the part of it before the first record
/// @param brokerCpuSeconds CPU time of the broker in the meantime, 0 when it is not ours to watch
public record Measurement(
    String contender,
    long warmMillis,
    long acknowledgedMillis,
    long committedMillis,
    double cpuSeconds,
    double startCpuSeconds,
    double brokerCpuSeconds) {}
