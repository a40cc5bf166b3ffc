package dev.millrace.engine.deadletters;

import dev.millrace.engine.call.DeadLetter;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.kafka.RecordId;
import dev.millrace.engine.kafka.TopicScan;
import dev.millrace.engine.kafka.Topics;
import dev.millrace.engine.kafka.Topics.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The dead letters of a cluster. Keeps none: there may be more than fit into memory.
public final class DeadLetters {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);
  private static final String END = ".dlq";

  private final Topics topics;
  private final TopicScan scan;

  /// Of the cluster that these clients reach.
  public DeadLetters(KafkaClients clients, Topics topics) {
    this.topics = topics;
    this.scan = new TopicScan(clients, topics);
  }

  /// The topics whose names are those of dead-letter topics, in order.
  public List<String> topics() {
    return topics.names(false).stream()
        .filter(name -> name.endsWith(END) && !name.equals(FateLog.TOPIC))
        .toList();
  }

  /// Those of them that can hold dead letters of this function.
  public List<String> topics(String function) {
    String end = "." + function + END;
    return topics().stream().filter(name -> name.endsWith(end)).toList();
  }

  /// What became of those that are not open any more.
  public Fates fates() {
    Map<RecordId, Fate> fates = new HashMap<>();
    if (topics.exists(FateLog.TOPIC)) {
      scan.read(List.of(topics.describe(FateLog.TOPIC)), fate -> note(fate, fates));
    }
    return new Fates(fates);
  }

  /// Takes over what a record of the topic of fates says.
  static boolean note(ConsumerRecord<byte[], byte[]> written, Map<RecordId, Fate> fates) {
    Optional<RecordId> id =
        Optional.ofNullable(written.key())
            .flatMap(key -> RecordId.read(new String(key, StandardCharsets.UTF_8)));
    Optional<Fate> fate = Fate.read(written.value());
    if (id.isPresent() && fate.isPresent()) {
      fates.put(id.get(), fate.get());
    } else {
      id.ifPresent(fates::remove);
      if (written.value() != null) {
        LOG.warn(
            "[{}] offset {} is no fate of a dead letter and is left out. It was written by"
                + " something else, or by a later Millrace.",
            FateLog.TOPIC,
            written.offset());
      }
    }
    return true;
  }

  /// Reads every dead letter that is in these topics now, in the order of each partition. Records
  /// that are no dead letters are left out, and so are topics that are not there.
  ///
  /// @param to takes each; false = read no further
  public void read(Collection<String> names, Predicate<StoredLetter> to) {
    List<String> there = new ArrayList<>(names);
    there.retainAll(topics.names(false));
    if (there.isEmpty()) {
      return;
    }
    Map<String, Topic> described = topics.describe(there);
    scan.read(
        described.values(),
        record ->
            Optional.ofNullable(described.get(record.topic()))
                .flatMap(topic -> letter(topic.id().toString(), record))
                .map(to::test)
                .orElse(true));
  }

  /// The dead letter at this place; empty where there is none.
  public Optional<StoredLetter> find(RecordId id) {
    if (!topics.exists(id.topic())) {
      return Optional.empty();
    }
    Topic topic = topics.describe(id.topic());
    return scan.find(topic, id).flatMap(record -> letter(topic.id().toString(), record));
  }

  /// The dead letter that this record is; empty for any other record.
  static Optional<StoredLetter> letter(String topicId, ConsumerRecord<byte[], byte[]> record) {
    return DeadLetter.of(record.headers())
        .map(letter ->
            new StoredLetter(
                new RecordId(record.topic(), record.partition(), record.offset()),
                topicId,
                letter,
                record));
  }
}
