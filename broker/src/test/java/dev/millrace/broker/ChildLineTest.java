package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.BrokerException.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChildLineTest {
  @Test
  void isReadAsItWasWritten() {
    List<ChildLine> lines =
        List.of(
            new ChildLine.Ready(9092, 4711),
            new ChildLine.Failed(Kind.DISK_FULL, "\"C:\\İıß\"\nis full", "Free some space"));

    assertThat(lines)
        .allSatisfy(line -> assertThat(ChildLine.parse(line.toJson())).contains(line))
        .noneSatisfy(line -> assertThat(line.toJson()).contains("\n"));
  }

  @Test
  void isPlainJson() {
    assertThat(new ChildLine.Ready(9092, 4711).toJson())
        .isEqualTo("{\"event\":\"ready\",\"port\":9092,\"pid\":4711}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Picked up JAVA_TOOL_OPTIONS: -Dx=y",
        "{\"event\":",
        "{\"event\":\"ready\"}",
        "{\"event\":\"ready\",\"port\":\"x\",\"pid\":1}",
        "{\"event\":\"failed\",\"kind\":\"UNHEARD_OF\",\"what\":\"w\"}",
        "{\"event\":\"other\"}"
      })
  void leavesEverythingElseAlone(String line) {
    assertThat(ChildLine.parse(line)).isEmpty();
  }
}
