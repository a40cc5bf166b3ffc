package dev.millrace.cli;

import dev.millrace.engine.schema.Inference;
import dev.millrace.engine.schema.Inference.Field;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// The fields of a topic's newest messages, for people and for programs.
///
/// @param topic the topic
/// @param tombstones how many messages have no value
/// @param inference what the others look like
record InferredFields(String topic, long tombstones, Inference inference) {
  static InferredFields of(String topic, List<ConsumerRecord<byte[], byte[]>> messages) {
    Inference inference = new Inference();
    long tombstones = 0;
    for (ConsumerRecord<byte[], byte[]> message : messages) {
      if (message.value() == null) {
        tombstones++;
      } else {
        inference.add(message.value());
      }
    }
    return new InferredFields(topic, tombstones, inference);
  }

  void print(PrintStream out) {
    Field whole = inference.field();
    out.println(
        String.format(
            Locale.ROOT,
            "%s: of the newest %,d messages %,d are JSON (%s), %,d are not, %,d are tombstones",
            topic,
            inference.values() + inference.others() + tombstones,
            inference.values(),
            whole.type(),
            inference.others(),
            tombstones));
    List<Field> fields = whole.all();
    if (fields.isEmpty()) {
      return;
    }
    out.println();
    Table table = new Table("FIELD", "TYPE", "NULL", "MISSING", "SAMPLES");
    for (Field field : fields) {
      table.row(
          field.path(),
          field.type(),
          share(field.nullShare()),
          share(field.missingShare()),
          String.join(", ", field.samples()));
    }
    table.print(out);
  }

  private static String share(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /// The same as names and values.
  Map<String, Object> json() {
    Field whole = inference.field();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("topic", topic);
    json.put("json", inference.values());
    json.put("other", inference.others());
    json.put("tombstones", tombstones);
    json.put("type", whole.type());
    List<Map<String, Object>> fields = new ArrayList<>();
    for (Field field : whole.all()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("path", field.path());
      one.put("type", field.type());
      Map<String, Long> types = new LinkedHashMap<>();
      field.seen().forEach((kind, count) -> types.put(kind.word(), count));
      one.put("types", types);
      one.put("nullable", field.isNullable());
      one.put("nullShare", field.nullShare());
      one.put("missingShare", field.missingShare());
      one.put("samples", field.samples());
      fields.add(one);
    }
    json.put("fields", fields);
    return json;
  }
}
