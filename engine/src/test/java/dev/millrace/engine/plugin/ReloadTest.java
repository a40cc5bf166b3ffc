package dev.millrace.engine.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.call.CallRequest;
import dev.millrace.engine.call.CallResult;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Code that is loaded again and again must not pile up.
class ReloadTest {
  private static final int COLLECTIONS = 50;

  @TempDir private Path folder;

  @Test
  void nothingOfTheAuthorsCodeStaysBehind() throws Exception {
    // Given
    new PluginJar(folder)
        .with(
            "Shop",
            """
            import dev.millrace.*;
            public class Shop {
              public record Order(String id, int pieces) {}
              public record Receipt(String order, boolean large) {}
              public static class Event { public String id; }
              @KafkaFunction(name = "shop", topics = "in", outputs = @Output(topic = "out"))
              public Receipt shop(Order order) {
                return new Receipt(order.id(), order.pieces() > 10);
              }
              @KafkaFunction(name = "events", topics = "in", outputs = @Output(topic = "out"))
              public Event copy(Event event) { return event; }
            }
            """);
    // When
    WeakReference<ClassLoader> loader = callOnce();
    // Then
    for (int i = 0; i < COLLECTIONS && loader.get() != null; i++) {
      System.gc();
    }
    assertThat(loader.get()).isNull();
  }

  private WeakReference<ClassLoader> callOnce() throws Exception {
    try (URLClassLoader loader =
            new URLClassLoader(new URL[] {folder.toUri().toURL()}, new SharedClasses());
        Plugins plugins = Plugins.ours()) {
      List<FunctionDefinition> definitions =
          FunctionScanner.scan(
              List.of(loader.loadClass("Shop")),
              type -> folder,
              plugins.format(),
              plugins.validator());
      ConsumerRecord<byte[], byte[]> order =
          new ConsumerRecord<>(
              "in", 0, 0, null, "{\"id\":\"a\",\"pieces\":12}".getBytes(StandardCharsets.UTF_8));
      List<CallResult> results = new ArrayList<>();
      try (FunctionInstances instances = FunctionInstances.create(definitions)) {
        for (FunctionDefinition definition : definitions) {
          new FunctionInvoker(definition, instances)
              .invoke(
                  new CallRequest(
                      new TopicPartition("in", 0), List.of(order), 1, false, "cluster/topic"),
                  results::add);
        }
      }
      assertThat(results).hasSize(2).allMatch(result -> result.outputs().size() == 1);
      return new WeakReference<>(loader);
    }
  }
}
