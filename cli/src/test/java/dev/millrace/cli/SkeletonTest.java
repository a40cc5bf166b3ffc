package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class SkeletonTest {
  private static Skeleton of(String... values) {
    List<ConsumerRecord<byte[], byte[]>> messages = new ArrayList<>();
    for (String value : values) {
      messages.add(
          new ConsumerRecord<>(
              "orders", 0, messages.size(), new byte[0], value.getBytes(StandardCharsets.UTF_8)));
    }
    return Skeleton.of(Names.of("audit"), "orders", messages);
  }

  @Test
  void theTestSendsTheNewestMessageThatIsNotLarge() {
    // When
    Skeleton skeleton =
        of(
            "{\"id\":1}",
            "{\"id\":2}",
            "{\"id\":\"" + "3".repeat(3_000) + "\"}",
            "{\"id\":4,  \"a\":1}");
    // Then
    assertThat(skeleton.test()).contains("\"{\\\"id\\\":4,\\\"a\\\":1}\"");
    assertThat(of("{\"id\":2}", "{\"id\":\"" + "3".repeat(3_000) + "\"}").test())
        .contains("\"{\\\"id\\\":2}\"");
  }

  @Test
  void namesInMessagesAddNoCode() {
    // When
    Skeleton skeleton = of("{\"id\":1,\"a\\n} class B {\":1,\"\\\\u000a} class C {\":1}");
    // Then
    assertThat(skeleton.source())
        .contains("have such a name: /a\\\\n} class B {, /\\\\u000a} class C {.\n");
  }
}
