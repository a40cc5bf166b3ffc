package dev.millrace.testing;

import dev.millrace.Emit;
import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import dev.millrace.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Functions of every shape.
final class Functions {
  private Functions() {}

  record Order(String id, double amount) {}

  record Receipt(String order, String method) {}

  static class Batch {
    @KafkaFunction(
        name = "batch",
        topics = "orders",
        batchSize = 3,
        outputs = @Output(topic = "receipts"))
    List<Receipt> receipts(List<Order> orders) {
      return orders.stream()
          .map(order -> new Receipt(order.id(), "batch of " + orders.size()))
          .toList();
    }
  }

  static class Single {
    int calls;

    @KafkaFunction(name = "single", topics = "orders", outputs = @Output(topic = "receipts"))
    Receipt receipt(Order order) {
      calls++;
      if (order.amount() < 0 && calls < 3) {
        throw new IllegalStateException("no credit");
      }
      return new Receipt(order.id(), "single");
    }
  }

  static class Async implements AutoCloseable {
    static final List<String> CLOSED = new ArrayList<>();

    @KafkaFunction(name = "async", topics = "orders", outputs = @Output(topic = "receipts"))
    CompletionStage<Receipt> receipt(Order order) {
      return order.amount() < 0
          ? new CompletableFuture<>()
          : CompletableFuture.supplyAsync(() -> new Receipt(order.id(), "async"));
    }

    @Override
    public void close() {
      CLOSED.add("async");
    }
  }

  static class Full {
    @KafkaFunction(
        name = "full",
        topics = {"orders", "returns"},
        outputs = {
          @Output(topic = "receipts", schema = Receipt.class),
          @Output(topic = "log", schema = String.class)
        })
    List<Emit<?>> all(List<Message<Order>> messages) {
      List<Emit<?>> all = new ArrayList<>();
      for (Message<Order> message : messages) {
        if (message.isTombstone()) {
          all.add(Emit.tombstone(message).to("receipts"));
        } else {
          all.add(
              Emit.from(message, new Receipt(message.value().id(), message.topic()))
                  .to("receipts"));
          all.add(
              Emit.of(message.header("who").orElse("nobody") + " at " + message.timestamp())
                  .key("log")
                  .to("log"));
        }
      }
      return all;
    }
  }

  static class Several {
    @KafkaFunction(name = "first", topics = "lines", outputs = @Output(topic = "between"))
    List<String> first(List<String> lines) {
      return lines;
    }

    @KafkaFunction(name = "second", topics = "between", outputs = @Output(topic = "shouted"))
    static String second(String line) {
      return line + "!";
    }
  }
}
