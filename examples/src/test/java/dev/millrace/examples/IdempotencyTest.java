package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/// A function with an effect of its own that may be called twice.
class IdempotencyTest {
  record Payment(String account, long cents) {}

  private final Map<String, Payment> bookings = new ConcurrentHashMap<>();

  // @start region=idempotent
  @KafkaFunction(name = "book", topics = "payments")
  public void book(Message<Payment> payment) {
    bookings.putIfAbsent(payment.idempotencyKey(), payment.value());
  }

  // @end

  @Test
  void aSecondCallWithTheSameMessageChangesNothing() {
    // Given
    Message<Payment> payment = Message.of(new Payment("rent", 80_000));
    book(payment);
    // When
    book(payment);
    // Then
    assertThat(bookings).hasSize(1);
  }
}
