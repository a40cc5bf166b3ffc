package dev.millrace.cli;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import tools.jackson.databind.json.JsonMapper;

/// Sign-ups of clients and sales of three shops, mistakes included; the same ones every time. Every
/// fourth event is a sign-up.
final class DemoEvents {
  static final String SIGN_UPS = "client.signed_up";
  static final String SALES = "sales_input";

  /// So many events have every kind of outcome among them.
  static final int SAMPLE = 8;

  private static final long SEED = 11;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("M/d/uuuu H:mm", Locale.ROOT);
  private static final LocalDateTime OPENING = LocalDateTime.of(2026, 3, 2, 9, 0);
  private static final List<String> FIRST_NAMES =
      List.of(
          "Ada", "Bruno", "Chiara", "Dario", "Elena", "Fabio", "Greta", "Hanno", "Iker", "Jana",
          "Kepa", "Leire", "Marta", "Nils", "Olga", "Pablo");
  private static final List<String> LAST_NAMES =
      List.of(
          "Arrieta",
          "Bauer",
          "Conti",
          "Diener",
          "Etxeberria",
          "Fischer",
          "Galli",
          "Huber",
          "Ibarra",
          "Keller",
          "Lombardi",
          "Moretti",
          "Ortega",
          "Ricci",
          "Schulz",
          "Weber");
  private static final List<Shop> SHOPS =
      List.of(
          new Shop("Rimini", "Italy"),
          new Shop("Bilbao", "Spain"),
          new Shop("Karlsruhe", "Germany"));

  private record Shop(String location, String country) {}

  private final Random random = new Random(SEED);
  private long made;

  /// The next event.
  ProducerRecord<byte[], byte[]> next() {
    long number = made++;
    return number % 4 == 0 ? signUp(number / 4 + 1) : sale(number);
  }

  private ProducerRecord<byte[], byte[]> signUp(long number) {
    String first = any(FIRST_NAMES);
    String last = any(LAST_NAMES);
    String id = "client-" + number;
    Map<String, Object> client = new LinkedHashMap<>();
    client.put("id", id);
    client.put("name", first + " " + last);
    client.put("email", (first + "." + last).toLowerCase(Locale.ROOT) + "@example.org");
    client.put("age", 18 + random.nextInt(55));
    client.put("visits", random.nextInt(8));
    return event(SIGN_UPS, id, client);
  }

  private ProducerRecord<byte[], byte[]> sale(long number) {
    Shop shop = any(SHOPS);
    boolean returned = random.nextInt(12) == 0;
    int quantity = 1 + random.nextInt(24);
    Map<String, Object> sale = new LinkedHashMap<>();
    sale.put("InvoiceNo", (returned ? "C" : "") + (600_000 + number));
    sale.put("InvoiceDate", TIME.format(OPENING.plusMinutes(number)));
    sale.put("CustomerID", random.nextInt(20) == 0 ? null : 12_000 + random.nextInt(6_000));
    sale.put("Country", shop.country);
    sale.put("Quantity", returned ? -quantity : quantity);
    sale.put("UnitPrice", random.nextInt(40) == 0 ? 0 : (50 + random.nextInt(2_000)) / 100.0);
    return event(SALES, shop.location, sale);
  }

  private <T> T any(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static ProducerRecord<byte[], byte[]> event(
      String topic, String key, Map<String, Object> value) {
    return new ProducerRecord<>(
        topic, key.getBytes(StandardCharsets.UTF_8), JsonMapper.shared().writeValueAsBytes(value));
  }
}
