import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Checks or applies the project's Java format. Usage: `Format check|apply DIR`.
final class Format {
  public static void main(String[] args) throws IOException, FormatterException {
    Locale.setDefault(Locale.ROOT);
    boolean apply = args[0].equals("apply");
    Formatter formatter = new Formatter();
    List<Path> unformatted = new ArrayList<>();
    List<Path> sources;
    try (var tree = Files.walk(Path.of(args[1]))) {
      sources = tree.filter(Format::isSource).sorted().toList();
    }
    for (Path source : sources) {
      String text = Files.readString(source);
      String formatted;
      try {
        formatted = formatter.formatSourceAndFixImports(text);
      } catch (FormatterException e) {
        throw new FormatterException(source + ": " + e.getMessage());
      }
      if (!formatted.equals(text)) {
        unformatted.add(source);
        if (apply) {
          Files.writeString(source, formatted);
        }
      }
    }
    unformatted.forEach(
        source -> System.out.println((apply ? "formatted " : "not formatted: ") + source));
    if (!apply && !unformatted.isEmpty()) {
      System.out.println("Run './mvnw -N -q process-sources -Dformat=apply' to format them.");
      System.exit(1);
    }
  }

  private static boolean isSource(Path path) {
    String name = path.toString();
    return name.endsWith(".java")
        && !name.contains("/target/")
        && !name.contains("/.millrace/")
        && !name.contains("/fixtures/");
  }
}
