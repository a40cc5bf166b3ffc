package dev.millrace.testing.simulation;

import org.apache.kafka.clients.consumer.GroupProtocol;

/// How a simulated client is set up; times in virtual milliseconds, named as Kafka names them.
///
/// @param group the consumer group
/// @param protocol `CONSUMER` is KIP-848, `CLASSIC` is classic with cooperative rebalancing
/// @param maxPollRecords most records of one poll
/// @param sessionTimeout after how long a silent member is fenced
/// @param maxPollInterval after how long a member that does not poll leaves the group
/// @param heartbeatInterval how often a member hears of its assignment
/// @param requestTimeout when a client gives up on an answer
/// @param deliveryTimeout when a producer gives up on a record
/// @param maxBlock how long a send may wait for metadata or memory
/// @param maxRequestSize most bytes of one record
/// @param bufferMemory bytes a producer holds before its sends block
/// @param pollWaits whether a poll without records lets time pass; a driver that itself spaces its
///   instances' polls says no, so that no instance waits inside another one's poll
public record ClientSettings(
    String group,
    GroupProtocol protocol,
    int maxPollRecords,
    long sessionTimeout,
    long maxPollInterval,
    long heartbeatInterval,
    long requestTimeout,
    long deliveryTimeout,
    long maxBlock,
    int maxRequestSize,
    long bufferMemory,
    boolean pollWaits) {

  /// Small times, so that a few virtual seconds hold a whole life.
  public static ClientSettings of(String group, GroupProtocol protocol) {
    return new ClientSettings(
        group,
        protocol,
        500,
        1000,
        30_000,
        50,
        300,
        Integer.MAX_VALUE,
        5000,
        1 << 20,
        32 << 20,
        true);
  }

  /// The same with another limit of records per poll.
  public ClientSettings withMaxPollRecords(int records) {
    return new ClientSettings(
        group,
        protocol,
        records,
        sessionTimeout,
        maxPollInterval,
        heartbeatInterval,
        requestTimeout,
        deliveryTimeout,
        maxBlock,
        maxRequestSize,
        bufferMemory,
        pollWaits);
  }

  /// The same with other limits on silence.
  public ClientSettings withTimeouts(long session, long poll) {
    return new ClientSettings(
        group,
        protocol,
        maxPollRecords,
        session,
        poll,
        heartbeatInterval,
        requestTimeout,
        deliveryTimeout,
        maxBlock,
        maxRequestSize,
        bufferMemory,
        pollWaits);
  }

  /// The same with another delivery timeout and limits of a producer.
  public ClientSettings withDelivery(long delivery, int largestRecord, long memory) {
    return new ClientSettings(
        group,
        protocol,
        maxPollRecords,
        sessionTimeout,
        maxPollInterval,
        heartbeatInterval,
        requestTimeout,
        delivery,
        maxBlock,
        largestRecord,
        memory,
        pollWaits);
  }

  /// The same with polls that return at once.
  public ClientSettings withPollsAtOnce() {
    return new ClientSettings(
        group,
        protocol,
        maxPollRecords,
        sessionTimeout,
        maxPollInterval,
        heartbeatInterval,
        requestTimeout,
        deliveryTimeout,
        maxBlock,
        maxRequestSize,
        bufferMemory,
        false);
  }
}
