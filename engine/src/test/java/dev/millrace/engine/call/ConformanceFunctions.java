package dev.millrace.engine.call;

import dev.millrace.Emit;
import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import dev.millrace.Output;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// The functions of `conformance/calls.json`, as an author writes them in Java.
public final class ConformanceFunctions {
  record Line(String sku, int quantity, double price) {}

  record Order(String id, List<Line> lines) {}

  record Total(@Nullable String id, double amount, Optional<String> note) {}

  record StrictTotal(String id) {}

  record Amount(int amount) {}

  @KafkaFunction(name = "pass-text", topics = "orders", outputs = @Output(topic = "out"))
  List<String> passText(List<String> messages) {
    return messages;
  }

  @KafkaFunction(name = "pass-bytes", topics = "orders", outputs = @Output(topic = "out"))
  private List<byte[]> passBytes(List<byte[]> messages) {
    return messages;
  }

  @KafkaFunction(name = "pass-maps", topics = "orders", outputs = @Output(topic = "out"))
  List<Map<String, Object>> passMaps(List<Map<String, Object>> messages) {
    return messages;
  }

  @KafkaFunction(name = "shout", topics = "orders", outputs = @Output(topic = "out"))
  static String shout(String message) {
    return message.toUpperCase(Locale.ROOT);
  }

  @KafkaFunction(name = "shout-unless-empty", topics = "orders", outputs = @Output(topic = "out"))
  @Nullable String shoutUnlessEmpty(String message) {
    return message.isEmpty() ? null : shout(message);
  }

  @KafkaFunction(name = "shout-optionally", topics = "orders", outputs = @Output(topic = "out"))
  Optional<String> shoutOptionally(String message) {
    return Optional.ofNullable(shoutUnlessEmpty(message));
  }

  @KafkaFunction(name = "listen", topics = "orders")
  void listen(List<String> messages) {}

  @KafkaFunction(name = "null-list", topics = "orders", outputs = @Output(topic = "out"))
  @Nullable List<String> nullList(List<String> messages) {
    return null;
  }

  @KafkaFunction(name = "null-element", topics = "orders", outputs = @Output(topic = "out"))
  List<String> nullElement(List<String> messages) {
    return Arrays.asList("a", null);
  }

  @KafkaFunction(name = "mirror", topics = "orders", outputs = @Output(topic = "out"))
  Emit<String> mirror(Message<String> message) {
    return message.isTombstone() ? Emit.tombstone(message) : Emit.from(message, message.value());
  }

  @KafkaFunction(name = "describe", topics = "orders", outputs = @Output(topic = "out"))
  String describe(Message<String> message) {
    return String.join(
        " ",
        message.key(),
        message.value(),
        message.header("mine").orElseThrow(),
        message.topic(),
        Integer.toString(message.partition()),
        Long.toString(message.offset()),
        message.timestamp().toString(),
        Integer.toString(message.attempt()),
        message.idempotencyKey());
  }

  @KafkaFunction(name = "rekey", topics = "orders", outputs = @Output(topic = "out"))
  List<Emit<String>> rekey(List<Message<String>> messages) {
    List<Emit<String>> outputs = new ArrayList<>();
    for (Message<String> message : messages) {
      outputs.add(Emit.from(message, message.value()).key("own"));
      outputs.add(Emit.from(message, message.value()).key((String) null));
    }
    outputs.add(Emit.of(Integer.toString(messages.size())).key("total"));
    return outputs;
  }

  @KafkaFunction(name = "attribute", topics = "orders", outputs = @Output(topic = "out"))
  List<Emit<String>> attribute(List<Message<String>> messages) {
    List<Emit<String>> outputs = new ArrayList<>();
    for (Message<String> message : messages) {
      outputs.add(Emit.from(message, message.value()));
      outputs.add(Emit.from(message, message.value() + "!"));
    }
    return outputs;
  }

  @KafkaFunction(
      name = "route",
      topics = "orders",
      outputs = {@Output(topic = "short"), @Output(topic = "long")})
  Map<String, List<String>> route(List<String> messages) {
    Map<String, List<String>> routed = new LinkedHashMap<>();
    routed.put("short", messages.stream().filter(text -> text.length() < 6).toList());
    routed.put("long", messages.stream().filter(text -> text.length() >= 6).toList());
    return routed;
  }

  @KafkaFunction(
      name = "route-wrongly",
      topics = "orders",
      outputs = {@Output(topic = "short"), @Output(topic = "long")})
  Map<String, List<String>> routeWrongly(List<String> messages) {
    return Map.of("shrot", messages);
  }

  @KafkaFunction(
      name = "emit-to-value",
      topics = "orders",
      outputs = {@Output(topic = "short"), @Output(topic = "long")})
  Emit<String> emitToValue(String message) {
    return Emit.of(message).to(message);
  }

  @KafkaFunction(
      name = "emit-without-topic",
      topics = "orders",
      outputs = {@Output(topic = "short"), @Output(topic = "long")})
  List<Emit<String>> emitWithoutTopic(List<String> messages) {
    return List.of(Emit.of("a"));
  }

  @KafkaFunction(name = "total", topics = "orders", outputs = @Output(topic = "totals"))
  List<Total> total(List<Order> orders) {
    return orders.stream()
        .map(order ->
            new Total(
                order.id(),
                order.lines().stream().mapToDouble(line -> line.quantity() * line.price()).sum(),
                Optional.empty()))
        .toList();
  }

  @KafkaFunction(name = "not-a-number", topics = "orders", outputs = @Output(topic = "out"))
  List<Map<String, Object>> notANumber(List<String> messages) {
    return List.of(Map.of("a", List.of(1, Double.NaN)));
  }

  @SuppressWarnings("NullAway") // The mistake that is looked for.
  @KafkaFunction(name = "null-component", topics = "orders", outputs = @Output(topic = "totals"))
  List<StrictTotal> nullComponent(List<String> messages) {
    return List.of(new StrictTotal(null));
  }

  @KafkaFunction(
      name = "checked-text",
      topics = "orders",
      outputs = @Output(topic = "checked", schemaFile = "amount.schema.json"))
  List<String> checkedText(List<String> messages) {
    return messages;
  }

  @KafkaFunction(
      name = "totals-of-one",
      topics = "orders",
      outputs = @Output(topic = "checked", schemaFile = "amount.schema.json"))
  List<Amount> totalsOfOne(String message) {
    return Arrays.stream(message.split(",")).map(one -> new Amount(Integer.parseInt(one))).toList();
  }

  @KafkaFunction(name = "throw-on-batch", topics = "orders", outputs = @Output(topic = "out"))
  List<String> throwOnBatch(List<String> messages) {
    throw new IllegalStateException("no luck");
  }

  @KafkaFunction(name = "throw-on-x", topics = "orders", outputs = @Output(topic = "out"))
  String throwOnX(String message) {
    if (message.equals("x")) {
      throw new IllegalStateException("no luck");
    }
    return message;
  }

  @KafkaFunction(name = "overflow", topics = "orders")
  void overflow(List<String> messages) {
    throw new StackOverflowError();
  }

  @KafkaFunction(name = "shout-later", topics = "orders", outputs = @Output(topic = "out"))
  CompletionStage<String> shoutLater(String message) {
    return CompletableFuture.supplyAsync(() -> shout(throwOnX(message)));
  }

  @KafkaFunction(name = "pass-later", topics = "orders", outputs = @Output(topic = "out"))
  CompletableFuture<List<String>> passLater(List<String> messages) {
    return CompletableFuture.supplyAsync(() -> messages);
  }
}
