package dev.millrace.engine.call;

import dev.millrace.Emit;
import dev.millrace.Message;
import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.Problem;
import dev.millrace.plugin.Format;
import dev.millrace.plugin.Mismatch;
import dev.millrace.plugin.MismatchException;
import dev.millrace.plugin.Validator;
import dev.millrace.plugin.Written;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Turns what a function returned into Kafka's records: finds the topic, checks against the schema,
/// encodes, and adds key and provenance. Thread-safe.
final class OutputEncoder {
  private final Format format;
  private final Map<String, OutputTopic> outputs = new LinkedHashMap<>();
  private final @Nullable OutputTopic only;

  OutputEncoder(FunctionDefinition definition) {
    this.format = definition.format();
    definition.outputs().forEach(output -> outputs.put(output.topic(), output));
    this.only = definition.outputs().size() == 1 ? definition.outputs().getFirst() : null;
  }

  /// Encodes the events of one unit, in their order, into the list.
  void encode(Events events, Unit unit, List<OutgoingRecord> into) throws InvalidOutputException {
    OutputTopic listed = events.topic() == null ? only : declared(events.topic(), 0, unit);
    @Nullable Object[] values = events.values();
    for (int i = 0; i < values.length; i++) {
      Object value = values[i];
      if (value instanceof Emit<?> emit
          && emit.source().isPresent()
          && unit.withholds(emit.source().get())) {
        continue;
      }
      into.add(
          value instanceof Emit<?> emit
              ? emitted(emit, events.topic(), listed, i + 1, unit)
              : plain(value, listed, i + 1, unit));
    }
  }

  private OutgoingRecord plain(
      @Nullable Object value, @Nullable OutputTopic output, int number, Unit unit)
      throws InvalidOutputException {
    OutputTopic topic = known(output, number, unit);
    Provenance provenance = unit.provenance();
    return new OutgoingRecord(
        topic.topic(), provenance.key(), bytes(value, topic, number, unit), provenance.headers());
  }

  private OutgoingRecord emitted(
      Emit<?> emit, @Nullable String list, @Nullable OutputTopic listed, int number, Unit unit)
      throws InvalidOutputException {
    String named = emit.topic().orElse(null);
    if (named != null && list != null && !named.equals(list)) {
      throw unit.invalid(
          output(number) + " says it is for '" + named + "' but is in the list for '" + list + "'",
          "Leave Emit.to away where the map says the topic");
    }
    OutputTopic topic = known(named == null ? listed : declared(named, number, unit), number, unit);
    Provenance provenance =
        emit.source().isPresent() ? unit.provenance(emit.source().get()) : unit.provenance();
    byte[] key = emit.keyGiven() ? emit.keyBytes() : provenance.key();
    Object value = emit.value();
    if (value == null && key == null) {
      throw unit.invalid(
          output(number) + " for '" + topic.topic() + "' is a tombstone without a key",
          "Give it the key to delete with Emit.key(...)");
    }
    return new OutgoingRecord(
        topic.topic(),
        key,
        value == null ? null : bytes(value, topic, number, unit),
        provenance.headers());
  }

  private byte[] bytes(@Nullable Object value, OutputTopic output, int number, Unit unit)
      throws InvalidOutputException {
    Validator.Check check = output.check();
    if (check == null && value instanceof byte[] given) {
      return given;
    }
    if (value == null) {
      throw unit.invalid(
          output(number) + " for '" + output.topic() + "' is null",
          "Leave it out; to delete a key return Emit.tombstone(message)");
    }
    if (value instanceof Message || value instanceof Emit) {
      throw unit.invalid(
          output(number)
              + " for '"
              + output.topic()
              + "' is "
              + (value instanceof Message ? "a Message, which is an input" : "an Emit in an Emit"),
          "Return its value, or Emit.from(message, value)");
    }
    try {
      Written written = format.write(value);
      Optional<Mismatch> mismatch = check == null ? Optional.empty() : check.mismatchOf(written);
      if (mismatch.isPresent()) {
        throw unit.invalid(
            output(number) + " for '" + output.topic() + "' breaks its schema" + mismatch.get(),
            "Fix the function or the schema");
      }
      return written.bytes();
    } catch (MismatchException e) {
      throw unit.invalid(
          new Problem(
              unit.where(),
              output(number) + " for '" + output.topic() + "' cannot be written" + e.mismatch(),
              "Fix the function"),
          e.getCause());
    }
  }

  private OutputTopic known(@Nullable OutputTopic output, int number, Unit unit)
      throws InvalidOutputException {
    if (output == null) {
      throw unit.invalid(
          output(number) + " does not say its topic, and several are declared: " + topics(),
          "Say it with Emit.to(topic)");
    }
    return output;
  }

  private OutputTopic declared(String topic, int number, Unit unit) throws InvalidOutputException {
    OutputTopic output = outputs.get(topic);
    if (output == null) {
      throw unit.invalid(
          (number == 0 ? "the returned map has" : output(number) + " is for")
              + " the topic '"
              + topic
              + "', which is not declared (declared: "
              + topics()
              + ")",
          NearestName.of(topic, outputs.keySet())
                  .map(near -> "Did you mean '" + near + "'? Otherwise add")
                  .orElse("Correct the name, or add")
              + " @Output(topic = \""
              + topic
              + "\")");
    }
    return output;
  }

  private String topics() {
    return String.join(", ", outputs.keySet());
  }

  private static String output(int number) {
    return "output " + number;
  }
}
