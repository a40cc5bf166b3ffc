package dev.millrace.engine.settings;

import dev.millrace.engine.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/// A YAML file whose parts know their line. Texts stay as they were written: whether `5` is a
/// number is the setting's matter.
sealed interface YamlNode {
  /// The line it begins on, counted from 1.
  int line();

  /// A single value.
  record Text(String text, int line) implements YamlNode {}

  /// A name without a value.
  record Nothing(int line) implements YamlNode {}

  /// A list.
  record Items(List<YamlNode> items, int line) implements YamlNode {}

  /// Names with values, in their order.
  record Fields(List<Field> fields, int line) implements YamlNode {}

  /// A name with its value.
  record Field(String name, YamlNode value, int line) {}

  /// The fields of a file; empty for an empty file and for one that cannot be read, which is then a
  /// problem.
  static Fields read(Path file, List<Problem> problems) {
    Fields none = new Fields(List.of(), 1);
    try (JsonParser parser = YAMLMapper.shared().createParser(Files.readString(file))) {
      if (parser.nextToken() == null) {
        return none;
      }
      YamlNode root = node(parser, file, problems);
      if (parser.nextToken() != null) {
        problems.add(
            new Problem(
                at(file, line(parser)),
                "a second document begins here",
                "Put all settings into one, without a line '---' between"));
      }
      if (root instanceof Fields fields) {
        return fields;
      }
      problems.add(
          new Problem(
              at(file, root.line()),
              "the file does not consist of settings",
              "Write lines such as 'batch-size: 500'"));
    } catch (NoSuchFileException missing) {
      problems.add(new Problem(file.toString(), "there is no such file", "Check the path"));
    } catch (IOException unreadable) {
      problems.add(
          new Problem(
              file.toString(),
              "the file cannot be read as UTF-8 text (" + unreadable + ")",
              "Check its encoding and who may read it"));
    } catch (JacksonException malformed) {
      problems.add(malformed(file, malformed));
    }
    return none;
  }

  /// A place in a file, as in `millrace.yaml:7`.
  static String at(Path file, int line) {
    return file + ":" + line;
  }

  private static YamlNode node(JsonParser parser, Path file, List<Problem> problems) {
    int line = line(parser);
    if (((YAMLParser) parser).isCurrentAlias()) {
      problems.add(
          new Problem(
              at(file, line),
              "'*" + parser.getString() + "' refers to another value",
              "Write the value itself"));
      return new Nothing(line);
    }
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        List<Field> fields = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          int fieldLine = line(parser);
          parser.nextToken();
          fields.add(new Field(name, node(parser, file, problems), fieldLine));
        }
        yield new Fields(fields, line);
      }
      case START_ARRAY -> {
        List<YamlNode> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(node(parser, file, problems));
        }
        yield new Items(items, line);
      }
      case VALUE_NULL -> new Nothing(line);
      default -> new Text(parser.getString(), line);
    };
  }

  private static int line(JsonParser parser) {
    return parser.currentTokenLocation().getLineNr();
  }

  /// The parser's message quotes the file, which may hold secrets: only its sentence and its line
  /// are passed on.
  private static Problem malformed(Path file, JacksonException malformed) {
    String message = malformed.getOriginalMessage();
    int line =
        Pattern.compile("line (\\d+), column")
            .matcher(message)
            .results()
            .map((MatchResult match) -> Integer.parseInt(match.group(1)))
            .reduce((first, last) -> last)
            .orElse(malformed.getLocation().getLineNr());
    Optional<String> sentence =
        message
            .lines()
            .filter(text -> !text.isBlank() && !text.startsWith(" "))
            .reduce((first, last) -> last);
    return new Problem(
        at(file, line),
        "the file is not YAML from here on: " + sentence.orElse("it cannot be parsed"),
        "Check indentation, quotes and colons");
  }
}
