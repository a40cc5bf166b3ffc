/// Millrace beside hand-written loops, Spring Kafka and Kafka Streams, in numbers.
///
/// [PassThrough] is the side-by-side throughput benchmark; [Trial] measures one contender once. See
/// docs/benchmarks.md for how to run it.
@NullMarked
package dev.millrace.bench;

import org.jspecify.annotations.NullMarked;
