package dev.millrace.plugin;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// How outputs leave for Kafka.
///
/// 1. The process starts: the delivery is found by `ServiceLoader`, created by its constructor
///    without parameters, and used if `delivery` names it.
/// 2. [#open] is called once for each consumer of each function, before its first call; and again,
///    after the old one was closed, when its connection to the cluster had to be made anew.
/// 3. [Sender#send] is given the outputs of a call as soon as it has returned. It takes them over
///    in their order and does not wait until they have arrived; the outputs of a partition come in
///    the order of its calls.
/// 4. The [Receipt] is told of each output when it is safely in Kafka, from any thread. When all
///    are, the records they were made of are done. When one is not, the call is made again, and so
///    are all behind it in its partition.
/// 5. [Sender#close] ends it.
///
/// Must be thread-safe, and so must its senders.
public interface Delivery {
  /// What settings call it, such as `direct`.
  String name();

  /// A sender for one consumer of a function.
  ///
  /// @param kafka how Kafka's clients reach the cluster, by Kafka's own names, with its secrets:
  ///   not to be printed
  Sender open(Map<String, String> kafka);

  /// Sends outputs.
  interface Sender {
    /// Takes the outputs of one call over, at least one. Stops after the first that fails at once:
    /// what comes behind must not arrive before it. What it throws counts as [Receipt#failed].
    void send(List<? extends Outgoing> outputs, Receipt receipt);

    /// Ends it.
    ///
    /// @param patience how long to wait for outputs that were taken over
    void close(Duration patience);
  }

  /// What has become of the outputs of one call. Thread-safe.
  interface Receipt {
    /// This output is safely in Kafka. Telling it again changes nothing.
    ///
    /// @param output the very object that was handed over
    void acknowledged(Outgoing output);

    /// An output did not arrive, and this was not its own fault: the call is made again until it
    /// does. Of several failures of a call the first counts.
    void failed(Exception reason);

    /// An output was refused for its own fault, such as its size: the partition stops at its
    /// record.
    void refused(Exception reason);

    /// Whether one has failed or was refused.
    boolean hasFailed();
  }
}
