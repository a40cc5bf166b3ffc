/// Millrace beside hand-written loops, Spring Kafka, Kafka Streams and Parallel Consumer, in
/// numbers.
///
/// [PassThrough] is the side-by-side throughput benchmark; [Trial] measures one contender once.
/// [KeyOrder] and [KeyTrial] are the same for functions that wait, under the order of keys. See
/// docs/benchmarks.md for how to run it.
@NullMarked
package dev.millrace.bench;

import org.jspecify.annotations.NullMarked;
