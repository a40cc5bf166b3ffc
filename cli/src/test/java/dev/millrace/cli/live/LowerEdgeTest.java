package dev.millrace.cli.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LowerEdgeTest {
  private final Glass glass = new Glass(20, 8);
  private final LowerEdge edge = new LowerEdge(glass.terminal);

  @AfterEach
  void close() {
    glass.close();
  }

  private static List<AttributedString> lines(String... texts) {
    return Stream.of(texts).map(AttributedString::new).toList();
  }

  @Test
  void whatWasPrintedStaysWhereItIsWhenThereIsRoom() {
    // Given
    glass.print("one\r\ntwo\r\n");
    // When
    edge.show(lines("A", "B", "C"));
    // Then
    assertThat(glass.lines()).containsExactly("one", "two", "", "", "", "A", "B", "C");
    assertThat(glass.cursor()).isEqualTo(2);
  }

  @Test
  void onAFullScreenTheOldestScrollAway() {
    // Given
    IntStream.range(0, 20).forEach(i -> glass.print("line " + i + "\r\n"));
    // When
    edge.show(lines("A", "B", "C"));
    glass.print("last");
    // Then
    assertThat(glass.lines())
        .containsExactly("line 16", "line 17", "line 18", "line 19", "last", "A", "B", "C");
  }

  @Test
  void printsScrollAboveIt() {
    // Given
    edge.show(lines("A", "B"));
    // When
    IntStream.range(0, 20).forEach(i -> glass.print("line " + i + "\r\n"));
    edge.show(lines("A", "C"));
    // Then
    assertThat(glass.lines())
        .containsExactly("line 15", "line 16", "line 17", "line 18", "line 19", "", "A", "C");
  }

  @Test
  void aLineThatIsNotFinishedGoesOn() {
    // Given
    glass.print("one\r\ntwo\r\nhalf ");
    // When
    edge.show(lines("A", "B"));
    glass.print("done");
    // Then
    assertThat(glass.lines()).startsWith("one", "two", "half done", "");
  }

  @Test
  void itGrowsAndShrinks() {
    // Given
    IntStream.range(0, 20).forEach(i -> glass.print("line " + i + "\r\n"));
    edge.show(lines("A", "B", "C"));
    // When
    edge.show(lines("A", "B", "C", "D"));
    edge.show(lines("A", "B"));
    glass.print("last");
    // Then
    assertThat(glass.lines())
        .containsExactly("line 17", "line 18", "line 19", "last", "", "", "A", "B");
  }

  @Test
  void nothingIsLostInAnotherSize() {
    // Given
    glass.print("one\r\ntwo\r\n");
    edge.show(lines("A", "B", "C"));
    for (int rows : new int[] {12, 6, 30}) {
      // When
      glass.resize(rows + 10, rows);
      edge.show(lines("A", "B", "C"));
      // Then
      assertThat(glass.lines())
          .filteredOn(line -> !line.isEmpty())
          .containsExactly("one", "two", "A", "B", "C");
      assertThat(glass.lines()).hasSize(rows).endsWith("A", "B", "C");
    }
  }

  @Test
  void twoLinesAreLeftInASmallTerminal() {
    // When
    edge.show(lines("A", "B", "C", "D", "E", "F", "G", "H", "I"));
    glass.print("one\r\ntwo\r\nthree");
    // Then
    assertThat(glass.lines()).containsExactly("two", "three", "A", "B", "C", "D", "E", "F");
  }

  @Test
  void theTerminalIsGivenBack() {
    // Given
    glass.print("one\r\n");
    edge.show(lines("A", "B", "C"));
    // When
    edge.close();
    IntStream.range(0, 7).forEach(i -> glass.print("line " + i + "\r\n"));
    // Then all of it scrolls
    assertThat(glass.lines())
        .containsExactly("line 0", "line 1", "line 2", "line 3", "line 4", "line 5", "line 6", "");
  }
}
