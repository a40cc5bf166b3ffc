package dev.millrace.bench.contender;

import io.confluent.parallelconsumer.ParallelConsumerOptions;
import io.confluent.parallelconsumer.ParallelConsumerOptions.CommitMode;
import io.confluent.parallelconsumer.ParallelConsumerOptions.ProcessingOrder;
import io.confluent.parallelconsumer.ParallelStreamProcessor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/// Confluent's Parallel Consumer by key, tuned: its queue in front of the threads is so long that
/// none of them waits for the thread that fills it.
final class ParallelConsumer implements KeyContender {
  private static final int MESSAGES_FOR_A_THREAD = 10;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @Override
  public void run(KeyTask task, Stop stop) throws Exception {
    Map<String, Object> settings = ClientSettings.consumer(task.bootstrap(), task.group());
    // It looks into the consumer, and knows the one of this protocol.
    settings.put("group.protocol", "classic");
    ParallelConsumerOptions<byte[], String> options =
        ParallelConsumerOptions.<byte[], String>builder()
            .consumer(new KafkaConsumer<>(settings))
            .ordering(ProcessingOrder.KEY)
            .maxConcurrency(task.concurrency())
            .messageBufferSize(MESSAGES_FOR_A_THREAD * task.concurrency())
            .commitMode(CommitMode.PERIODIC_CONSUMER_ASYNCHRONOUS)
            .commitInterval(Duration.ofMillis(ClientSettings.COMMIT_MILLIS))
            .ignoreReflectiveAccessExceptionsForAutoCommitDisabledCheck(true)
            .drainTimeout(PATIENCE)
            .shutdownTimeout(PATIENCE)
            .build();
    ParallelStreamProcessor<byte[], String> processor =
        ParallelStreamProcessor.createEosStreamProcessor(options);
    processor.subscribe(List.of(task.input()));
    processor.poll(context -> {
      try {
        task.function().call(new String(context.key(), StandardCharsets.UTF_8), context.value());
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
    stop.await();
    processor.closeDontDrainFirst();
  }
}
