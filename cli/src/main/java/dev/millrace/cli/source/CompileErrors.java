package dev.millrace.cli.source;

import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.Problem;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.lang.model.SourceVersion;
import javax.tools.Diagnostic;
import javax.tools.JavaFileObject;

/// The compiler's errors as problems: its words on one line, the author's line with a caret, and
/// advice where the mistake is a common one.
final class CompileErrors {
  private static final int MOST = 20;
  private static final Pattern NAME = Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*");
  private static final Pattern DECLARED =
      Pattern.compile("\\b(?:class|interface|record|enum)\\s+(" + NAME.pattern() + ")");
  private static final Pattern SYMBOL =
      Pattern.compile("symbol: *(?:static )?(\\w+) (" + NAME.pattern() + ")(.*)");
  private static final Pattern LOCATION =
      Pattern.compile("location: *(?:\\w+ )*?(?:of type )?(\\S+)$");
  private static final Pattern PACKAGE = Pattern.compile("\\b(?:[a-z]\\w*\\.)+(?=[A-Z])");
  private static final Pattern MISSING_PACKAGE = Pattern.compile("package (\\S+) does not exist");

  private final Map<URI, SourceFile> sources = new HashMap<>();
  private final Set<String> declared = new HashSet<>();
  private final KnownTypes types;

  CompileErrors(List<SourceFile> sources, KnownTypes types) {
    this.types = types;
    for (SourceFile source : sources) {
      this.sources.put(source.path().toUri(), source);
      Matcher matcher = DECLARED.matcher(source.text());
      while (matcher.find()) {
        declared.add(matcher.group(1));
      }
    }
  }

  /// At least one problem: the first errors, and how many more there are.
  List<Problem> problems(List<Diagnostic<? extends JavaFileObject>> errors) {
    List<Problem> problems = new ArrayList<>();
    errors.stream().limit(MOST).map(this::problem).forEach(problems::add);
    if (errors.size() > MOST) {
      problems.add(
          new Problem(
              "compiler",
              "there are " + (errors.size() - MOST) + " more errors",
              "Correct these first"));
    }
    return problems;
  }

  private Problem problem(Diagnostic<? extends JavaFileObject> error) {
    List<String> lines =
        error.getMessage(Locale.ENGLISH).lines().map(CompileErrors::simplified).toList();
    JavaFileObject file = error.getSource();
    SourceFile source = file == null ? null : sources.get(file.toUri());
    if (source == null) {
      return new Problem("compiler", String.join("; ", lines), "");
    }
    String where = source.name() + ":" + error.getLineNumber();
    return new Problem(where, what(lines), advice(lines, source), excerpt(error, source));
  }

  /// One line of a message, with types by their simple names as the author writes them.
  private static String simplified(String line) {
    return PACKAGE.matcher(line.strip().replaceAll("\\s+", " ")).replaceAll("");
  }

  /// The lines of the compiler's message as one; a location only where it tells the author more
  /// than the line number does.
  private String what(List<String> lines) {
    var what = new StringBuilder();
    for (String line : lines) {
      if (line.startsWith("symbol: ")) {
        what.append(": ").append(line.substring("symbol: ".length()));
      } else if (line.startsWith("location: ")) {
        String location = line.substring("location: ".length());
        if (!declared.contains(location.substring(location.lastIndexOf(' ') + 1))) {
          what.append(" in ").append(location);
        }
      } else if (line.startsWith("(use ")) {
        continue; // switches of a compiler that the author does not start
      } else {
        boolean goesOn = what.isEmpty() || line.startsWith("(") || what.toString().endsWith(";");
        what.append(goesOn ? " " : "; ").append(line);
      }
    }
    String sentence = what.toString().strip();
    return sentence.endsWith(".") ? sentence.substring(0, sentence.length() - 1) : sentence;
  }

  private String advice(List<String> lines, SourceFile source) {
    Matcher missing = MISSING_PACKAGE.matcher(lines.getFirst());
    if (missing.matches()) {
      return NearestName.of(missing.group(1), KnownTypes.packages())
          .map(near -> "Perhaps you meant " + near)
          .orElse(
              "A function sees the JDK, dev.millrace and the jars named beside it: name its jar"
                  + " too, or begin the file with //DEPS group:artifact:version");
    }
    for (String line : lines) {
      Matcher symbol = SYMBOL.matcher(line);
      if (symbol.matches()) {
        return forSymbol(symbol.group(1), symbol.group(2), typeOfLocation(lines), source);
      }
    }
    return "";
  }

  private static Optional<String> typeOfLocation(List<String> lines) {
    return lines.stream()
        .map(LOCATION::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1).replaceAll("<.*", ""))
        .findFirst();
  }

  private String forSymbol(String kind, String name, Optional<String> inType, SourceFile source) {
    boolean mayBeType = Character.isUpperCase(name.charAt(0)) && !kind.equals("method");
    if (mayBeType) {
      Optional<String> packageName = types.packageOf(name);
      if (packageName.isPresent()) {
        return "Add 'import " + packageName.get() + "." + name + ";' at the top";
      }
      Path neighbour = source.path().resolveSibling(name + ".java");
      if (Files.exists(neighbour)) {
        return "Name " + neighbour.getFileName() + " too, so that both are compiled together";
      }
    }
    Set<String> candidates = new HashSet<>();
    Set<String> members = inType.map(types::methodsOf).orElse(Set.of());
    if (members.isEmpty()) {
      Matcher matcher = NAME.matcher(source.text());
      while (matcher.find()) {
        if (!SourceVersion.isKeyword(matcher.group())) {
          candidates.add(matcher.group());
        }
      }
      candidates.addAll(mayBeType ? types.names() : Set.of());
    } else {
      candidates.addAll(members);
    }
    candidates.remove(name); // It stands in the source itself, where it is not known.
    return NearestName.of(name, candidates).map(near -> "Perhaps you meant " + near).orElse("");
  }

  /// The author's line, and under it a caret where the compiler stumbled.
  private static List<String> excerpt(
      Diagnostic<? extends JavaFileObject> error, SourceFile source) {
    if (error.getPosition() == Diagnostic.NOPOS) {
      return List.of();
    }
    String text = source.text();
    int position = Math.min((int) error.getPosition(), text.length());
    int start = position;
    while (start > 0 && !isLineEnd(text.charAt(start - 1))) {
      start--;
    }
    int end = position;
    while (end < text.length() && !isLineEnd(text.charAt(end))) {
      end++;
    }
    String before = text.substring(start, position).replaceAll("[^\\t]", " ");
    return List.of(text.substring(start, end), before + "^");
  }

  private static boolean isLineEnd(char character) {
    return character == '\n' || character == '\r';
  }
}
