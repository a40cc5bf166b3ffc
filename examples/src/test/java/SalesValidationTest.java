import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.FailureKind;
import dev.millrace.testing.FunctionTester;
import dev.millrace.testing.Input;
import dev.millrace.testing.Outcome;
import dev.millrace.testing.OutputRecord;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SalesValidationTest {
  private final FunctionTester function = FunctionTester.of(SalesValidation.class);

  // @start region=divide
  @Test
  void dividesSales() {
    // Given
    FunctionTester sales = FunctionTester.of(SalesValidation.class);
    // When
    Outcome outcome =
        sales.send(
            """
            {"InvoiceNo": "536365", "InvoiceDate": "12/1/2010 8:26", "CustomerID": 17850,
             "Country": "Italy", "Quantity": 40, "UnitPrice": 3.91}
            """,
            Input.of(Map.of("InvoiceNo", "C536379")).key("Spain"));
    // Then
    assertThat(outcome).succeeded().hasOutputs("sales_validated", 1);
    assertThat(outcome).outputs("sales_error").extracting(OutputRecord::key).containsOnly("Spain");
  }

  // @end

  // @start region=unreadable
  @Test
  void whatIsNoSaleAtAllIsUnreadable() {
    // Given
    FunctionTester sales = FunctionTester.of(SalesValidation.class);
    // When
    Outcome outcome = sales.send("[1]");
    // Then
    assertThat(outcome)
        .failed(FailureKind.UNREADABLE)
        .hasMessage("must be an object, and is a list")
        .hasNoOutputs();
  }

  // @end

  @Test
  void aSaleWithEverythingIsValid() {
    // When
    Outcome outcome = function.send(Input.of(sale()).key("United Kingdom"));
    // Then
    assertThat(outcome)
        .succeeded()
        .hasOutputs("sales_error", 0)
        .values("sales_validated", SalesValidation.Sale.class)
        .containsExactly(
            new SalesValidation.Sale(
                "536365",
                LocalDateTime.of(2010, 12, 1, 8, 26),
                17850,
                "United Kingdom",
                40,
                new BigDecimal("3.91")));
    assertThat(outcome.outputs().getFirst().key()).isEqualTo("United Kingdom");
    assertThat(outcome.outputs().getFirst().source()).isEqualTo("sales_input/0/0");
  }

  @Test
  void numbersMayBeText() {
    // Given
    Map<String, Object> sale = sale();
    sale.replaceAll((column, value) -> value.toString());
    // When
    Outcome outcome = function.send(sale);
    // Then
    assertThat(outcome).succeeded().hasOutputs("sales_validated", 1);
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
    Outcome outcome = function.send(sale);
    // Then
    assertThat(outcome)
        .succeeded()
        .hasOutputs("sales_validated", 0)
        .values("sales_error", SalesValidation.SalesError.class)
        .containsExactly(
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
    // When
    Outcome outcome = function.send(Input.tombstone("Italy"));
    // Then
    assertThat(outcome)
        .succeeded()
        .values("sales_error", SalesValidation.SalesError.class)
        .singleElement()
        .satisfies(error -> assertThat(error.reasons()).hasSize(6));
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
