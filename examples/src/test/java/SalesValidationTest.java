import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.Emit;
import dev.millrace.Message;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SalesValidationTest {
  private final SalesValidation function = new SalesValidation();

  @Test
  void aSaleWithEverythingIsValid() {
    // Given
    Message<Map<String, Object>> message = Message.of(sale());
    // When
    var events = function.validate(List.of(message));
    // Then
    assertThat(events.get("sales_error")).isEmpty();
    assertThat(events.get("sales_validated"))
        .singleElement()
        .satisfies(emit -> {
          assertThat(emit.source()).contains(message);
          assertThat(emit.value())
              .isEqualTo(
                  new SalesValidation.Sale(
                      "536365",
                      LocalDateTime.of(2010, 12, 1, 8, 26),
                      17850,
                      "United Kingdom",
                      40,
                      new BigDecimal("3.91")));
        });
  }

  @Test
  void numbersMayBeText() {
    // Given
    Map<String, Object> sale = sale();
    sale.replaceAll((column, value) -> value.toString());
    // When
    var events = function.validate(List.of(Message.of(sale)));
    // Then
    assertThat(events.get("sales_validated")).hasSize(1);
  }

  @Test
  void anErrorNamesEveryReason() {
    // Given
    Map<String, Object> sale = sale();
    sale.put("InvoiceNo", "C536379");
    sale.put("InvoiceDate", "yesterday");
    sale.put("CustomerID", null);
    sale.put("Country", "(blank)");
    sale.put("Quantity", -1);
    sale.put("UnitPrice", 0);
    // When
    var events = function.validate(List.of(Message.of(sale)));
    // Then
    assertThat(events.get("sales_validated")).isEmpty();
    assertThat(events.get("sales_error"))
        .singleElement()
        .extracting(Emit::value)
        .isEqualTo(
            new SalesValidation.SalesError(
                sale,
                List.of(
                    "InvoiceDate cannot be read",
                    "CustomerID is missing",
                    "Country is missing",
                    "InvoiceNo is of a cancellation",
                    "Quantity is not positive",
                    "UnitPrice is not positive")));
  }

  @Test
  void aRecordWithoutAValueIsAnErrorToo() {
    // Given
    Message<Map<String, Object>> tombstone =
        new Message<>(null, null, List.of(), 0, "sales_input", 0, 7, 1, "test/test");
    // When
    var events = function.validate(List.of(tombstone));
    // Then
    assertThat(events.get("sales_error"))
        .singleElement()
        .satisfies(
            emit -> assertThat(((SalesValidation.SalesError) emit.value()).reasons()).hasSize(6));
  }

  private static Map<String, Object> sale() {
    Map<String, Object> sale = new LinkedHashMap<>();
    sale.put("InvoiceNo", "536365");
    sale.put("InvoiceDate", "12/1/2010 8:26");
    sale.put("CustomerID", 17850);
    sale.put("Country", "United Kingdom");
    sale.put("Quantity", 40);
    sale.put("UnitPrice", 3.91);
    return sale;
  }
}
