package dev.millrace.engine.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;

import dev.millrace.Emit;
import dev.millrace.Guarantee;
import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import dev.millrace.Ordering;
import dev.millrace.Output;
import dev.millrace.engine.call.ReturnShape.Form;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.schema.JsonFormat;
import dev.millrace.engine.schema.JsonSchemaValidator;
import dev.millrace.plugin.Format;
import dev.millrace.plugin.Written;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings({"rawtypes", "unused", "ClassCanBeStatic"}) // The mistakes that are looked for.
class FunctionScannerTest {
  @TempDir private Path folder;

  record Client(String name) {}

  record Score(String name, double score) {}

  static class Complete {
    @KafkaFunction(
        name = "score",
        topics = {"client.a", "client.b"},
        outputs = @Output(topic = "scores"),
        start = "latest",
        batchSize = 10,
        batchWait = "200ms",
        consumers = 2,
        ordering = Ordering.KEY,
        concurrency = 0,
        guarantee = Guarantee.AT_MOST_ONCE,
        retries = 3,
        deadline = "30s",
        owner = "team",
        contact = "team@example.org",
        description = "Scores clients.")
    private CompletionStage<List<Emit<Score>>> score(List<Message<Client>> clients) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void readsWhatTheAnnotationAndTheMethodSay() {
    FunctionDefinition score = scan(Complete.class).getFirst();

    assertThat(score.name()).isEqualTo("score");
    assertThat(score.topics()).containsExactly("client.a", "client.b");
    assertThat(score.settings())
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("start", "latest"),
                Map.entry("batchSize", "10"),
                Map.entry("batchWait", "200ms"),
                Map.entry("consumers", "2"),
                Map.entry("ordering", "key"),
                Map.entry("concurrency", "0"),
                Map.entry("guarantee", "at-most-once"),
                Map.entry("retries", "3"),
                Map.entry("deadline", "30s"),
                Map.entry("owner", "team"),
                Map.entry("contact", "team@example.org"),
                Map.entry("description", "Scores clients.")));
    assertThat(score.input().batch()).isTrue();
    assertThat(score.input().metadata()).isTrue();
    assertThat(score.input().type()).isEqualTo(Client.class);
    assertThat(score.returns())
        .isEqualTo(new ReturnShape(true, false, Form.MANY, true, Score.class));
    assertThat(score.outputs())
        .singleElement()
        .satisfies(output -> assertThat(output.topic()).isEqualTo("scores"))
        .satisfies(output -> assertThat(output.check()).isNotNull());
    assertThat(score.place()).isEqualTo("Complete.score");
  }

  static class Plain {
    @KafkaFunction(name = "plain", topics = "a")
    public static void plain(String message) {}
  }

  @Test
  void leavesOutWhatIsNotSet() {
    FunctionDefinition plain = scan(Plain.class).getFirst();

    assertThat(plain.settings()).isEmpty();
    assertThat(plain.outputs()).isEmpty();
    assertThat(plain.input().batch()).isFalse();
    assertThat(plain.input().metadata()).isFalse();
    assertThat(plain.input().type()).isEqualTo(String.class);
  }

  /// A format that reads only what it is made for, and remembers what it was asked for.
  private static final class Picky implements Format {
    final List<Type> asked = new ArrayList<>();

    @Override
    public String name() {
      return "picky";
    }

    @Override
    public Reader reader(Type type) {
      asked.add(type);
      if (type != Client.class) {
        throw new IllegalArgumentException("it reads Clients");
      }
      return bytes -> new Client("read");
    }

    @Override
    public Written write(Object value) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void asksTheFormatForAReaderOnceAndSaysWhatItRefuses() {
    Picky format = new Picky();

    FunctionScanner.Found found =
        FunctionScanner.find(
            List.of(Plain.class, Complete.class),
            type -> folder,
            format,
            new JsonSchemaValidator());

    assertThat(found.problems())
        .extracting(Problem::toString)
        .singleElement()
        .asString()
        .startsWith("[Plain.plain] cannot take String: it reads Clients.");
    new FunctionInvoker(
        found.definitions().getFirst(), FunctionInstances.create(found.definitions()));
    assertThat(format.asked).containsExactly(String.class, Client.class);
  }

  static class NoFunction {
    void something(List<String> messages) {}
  }

  @Test
  void saysThatThereIsNoFunction() {
    assertThat(problems(NoFunction.class))
        .containsExactly(
            "[NoFunction] no method is a function. Put @KafkaFunction(name = \"...\", topics ="
                + " \"...\") on the method to call.");
  }

  abstract static class Abstract {
    @KafkaFunction(name = "a", topics = "a")
    void run(List<String> messages) {}
  }

  interface Interface {
    @KafkaFunction(name = "b", topics = "a")
    default void run(List<String> messages) {}
  }

  class Inner {
    @KafkaFunction(name = "c", topics = "a")
    void run(List<String> messages) {}
  }

  static class WithParameters {
    WithParameters(String needed) {}

    @KafkaFunction(name = "d", topics = "a")
    void run(List<String> messages) {}
  }

  static class StaticOnly {
    StaticOnly(String needed) {}

    @KafkaFunction(name = "e", topics = "a")
    static void run(List<String> messages) {}
  }

  static class Closed {
    private Closed() {}

    @KafkaFunction(name = "f", topics = "a")
    private void run(List<String> messages) {}
  }

  @Test
  void saysWhichClassesCannotBeCreated() {
    assertThat(
            problems(
                Abstract.class,
                Interface.class,
                Inner.class,
                WithParameters.class,
                StaticOnly.class,
                Closed.class))
        .containsExactly(
            "[Abstract] is abstract. Put the function in a class that can be created.",
            "[Interface] is an interface. Put the function in a class that can be created.",
            "[Inner] is an inner class, which cannot be created on its own. Make it static.",
            "[WithParameters] has no constructor without parameters, so it cannot be created. Add"
                + " one, or make the function static.");
  }

  static class Names {
    @KafkaFunction(
        name = "",
        topics = {})
    void empty(List<String> messages) {}

    @KafkaFunction(
        name = "with blank",
        topics = {"ok", "not/ok", "ok", ".."})
    void illegal(List<String> messages) {}

    @KafkaFunction(
        name = "looping",
        topics = "a",
        outputs = {@Output(topic = "a"), @Output(topic = "b"), @Output(topic = "b")})
    Map<String, List<String>> looping(List<String> messages) {
      return Map.of();
    }

    @KafkaFunction(name = "same", topics = "a")
    void one(List<String> messages) {}

    @KafkaFunction(name = "same", topics = "a")
    void other(List<String> messages) {}
  }

  @Test
  void saysWhichNamesAndTopicsAreWrong() {
    String rule = "Use letters, digits, '.', '_' and '-', at most 249 of them.";

    assertThat(problems(Names.class))
        .containsExactly(
            "[Names.empty] the function's name is empty. " + rule,
            "[Names.empty] reads no topic. Name one: topics = \"...\".",
            "[Names.illegal] the function's name 'with blank' is not allowed. " + rule,
            "[Names.illegal] the topic 'not/ok' is not allowed. " + rule,
            "[Names.illegal] reads 'ok' twice. Name each topic once.",
            "[Names.illegal] the topic '..' is not allowed. " + rule,
            "[Names.looping] writes 'a', which it also reads: it would feed itself for ever. Write"
                + " to another topic.",
            "[Names.looping] declares the output 'b' twice. Name each topic once.",
            "[Names.other] the name 'same' is that of Names.one too. Give each function a name of"
                + " its own.");
  }

  static class Parameters {
    @KafkaFunction(name = "a", topics = "a")
    void a() {}

    @KafkaFunction(name = "b", topics = "a")
    void b(String key, String value) {}

    @KafkaFunction(name = "c", topics = "a")
    void c(List messages) {}

    @KafkaFunction(name = "d", topics = "a")
    void d(List<Message> messages) {}

    @KafkaFunction(name = "e", topics = "a")
    void e(List<?> messages) {}

    @KafkaFunction(name = "f", topics = "a")
    void f(int message) {}

    @KafkaFunction(name = "g", topics = "a")
    void g(ArrayList<String> messages) {}

    @KafkaFunction(name = "h", topics = "a")
    void h(ConsumerRecord<String, String> message) {}

    @KafkaFunction(name = "i", topics = "a")
    void i(List<Interface> messages) {}

    @KafkaFunction(name = "j", topics = "a")
    void j(List<com.fasterxml.jackson.databind.JsonNode> messages) {}

    @KafkaFunction(name = "k", topics = "a")
    void k(Map<Integer, Object> message) {}

    @KafkaFunction(name = "l", topics = "a")
    <T> void l(List<T> messages) {}
  }

  @Test
  void saysWhichParametersCannotBeServed() {
    String supported =
        "Take String, byte[], Map<String, Object>, a record or class, or Message of one of these,"
            + " or a List of any of them.";

    assertThat(problems(Parameters.class))
        .containsExactly(
            "[Parameters.a] takes 0 parameters. Take the messages, for instance List<String>"
                + " messages, and behind them Verdicts if need be.",
            "[Parameters.b] takes 2 parameters. Take the messages, for instance List<String>"
                + " messages, and behind them Verdicts if need be.",
            "[Parameters.c] takes a List without saying of what. Say it, for instance"
                + " List<String>.",
            "[Parameters.d] takes a Message without saying of what. Say it, for instance"
                + " Message<String>.",
            "[Parameters.e] takes Object, which does not say what to read. " + supported,
            "[Parameters.f] cannot take int. " + supported,
            "[Parameters.g] cannot take ArrayList<String>. " + supported,
            "[Parameters.h] takes ConsumerRecord<String, String>. Take Message, which has key,"
                + " headers and coordinates too.",
            "[Parameters.i] cannot take Interface: Interface cannot be made from JSON: it needs a"
                + " constructor without parameters, or to be a record. "
                + supported,
            "[Parameters.j] takes a JSON tree of another Jackson"
                + " (com.fasterxml.jackson.databind.JsonNode). Take Map<String, Object> instead.",
            "[Parameters.k] cannot take Map<Integer, Object>. " + supported,
            "[Parameters.l] takes Object, which does not say what to read. " + supported);
  }

  static class Outputs {
    @KafkaFunction(name = "a", topics = "a")
    List<String> a(List<String> messages) {
      return messages;
    }

    @KafkaFunction(name = "b", topics = "a", outputs = @Output(topic = "b"))
    void b(List<String> messages) {}

    @KafkaFunction(
        name = "c",
        topics = "a",
        outputs = {@Output(topic = "b"), @Output(topic = "c")})
    List<String> c(List<String> messages) {
      return messages;
    }

    @KafkaFunction(
        name = "d",
        topics = "a",
        outputs = {@Output(topic = "b"), @Output(topic = "c", schema = Score.class)})
    Map<String, List<Score>> d(List<String> messages) {
      return Map.of();
    }

    @KafkaFunction(name = "e", topics = "a", outputs = @Output(topic = "b"))
    List<?> e(List<String> messages) {
      return messages;
    }

    @KafkaFunction(name = "f", topics = "a", outputs = @Output(topic = "b", schema = Stream.class))
    List<?> f(List<String> messages) {
      return messages;
    }

    @KafkaFunction(name = "g", topics = "a", outputs = @Output(topic = "b"))
    Stream<String> g(List<String> messages) {
      return messages.stream();
    }

    @KafkaFunction(name = "h", topics = "a", outputs = @Output(topic = "b"))
    List<Message<String>> h(List<Message<String>> messages) {
      return messages;
    }

    @KafkaFunction(name = "i", topics = "a", outputs = @Output(topic = "b"))
    String[] i(List<String> messages) {
      return new String[0];
    }

    @KafkaFunction(name = "j", topics = "a", outputs = @Output(topic = "b"))
    List<List<String>> j(List<String> messages) {
      return List.of();
    }

    @KafkaFunction(name = "l", topics = "a", outputs = @Output(topic = "b"))
    List<com.fasterxml.jackson.databind.node.ObjectNode> l(List<String> messages) {
      return List.of();
    }

    @KafkaFunction(name = "k", topics = "a", outputs = @Output(topic = "b"))
    CompletionStage k(List<String> messages) {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void saysWhichOutputsAreNotClear() {
    String shapes =
        "Return a value, a List of values, a Map from topic to List, or a CompletionStage of one"
            + " of these.";

    assertThat(problems(Outputs.class))
        .containsExactly(
            "[Outputs.a] returns List<String> but declares no output. Add outputs = @Output(topic ="
                + " \"...\"), or return void.",
            "[Outputs.b] declares an output but returns nothing. Return its events, for instance as"
                + " a List, or remove the output.",
            "[Outputs.c] declares 2 outputs, but List<String> does not say which event is for"
                + " which. Return Map<String, List<...>> from topic to events, or List<Emit<...>>"
                + " with Emit.to(topic).",
            "[Outputs.d] does not say what the events of 'b' look like. Add schema = X.class with"
                + " the record they are, or schemaFile = \"...\"; String.class lets any text pass.",
            "[Outputs.e] does not say what the events of 'b' look like. Add schema = X.class with"
                + " the record they are, or schemaFile = \"...\"; String.class lets any text pass.",
            "[Outputs.f] the schema of 'b' is Stream, which anything can implement. Name a record"
                + " or class, or a schemaFile.",
            "[Outputs.g] cannot return Stream<String>. " + shapes,
            "[Outputs.h] returns Message, which is an input. Return its value, or"
                + " Emit.from(message, message.value()).",
            "[Outputs.i] cannot return String[]. " + shapes,
            "[Outputs.j] cannot return List<String> in a collection. " + shapes,
            "[Outputs.k] returns a CompletionStage without saying of what. Say it, for instance"
                + " CompletionStage<List<String>>, or <Void> for nothing.",
            "[Outputs.l] returns a JSON tree of another Jackson"
                + " (com.fasterxml.jackson.databind.node.ObjectNode). Return Map<String, Object>,"
                + " or its text as String.");
  }

  static class SchemaFiles {
    @KafkaFunction(
        name = "a",
        topics = "a",
        outputs = @Output(topic = "b", schemaFile = "missing.json"))
    List<String> a(List<String> messages) {
      return messages;
    }

    @KafkaFunction(
        name = "b",
        topics = "a",
        outputs = @Output(topic = "b", schemaFile = "broken.json"))
    List<String> b(List<String> messages) {
      return messages;
    }

    @KafkaFunction(
        name = "c",
        topics = "a",
        outputs = @Output(topic = "b", schemaFile = "invalid.json"))
    List<String> c(List<String> messages) {
      return messages;
    }
  }

  @Test
  void saysWhatIsWrongWithSchemaFiles() throws IOException {
    Files.writeString(folder.resolve("broken.json"), "{\n  \"type\": \n}");
    Files.writeString(folder.resolve("invalid.json"), "{\"type\": \"strin\"}");

    List<String> problems = problems(SchemaFiles.class);

    assertThat(problems)
        .containsExactly(
            "[SchemaFiles.a] the schema file 'missing.json' is not there: looked for "
                + folder.resolve("missing.json")
                + ". Put it beside the function's file, or correct its name.",
            "[SchemaFiles.b] the schema file 'broken.json' is not JSON, line 3, column 1. Correct"
                + " the file.",
            "[SchemaFiles.c] the schema file 'invalid.json' is no valid JSON Schema at /type: must"
                + " be one of"
                + " [\"array\",\"boolean\",\"integer\",\"null\",\"number\",\"object\",\"string\"]."
                + " Correct the file.");
  }

  static class Typed<T> {
    void run(T message) {}
  }

  static class Bridged extends Typed<String> {
    @Override
    @KafkaFunction(name = "bridged", topics = "a")
    void run(String message) {}
  }

  @Test
  void takesNoNoticeOfTheCompilersBridges() {
    assertThat(scan(Bridged.class)).hasSize(1);
  }

  static class Negative {
    @KafkaFunction(name = "negative", topics = "a", retries = -3)
    public void negative(String message) {}
  }

  @Test
  void passesOnWhatTheSettingsWillRefuse() {
    assertThat(scan(Negative.class).getFirst().settings()).containsExactly(entry("retries", "-3"));
  }

  static class HalfWrong {
    @KafkaFunction(
        name = "half-wrong",
        topics = {"a", "b c"},
        outputs = @Output(topic = "d"),
        retries = 2)
    public List<String> wrong(List<String> one, List<String> two) {
      return one;
    }
  }

  @Test
  void tellsWhatAWrongFunctionDeclares() {
    FunctionScanner.Found found =
        FunctionScanner.find(
            List.of(HalfWrong.class), type -> folder, new JsonFormat(), new JsonSchemaValidator());

    assertThat(found.definitions()).isEmpty();
    assertThat(found.problems()).hasSize(2);
    assertThat(found.declared())
        .containsExactly(
            new FunctionScanner.Declared(
                "half-wrong", List.of("a"), List.of("d"), Map.of("retries", "2")));
  }

  private List<FunctionDefinition> scan(Class<?>... classes) {
    Collection<Class<?>> all = List.of(classes);
    return FunctionScanner.scan(all, type -> folder);
  }

  private List<String> problems(Class<?>... classes) {
    SetupException refused = catchThrowableOfType(SetupException.class, () -> scan(classes));
    return refused.problems().stream().map(Problem::toString).toList();
  }
}
