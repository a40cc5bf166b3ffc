import dev.millrace.Emit;
import dev.millrace.KafkaFunction;
import dev.millrace.Message;
import dev.millrace.Output;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Divides sales into those that can be counted on and those that cannot, with everything that is
/// wrong with them. It takes whatever is a JSON object, since finding out what is wrong is its
/// work: a record here would stop the partition at the first sale that does not look like one.
public class SalesValidation {
  public record Sale(
      String invoice,
      LocalDateTime time,
      long customer,
      String country,
      int quantity,
      BigDecimal unitPrice) {}

  /// @param sale as it came
  public record SalesError(Map<String, Object> sale, List<String> reasons) {}

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("M/d/uuuu H:mm", Locale.ROOT);

  // @start region=validate
  @KafkaFunction(
      name = "validate-sales",
      topics = "sales_input",
      outputs = {
        @Output(topic = "sales_validated", schema = Sale.class),
        @Output(topic = "sales_error", schema = SalesError.class)
      })
  public Map<String, List<Emit<?>>> validate(List<Message<Map<String, Object>>> messages) {
    List<Emit<?>> validated = new ArrayList<>();
    List<Emit<?>> errors = new ArrayList<>();
    for (Message<Map<String, Object>> message : messages) {
      Map<String, Object> sale = message.isTombstone() ? Map.of() : message.value();
      List<String> reasons = new ArrayList<>();
      Sale valid = read(sale, reasons);
      if (valid != null) {
        validated.add(Emit.from(message, valid));
      } else {
        errors.add(Emit.from(message, new SalesError(sale, reasons)));
      }
    }
    return Map.of("sales_validated", validated, "sales_error", errors);
  }

  // @end

  /// Null, and all the reasons, when it is no valid sale.
  private static @Nullable Sale read(Map<String, Object> sale, List<String> reasons) {
    String invoice = column(sale, "InvoiceNo", text -> text, reasons);
    LocalDateTime time =
        column(sale, "InvoiceDate", text -> LocalDateTime.parse(text, TIME), reasons);
    Long customer = column(sale, "CustomerID", Long::valueOf, reasons);
    String country = column(sale, "Country", text -> text, reasons);
    Integer quantity = column(sale, "Quantity", Integer::valueOf, reasons);
    BigDecimal unitPrice = column(sale, "UnitPrice", BigDecimal::new, reasons);
    if (invoice != null && invoice.startsWith("C")) {
      reasons.add("InvoiceNo is of a cancellation");
    }
    if (quantity != null && quantity <= 0) {
      reasons.add("Quantity is not positive");
    }
    if (unitPrice != null && unitPrice.signum() <= 0) {
      reasons.add("UnitPrice is not positive");
    }
    return reasons.isEmpty()
        ? new Sale(invoice, time, customer, country, quantity, unitPrice)
        : null;
  }

  /// Null, and a reason, when the column is not there or the parser refuses it. A number is as good
  /// as its text.
  private static <T> @Nullable T column(
      Map<String, Object> sale, String name, Function<String, T> parser, List<String> reasons) {
    Object value = sale.get(name);
    // Spreadsheets write "(blank)" for an empty cell.
    if (value == null || value.toString().isBlank() || value.equals("(blank)")) {
      reasons.add(name + " is missing");
      return null;
    }
    try {
      return parser.apply(value.toString());
    } catch (IllegalArgumentException | DateTimeException e) {
      reasons.add(name + " cannot be read");
      return null;
    }
  }
}
