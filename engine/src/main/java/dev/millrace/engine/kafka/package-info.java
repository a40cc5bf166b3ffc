/// The only package that builds Kafka clients: [KafkaClients].
///
/// [ClusterFeatures] is what a cluster can do, [Topics] what is in it, [TopicScan] reads that and
/// [RecordReader] a part of it, [RecordId] names a record, and [ClusterProblems] says what a
/// failure of Kafka's clients means for a person.
@NullMarked
package dev.millrace.engine.kafka;

import org.jspecify.annotations.NullMarked;
