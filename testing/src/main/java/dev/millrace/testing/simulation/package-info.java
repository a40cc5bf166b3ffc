/// A whole Kafka cluster with its clients in one thread, in virtual time, from one seed.
///
/// Start with [World] (time and chance) and [SimulatedCluster] (topics, groups, faults); it hands
/// out [SimulatedConsumer] and [SimulatedProducer], which are Kafka's own interfaces. [Ledger]
/// keeps the books and says what was lost, doubled or reordered.
@NullMarked
package dev.millrace.testing.simulation;

import org.jspecify.annotations.NullMarked;
