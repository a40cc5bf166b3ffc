package dev.millrace.bench.contender;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.listener.ConcurrentMessageListenerContainer;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.MessageListener;

/// Spring Kafka's listener for single records, a thread for each partition: it keeps the order of
/// keys by keeping that of partitions.
final class SpringRecordListener implements KeyContender {
  private static final int PARTITIONS = 4;
  private static final String POLL_RECORDS = "100";

  @Override
  public void run(KeyTask task, Stop stop) throws Exception {
    ContainerProperties properties = new ContainerProperties(task.input());
    // Not the rest of the poll first, which takes half a minute.
    properties.setStopImmediate(true);
    properties.setMessageListener(
        (MessageListener<byte[], String>)
            record -> {
              try {
                task.function()
                    .call(new String(record.key(), StandardCharsets.UTF_8), record.value());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    Map<String, Object> settings = ClientSettings.consumer(task.bootstrap(), task.group());
    // A poll is worked off before the next one; short ones let the threads share the partitions
    // within the first seconds.
    settings.put("max.poll.records", POLL_RECORDS);
    ConcurrentMessageListenerContainer<byte[], String> container =
        new ConcurrentMessageListenerContainer<>(
            new DefaultKafkaConsumerFactory<>(settings), properties);
    container.setConcurrency(PARTITIONS);
    container.start();
    stop.await();
    container.stop();
  }
}
