/// What functions, and Millrace itself, are tested with: [FunctionTester] calls a function without
/// a broker, [KafkaExtension] gives a JUnit test a real one. [dev.millrace.testing.simulation] is
/// the simulated Kafka cluster.
@NullMarked
package dev.millrace.testing;

import org.jspecify.annotations.NullMarked;
