package dev.millrace.bench.contender;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/// The loop one writes first: poll, send, flush, check every future, commit and wait for it.
final class FlushLoop implements Contender {
  @Override
  public void run(Task task, Stop stop) throws Exception {
    try (KafkaConsumer<byte[], String> consumer =
            new KafkaConsumer<>(ClientSettings.consumer(task));
        KafkaProducer<byte[], String> producer =
            new KafkaProducer<>(ClientSettings.producer(task.bootstrap()))) {
      consumer.subscribe(List.of(task.input()));
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      while (!stop.requested()) {
        ConsumerRecords<byte[], String> records = consumer.poll(Duration.ofMillis(100));
        if (records.isEmpty()) {
          continue;
        }
        for (ConsumerRecord<byte[], String> record : records) {
          String value = task.function().apply(record.value());
          sent.add(producer.send(new ProducerRecord<>(task.output(), record.key(), value)));
        }
        producer.flush();
        for (Future<RecordMetadata> future : sent) {
          future.get();
        }
        sent.clear();
        consumer.commitSync(records.nextOffsets());
      }
    }
  }
}
