package dev.millrace.examples;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.KafkaExtension;
import dev.millrace.testing.TestKafka;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Every example as an author would run it: its file, a cluster, a command.
@ExtendWith(KafkaExtension.class)
class ExamplesIT {
  @Test
  void helloWorld(TestKafka kafka) {
    // Given
    Commands millrace = new Commands(kafka);
    millrace.createTopics("some.topic");
    millrace.produce("some.topic", List.of("hello"));
    PrintStream terminal = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    // When
    try {
      millrace.runToTheEnd("HelloWorldConsumer.java");
    } finally {
      System.setOut(terminal);
    }
    // Then
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("Hello world, I have consumed [hello]");
  }

  @Test
  void textTransformer(TestKafka kafka) {
    // Given
    Commands millrace = new Commands(kafka);
    millrace.createTopics("lines", "shouted.lines");
    millrace.produce("lines", List.of("a mill", "the river", "a race", "über Land"));
    // When
    millrace.runToTheEnd("TextTransformer.java");
    // Then
    assertThat(millrace.<String>values("shouted.lines"))
        .containsExactlyInAnyOrder("A MILL", "A RACE", "ÜBER LAND");
  }

  @Test
  void eventDrivenPrediction(TestKafka kafka) {
    // Given
    Commands millrace = new Commands(kafka);
    millrace.createTopics("client.signed_up", "predict.topic", "campaign.emails");
    millrace.produce(
        "client.signed_up",
        IntStream.range(0, 300)
            .mapToObj(i ->
                """
                {"id": "c-%d", "name": "N%d", "email": "n%d@example.org", "age": %d, "visits": %d}\
                """
                    .formatted(i, i, i, 18 + i % 60, i % 10))
            .toList());
    // When
    millrace.runToTheEnd("EventDrivenPrediction.java");
    // Then
    List<Map<String, Object>> predictions = millrace.values("predict.topic");
    assertThat(predictions).extracting("client").doesNotHaveDuplicates().hasSize(300);
    List<Object> hesitating =
        predictions.stream()
            .filter(one -> willBuy(one) >= 0.2 && willBuy(one) <= 0.7)
            .map(one -> one.get("email"))
            .toList();
    List<Map<String, Object>> emails = millrace.values("campaign.emails");
    assertThat(hesitating).isNotEmpty();
    assertThat(emails).extracting("to").containsExactlyInAnyOrderElementsOf(hesitating);
  }

  private static double willBuy(Map<String, Object> prediction) {
    return ((Number) requireNonNull(prediction.get("willBuy"))).doubleValue();
  }

  @Test
  void salesValidation(TestKafka kafka, @TempDir Path folder) throws IOException {
    // Given
    Commands millrace = new Commands(kafka);
    Invoices invoices = Invoices.generate(2_000);
    Path file = Files.write(folder.resolve("invoices.csv"), invoices.lines());
    millrace.createTopics("sales_input", "sales_validated", "sales_error");
    millrace.call("", "produce", "sales_input", file.toString(), "--key", "Country");
    // When
    millrace.runToTheEnd("SalesValidation.java");
    // Then
    List<Map<String, Object>> validated = millrace.consume("sales_validated");
    List<Map<String, Object>> errors = millrace.consume("sales_error");
    assertThat(validated).hasSize(invoices.valid());
    assertThat(errors).hasSize(2_000 - invoices.valid());
    assertThat(validated).allMatch(ExamplesIT::hasTheKeyOfItsSale);
    assertThat(Stream.concat(validated.stream(), errors.stream()).map(ExamplesIT::source))
        .as("each sale comes out once")
        .doesNotHaveDuplicates()
        .hasSize(2_000);
  }

  private static boolean hasTheKeyOfItsSale(Map<String, Object> event) {
    return requireNonNull(member(event, "value", "country")).equals(event.get("key"));
  }

  private static @Nullable Object source(Map<String, Object> event) {
    return member(event, "headers", "millrace-source");
  }

  private static @Nullable Object member(Map<String, Object> event, String part, String name) {
    return ((Map<?, ?>) requireNonNull(event.get(part))).get(name);
  }

  /// Invoices of an imagined shop, with its mistakes.
  ///
  /// @param lines as CSV, headings first
  /// @param valid how many nothing is wrong with
  private record Invoices(List<String> lines, int valid) {
    static Invoices generate(int count) {
      Random random = new Random(7);
      List<String> lines = new ArrayList<>();
      lines.add("InvoiceNo,InvoiceDate,CustomerID,Country,Quantity,UnitPrice");
      int valid = 0;
      for (int i = 0; i < count; i++) {
        boolean returned = random.nextInt(6) == 0;
        boolean anonymous = random.nextInt(8) == 0;
        boolean free = random.nextInt(50) == 0;
        lines.add(
            "%s%d,%d/%d/2011 %d:%02d,%s,%s,%d,%s"
                .formatted(
                    returned ? "C" : "",
                    536_000 + i,
                    1 + random.nextInt(12),
                    1 + random.nextInt(28),
                    random.nextInt(24),
                    random.nextInt(60),
                    anonymous ? "" : 12_000 + random.nextInt(6_000),
                    List.of("Italy", "Spain", "Germany").get(random.nextInt(3)),
                    (returned ? -1 : 1) * (1 + random.nextInt(40)),
                    free ? "0" : (1 + random.nextInt(40)) + ".25"));
        valid += returned || anonymous || free ? 0 : 1;
      }
      return new Invoices(lines, valid);
    }
  }
}
