package dev.millrace.bench;

import dev.millrace.bench.contender.ContenderProcess;
import dev.millrace.bench.contender.Peer;
import dev.millrace.bench.stage.ChildJvm;
import dev.millrace.bench.stage.Cluster;
import dev.millrace.bench.stage.Keys;
import dev.millrace.bench.stage.Values;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// A filled input topic and how contenders are sent over it.
///
/// @param cluster where it is
/// @param input the topic
/// @param inputEnds its end offset in each partition
/// @param records in it
/// @param contenderFlags for each contender's JVM
record Course(
    Cluster cluster,
    String input,
    Map<Integer, Long> inputEnds,
    long records,
    List<String> contenderFlags) {

  /// Fills a topic with so many values of so many bytes.
  static Course filled(
      Cluster cluster,
      String input,
      long records,
      int valueBytes,
      long seed,
      List<String> contenderFlags,
      Progress progress)
      throws InterruptedException {
    cluster.create(input);
    progress.begin("filling the input", records);
    cluster.fill(input, records, new Values(valueBytes, seed), progress::at);
    progress.end("%,d records of %,d bytes", records, valueBytes);
    return new Course(cluster, input, cluster.ends(input), records, contenderFlags);
  }

  /// Fills a topic with so many values of so many bytes, each with a key.
  static Course keyed(
      Cluster cluster,
      String input,
      long records,
      int valueBytes,
      Keys keys,
      long seed,
      List<String> contenderFlags,
      Progress progress)
      throws InterruptedException {
    cluster.create(input);
    progress.begin("filling the input", records);
    cluster.fill(input, records, keys, new Values(valueBytes, seed), progress::at);
    progress.end(
        "%,d records of %,d bytes, up to %,d of a key", records, valueBytes, keys.hottest());
    return new Course(cluster, input, cluster.ends(input), records, contenderFlags);
  }

  /// Starts a contender.
  ///
  /// @param output the topic it writes, which exists
  /// @param group its consumer group, and its log's name
  /// @param pause how long its function takes for a value
  /// @param lines receives its reports as it wrote them
  ChildJvm start(Peer peer, String output, String group, Duration pause, Consumer<String> lines)
      throws IOException {
    return ChildJvm.start(
        peer.id(),
        ContenderProcess.class.getName(),
        contenderFlags,
        ContenderProcess.arguments(peer, cluster.bootstrap(), input, output, group, pause),
        Folders.LOGS.resolve(group + ".log"),
        lines);
  }
}
