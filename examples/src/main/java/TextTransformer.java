import dev.millrace.KafkaFunction;
import dev.millrace.Output;
import java.util.List;
import java.util.Locale;

/// Keeps the lines with an "a" and shouts them.
public class TextTransformer {
  @KafkaFunction(
      name = "text-transformer",
      topics = "lines",
      outputs = @Output(topic = "shouted.lines"))
  public List<String> shout(List<String> lines) {
    return lines.stream()
        .filter(line -> line.contains("a"))
        .map(line -> line.toUpperCase(Locale.ROOT))
        .toList();
  }
}
