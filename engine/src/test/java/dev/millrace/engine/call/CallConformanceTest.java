package dev.millrace.engine.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.core.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs `conformance/calls.json`: what every executor must do with the same functions and records.
class CallConformanceTest {
  private static final Map<String, FunctionInvoker> FUNCTIONS = functions();

  static Stream<Arguments> cases() throws IOException {
    try (InputStream file =
        CallConformanceTest.class.getResourceAsStream("/conformance/calls.json")) {
      List<Arguments> cases = new ArrayList<>();
      for (JsonNode one : JsonMapper.shared().readTree(file)) {
        cases.add(Arguments.of(one.get("case").asString(), one));
      }
      return cases.stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void theCallEndsAsTheTableSays(String name, JsonNode wanted) {
    FunctionInvoker function =
        Objects.requireNonNull(FUNCTIONS.get(wanted.get("function").asString()));
    CallRequest request = request(wanted);

    CompletableFuture<CallResult> done = new CompletableFuture<>();
    function.invoke(request, done::complete);
    CallResult result = done.join();

    assertThat(failure(result)).isEqualTo(text(wanted, "failure", "none"));
    assertThat(result.done()).isEqualTo(wanted.get("done").asInt());
    assertThat(result.tombstones()).isEqualTo(wanted.path("tombstones").asInt(0));
    JsonNode outputs = wanted.get("outputs");
    assertThat(result.outputs()).hasSize(outputs.size());
    for (int i = 0; i < outputs.size(); i++) {
      assertThat(told(result.outputs().get(i), outputs.get(i)))
          .isEqualTo(JsonMapper.shared().convertValue(outputs.get(i), Map.class));
    }
    if (wanted.has("message")) {
      assertThat(Objects.requireNonNull(result.failure()).cause())
          .hasMessage(wanted.get("message").asString());
    }
  }

  /// Of an output what the table wants to know.
  private static Map<String, @Nullable Object> told(
      ProducerRecord<byte[], byte[]> output, JsonNode wanted) {
    Map<String, @Nullable Object> told = new HashMap<>();
    for (String name : wanted.propertyNames()) {
      told.put(
          name,
          switch (name) {
            case "topic" -> output.topic();
            case "key" -> utf8(output.key());
            case "value" -> utf8(output.value());
            case "base64" -> Base64.getEncoder().encodeToString(output.value());
            case "headers" -> headers(output);
            default -> throw new IllegalArgumentException(name);
          });
    }
    return told;
  }

  private static Map<String, String> headers(ProducerRecord<byte[], byte[]> output) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (Header header : output.headers()) {
      headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
    }
    return headers;
  }

  private static @Nullable String utf8(byte @Nullable [] bytes) {
    return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
  }

  private static String failure(CallResult result) {
    return switch (result.failure()) {
      case null -> "none";
      case Failure.FunctionFailed failed -> "function-failed";
      case Failure.Unreadable unreadable -> "unreadable";
      case Failure.InvalidOutput invalid -> "invalid-output";
      default -> result.failure().toString();
    };
  }

  private static CallRequest request(JsonNode wanted) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (JsonNode record : wanted.get("records")) {
      RecordHeaders headers = new RecordHeaders();
      for (Map.Entry<String, JsonNode> header : record.path("headers").properties()) {
        headers.add(header.getKey(), header.getValue().asString().getBytes(StandardCharsets.UTF_8));
      }
      int index = records.size();
      records.add(
          new ConsumerRecord<>(
              "orders",
              0,
              record.path("offset").asLong(4182 + index),
              1_700_000_000_000L + index,
              TimestampType.CREATE_TIME,
              0,
              0,
              bytes(record.path("key")),
              record.has("base64")
                  ? Base64.getDecoder().decode(record.get("base64").asString())
                  : bytes(record.get("value")),
              headers,
              Optional.empty()));
    }
    return new CallRequest(
        new TopicPartition("orders", 0),
        records,
        wanted.path("attempt").asInt(1),
        true,
        "cluster/topic");
  }

  private static byte @Nullable [] bytes(JsonNode text) {
    return text.isString() ? text.asString().getBytes(StandardCharsets.UTF_8) : null;
  }

  private static String text(JsonNode node, String name, String otherwise) {
    return node.has(name) ? node.get(name).asString() : otherwise;
  }

  private static Map<String, FunctionInvoker> functions() {
    List<FunctionDefinition> definitions =
        FunctionScanner.scan(
            List.of(ConformanceFunctions.class), type -> Path.of("src/test/resources/conformance"));
    FunctionInstances instances = FunctionInstances.create(definitions);
    Map<String, FunctionInvoker> functions = new HashMap<>();
    for (FunctionDefinition definition : definitions) {
      functions.put(definition.name(), new FunctionInvoker(definition, instances));
    }
    return functions;
  }
}
