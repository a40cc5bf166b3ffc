package dev.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.KafkaFunction;
import dev.millrace.Output;
import dev.millrace.Verdict;
import dev.millrace.Verdicts;
import dev.millrace.testing.FunctionTester;
import dev.millrace.testing.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A function that says of single messages what becomes of them.
class VerdictsTest {
  public record Sale(String product, double price) {}

  public static class Validation {
    // @start region=verdicts
    @KafkaFunction(name = "validate", topics = "sales", outputs = @Output(topic = "valid"))
    public List<Sale> validate(List<Sale> sales, Verdicts verdicts) {
      List<Sale> valid = new ArrayList<>();
      for (Sale sale : sales) {
        if (sale.price() < 0) {
          verdicts.deadLetter(sale, "negative price");
        } else {
          valid.add(sale);
        }
      }
      return valid;
    }

    // @end
  }

  @Test
  void putsAsideWhatHasANegativePrice() {
    try (FunctionTester tester = FunctionTester.of(Validation.class)) {
      Outcome outcome = tester.send(new Sale("tea", 2), new Sale("cup", -1), new Sale("tea", 2));

      assertThat(outcome).succeeded().hasDone(2).gave(Verdict.deadLetter("negative price"));
      assertThat(outcome).hasOutputs("valid", 2);
    }
  }
}
