/// The only package that builds Kafka clients: [KafkaClients].
///
/// [ClusterFeatures] is what a cluster can do, [Topics] what is in it, and [ClusterProblems] says
/// what a failure of Kafka's clients means for a person.
@NullMarked
package dev.millrace.engine.kafka;

import org.jspecify.annotations.NullMarked;
