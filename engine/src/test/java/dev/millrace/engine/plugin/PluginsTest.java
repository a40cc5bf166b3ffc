package dev.millrace.engine.plugin;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.KafkaFunction;
import dev.millrace.Output;
import dev.millrace.engine.call.CallReceipt;
import dev.millrace.engine.call.CallRequest;
import dev.millrace.engine.call.CallResult;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.call.Mailbox;
import dev.millrace.engine.core.Event;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.SettingsSources;
import dev.millrace.plugin.Delivery;
import dev.millrace.plugin.Format;
import dev.millrace.plugin.Validator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Functions whose format, validator and delivery come from jars of a third party, chosen by
/// `platform.yaml` alone.
class PluginsTest {
  @TempDir private Path folder;

  /// The function under all platforms.
  public static final class Orders {
    /// An order.
    public record Order(String item, int pieces) {}

    /// Passes an order on.
    @KafkaFunction(name = "orders", topics = "in", outputs = @Output(topic = "out"))
    public Order pass(Order order) {
      return order;
    }
  }

  @BeforeEach
  void pack() throws IOException {
    new PluginJar(folder.resolve("semicolons"))
        .with(
            "acme.Semicolons",
            """
            package acme;
            import dev.millrace.plugin.*;
            import java.lang.reflect.*;
            import java.util.*;
            public class Semicolons implements Format {
              public String name() { return "semicolons"; }
              public Reader reader(Type type) {
                if (!(type instanceof Class<?> raw) || !raw.isRecord()) {
                  throw new IllegalArgumentException("it is no record");
                }
                return bytes -> {
                  String[] words = new String(bytes).split(";");
                  if (words.length != 2) {
                    throw new MismatchException(new Mismatch("", "must have 2 fields"), null);
                  }
                  try {
                    return raw.getDeclaredConstructors()[0]
                        .newInstance(words[0], Integer.parseInt(words[1]));
                  } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                  }
                };
              }
              public Written write(Object value) {
                return new Written() {
                  public Object value() { return value; }
                  public byte[] bytes() {
                    StringJoiner words = new StringJoiner(";");
                    for (RecordComponent one : value.getClass().getRecordComponents()) {
                      try {
                        words.add(String.valueOf(one.getAccessor().invoke(value)));
                      } catch (ReflectiveOperationException e) {
                        throw new IllegalStateException(e);
                      }
                    }
                    return words.toString().getBytes();
                  }
                };
              }
            }
            """)
        .serving(Format.class, "acme.Semicolons")
        .pack(folder.resolve("semicolons.jar"));
    new PluginJar(folder.resolve("dozens"))
        .with(
            "acme.Dozens",
            """
            package acme;
            import dev.millrace.plugin.*;
            import java.lang.reflect.Type;
            import java.util.Optional;
            public class Dozens implements Validator {
              public String name() { return "dozens"; }
              public Check ofType(Type type) {
                return event -> event.value().toString().contains("pieces=12]")
                    ? Optional.empty()
                    : Optional.of(new Mismatch("/pieces", "must be a dozen"));
              }
              public Check ofSchema(String text) { throw new IllegalArgumentException("is unknown"); }
            }
            """)
        .serving(Validator.class, "acme.Dozens")
        .pack(folder.resolve("dozens.jar"));
    new PluginJar(folder.resolve("file"))
        .with(
            "acme.FileDelivery",
            """
            package acme;
            import dev.millrace.plugin.*;
            import java.nio.file.*;
            import java.time.Duration;
            import java.util.*;
            public class FileDelivery implements Delivery {
              public String name() { return "file"; }
              public Sender open(Map<String, String> kafka) {
                Path file = Path.of(kafka.get("client.id"));
                return new Sender() {
                  public void send(List<? extends Outgoing> outputs, Receipt receipt) {
                    for (Outgoing output : outputs) {
                      StringBuilder line = new StringBuilder(output.topic() + " ");
                      line.append(new String(output.value()));
                      output.headers((name, value) -> line.append(" " + name));
                      try {
                        Files.writeString(file, line + "\\n",
                            StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                        receipt.acknowledged(output);
                      } catch (java.io.IOException e) {
                        receipt.failed(e);
                      }
                    }
                  }
                  public void close(Duration patience) {}
                };
              }
            }
            """)
        .serving(Delivery.class, "acme.FileDelivery")
        .pack(folder.resolve("file.jar"));
  }

  @Test
  void withoutAnythingSaidMillracesOwnHold() {
    // When
    try (Plugins plugins = Plugins.find(Settings.load(SettingsSources.none()).plugins())) {

      // Then
      assertThat(plugins.format().name()).isEqualTo("json");
      assertThat(plugins.validator().name()).isEqualTo("json-schema");
      assertThat(plugins.delivery().name()).isEqualTo("direct");
    }
  }

  @Test
  void aFormatSaysWhatItCannotRead() throws Exception {
    // When
    CallResult semicolons = call("plugins: [semicolons.jar]\nformat: semicolons\n", "tea");

    // Then
    assertThat(semicolons.failure()).isInstanceOf(Failure.Unreadable.class);
    assertThat(requireNonNull(semicolons.failure()).cause())
        .hasMessageContaining("cannot be read as Order: must have 2 fields");
  }

  @Test
  void theValidatorIsWhatThePlatformSays() throws Exception {
    // When
    CallResult result =
        call(
            "plugins: [dozens.jar, semicolons.jar]\nvalidator: dozens\nformat: semicolons\n",
            "tea;12",
            "tea;13");

    // Then
    assertThat(values(result)).containsExactly("tea;12");
    assertThat(result.failure()).isInstanceOf(Failure.InvalidOutput.class);
    assertThat(requireNonNull(result.failure()).cause())
        .hasMessageContaining("breaks its schema at /pieces: must be a dozen");
  }

