package dev.millrace.bench.contender;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.jspecify.annotations.Nullable;

/// Kafka Streams, `mapValues` and `to`, at least once, one thread.
final class StreamsTopology implements Contender {
  @Override
  public void run(Task task, Stop stop) throws Exception {
    Path state = Files.createTempDirectory("bench-streams");
    Properties settings = new Properties();
    ClientSettings.tunedConsumer()
        .forEach((name, value) -> settings.put("consumer." + name, value));
    ClientSettings.tunedProducer()
        .forEach((name, value) -> settings.put("producer." + name, value));
    settings.remove("consumer.enable.auto.commit"); // Streams insists on setting it itself
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, task.bootstrap());
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, task.group());
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.AT_LEAST_ONCE);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, ClientSettings.COMMIT_MILLIS);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());

    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(task.input(), Consumed.with(Serdes.ByteArray(), Serdes.String()))
        .mapValues(task.function()::apply)
        .to(task.output(), Produced.with(Serdes.ByteArray(), Serdes.String()));

    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    try (KafkaStreams streams = new KafkaStreams(builder.build(), settings)) {
      streams.setUncaughtExceptionHandler(exception -> {
        failure.set(exception);
        stop.request();
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
      });
      streams.start();
      stop.await();
    }
    Utils.delete(state.toFile());
    Throwable exception = failure.get();
    if (exception != null) {
      throw new IllegalStateException("Streams ended", exception);
    }
  }
}
