package dev.millrace.engine.kafka;

/// What a cluster said of itself. Probed by [KafkaClients#reach], never assumed from a version.
///
/// @param clusterId its id, the same for as long as it lives
/// @param consumerProtocol whether its brokers assign partitions themselves (KIP-848,
///   `group.protocol=consumer`)
public record ClusterFeatures(String clusterId, boolean consumerProtocol) {}
