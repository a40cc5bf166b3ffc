package dev.millrace.bench.contender;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.BatchAcknowledgingMessageListener;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.support.SendResult;

/// Spring Kafka's batch listener: sends with the template, flushes (waiting for the linger would be
/// slower), waits for all futures of the batch, then acknowledges it; the container commits and
/// waits for the commit, as it does unless told otherwise.
final class SpringListener implements Contender {
  @Override
  public void run(Task task, Stop stop) throws Exception {
    DefaultKafkaProducerFactory<byte[], String> producers =
        new DefaultKafkaProducerFactory<>(ClientSettings.producer(task.bootstrap()));
    KafkaTemplate<byte[], String> template = new KafkaTemplate<>(producers);
    ContainerProperties properties = new ContainerProperties(task.input());
    properties.setAckMode(ContainerProperties.AckMode.MANUAL);
    properties.setMessageListener(
        (BatchAcknowledgingMessageListener<byte[], String>)
            (records, acknowledgment) -> {
              List<CompletableFuture<SendResult<byte[], String>>> sent =
                  new ArrayList<>(records.size());
              for (ConsumerRecord<byte[], String> record : records) {
                String value = task.function().apply(record.value());
                sent.add(template.send(task.output(), record.key(), value));
              }
              template.flush();
              sent.forEach(CompletableFuture::join);
              if (acknowledgment != null) {
                acknowledgment.acknowledge();
              }
            });
    KafkaMessageListenerContainer<byte[], String> container =
        new KafkaMessageListenerContainer<>(
            new DefaultKafkaConsumerFactory<>(ClientSettings.consumer(task)), properties);
    container.start();
    stop.await();
    container.stop();
    producers.destroy();
  }
}
