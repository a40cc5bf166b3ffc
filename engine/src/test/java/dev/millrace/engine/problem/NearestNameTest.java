package dev.millrace.engine.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
  private static final List<String> KNOWN =
      List.of("batch-size", "batch-bytes", "batch-wait", "retries", "retry-delay", "owner");

  @ParameterizedTest
  @CsvSource({
    "batchsize, batch-size",
    "BATCH_SIZE, batch-size",
    "batch.sise, batch-size",
    "bacth-size, batch-size",
    "batchByte, batch-bytes",
    "retrys, retries",
    "onwer, owner",
    "RETRIES, retries",
    "retry.delay, retry-delay"
  })
  void findsWhatWasMeant(String given, String meant) {
    assertThat(NearestName.of(given, KNOWN)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"topic", "b", "''", "windows", "size"})
  void suggestsNothingFarFetched(String given) {
    assertThat(NearestName.of(given, KNOWN)).isEmpty();
  }
}