  @Test
  void theDeliveryIsWhatThePlatformSays() throws Exception {
    // Given
    Path file = folder.resolve("delivered");
    Mailbox mailbox = new Mailbox();
    CallResult result =
        call("", "{\"item\":\"tea\",\"pieces\":2}", "{\"item\":\"ale\",\"pieces\":3}");

    // When
    try (Plugins plugins = plugins("plugins: [file.jar]\ndelivery: file\n")) {
      CallReceipt.send(
          7, result, plugins.delivery().open(Map.of("client.id", file.toString())), mailbox);
    }

    // Then
    assertThat(Files.readAllLines(file))
        .containsExactly(
            "out {\"item\":\"tea\",\"pieces\":2} millrace-source",
            "out {\"item\":\"ale\",\"pieces\":3} millrace-source");
    assertThat(mailbox.take()).last().isEqualTo(new Event.Delivered<>(7));
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() throws Exception {
    // Given
    new PluginJar(folder.resolve("empty")).pack(folder.resolve("empty.jar"));
    new PluginJar(folder.resolve("twin"))
        .with(
            "acme.Twin",
            """
            package acme;
            import dev.millrace.plugin.*;
            public class Twin implements Format {
              public Twin() { new dev.millrace.engine.schema.JsonFormat(); }
              public String name() { return "json"; }
              public Reader reader(java.lang.reflect.Type type) { return bytes -> bytes; }
              public Written write(Object value) { throw new UnsupportedOperationException(); }
            }
            """)
        .serving(Format.class, "acme.Twin")
        .pack(folder.resolve("twin.jar"));
    PluginJar newer = new PluginJar(folder.resolve("newer")).with("Newer", "public class Newer {}");
    Path type = folder.resolve("newer/Newer.class");
    byte[] code = Files.readAllBytes(type);
    code[7] = 99; // The version of Java it was compiled for.
    Files.write(type, code);
    newer.serving(Format.class, "Newer").pack(folder.resolve("newer.jar"));

    // When
    SetupException refused =
        catchThrowableOfType(
            SetupException.class,
            () ->
                plugins(
                    """
                    plugins:
                      - gone.jar
                      - empty.jar
                      - twin.jar
                      - newer.jar
                      - semicolons.jar
                    format: semicolon
                    delivery: pigeon
                    """));

    // Then
    String file = folder.resolve("platform.yaml").toString();
    assertThat(refused.problems())
        .extracting(problem -> problem.toString().replace(file, "platform.yaml"))
        .satisfiesExactly(
            gone ->
                assertThat(gone)
                    .startsWith("[platform.yaml:2 plugins] The plug-in ")
                    .contains("gone.jar is not there"),
            empty ->
                assertThat(empty)
                    .startsWith("[platform.yaml:3 plugins]")
                    .contains("brings no format"),
            twin ->
                assertThat(twin)
                    .as("a plug-in sees nothing of the engine")
                    .startsWith("[platform.yaml:4 plugins] A format cannot be created")
                    .contains("dev/millrace/engine/schema/JsonFormat"),
            newest ->
                assertThat(newest)
                    .startsWith("[platform.yaml:5 plugins] A format cannot be loaded")
                    .contains("UnsupportedClassVersionError"),
            format ->
                assertThat(format)
                    .isEqualTo(
                        "[platform.yaml:7 format] There is no format 'semicolon'."
                            + " Perhaps you meant 'semicolons'."),
            delivery ->
                assertThat(delivery)
                    .startsWith(
                        "[platform.yaml:8 delivery] There is no delivery 'pigeon'. There is:"
                            + " direct"));
  }

  @Test
  void aPartCanBeLocked() throws Exception {
    // Given
    Path platform =
        Files.writeString(folder.resolve("platform.yaml"), "owner: us\nlocked: [format]\n");

    // When
    SetupException refused =
        catchThrowableOfType(
            SetupException.class,
            () ->
                Settings.load(
                    new SettingsSources(
                        Optional.of(platform),
                        Optional.empty(),
                        Map.of(),
                        Map.of("format", "semicolons"),
                        List.of())));

    // Then
    assertThat(refused).hasMessageContaining("'format' is locked by us");
  }

  private Plugins plugins(String platform) throws IOException {
    Path file = Files.writeString(folder.resolve("platform.yaml"), platform);
    return Plugins.find(
        Settings.load(
                new SettingsSources(
                    Optional.of(file), Optional.empty(), Map.of(), Map.of(), List.of()))
            .plugins());
  }

  private CallResult call(String platform, String... values) throws IOException {
    try (Plugins plugins = plugins(platform)) {
      List<FunctionDefinition> definitions =
          FunctionScanner.scan(
              List.of(Orders.class), type -> folder, plugins.format(), plugins.validator());
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      for (String value : values) {
        records.add(
            new ConsumerRecord<>(
                "in", 0, records.size(), null, value.getBytes(StandardCharsets.UTF_8)));
      }
      List<CallResult> results = new ArrayList<>();
      try (FunctionInstances instances = FunctionInstances.create(definitions)) {
        new FunctionInvoker(definitions.getFirst(), instances)
            .invoke(
                new CallRequest(new TopicPartition("in", 0), records, 1, true, "cluster/topic"),
                results::add);
      }
      return results.getFirst();
    }
  }

  private static List<String> values(CallResult result) {
    return result.outputs().stream()
        .map(output -> new String(output.value(), StandardCharsets.UTF_8))
        .toList();
  }
}
