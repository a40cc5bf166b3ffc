package dev.millrace.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One run of the command line in this process.
///
/// @param code its exit code
/// @param out what it printed
/// @param err what it printed on standard error
record Millrace(int code, String out, String err) {
  /// Runs it with nothing on standard input.
  static Millrace run(String... args) {
    return runWithInput("", args);
  }

  /// Runs it with this on standard input.
  static Millrace runWithInput(String input, String... args) {
    return runWithInput(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), args);
  }

  static Millrace runWithInput(InputStream input, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = Main.run(args, input, out, err);
    return new Millrace(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /// Its output read as JSON.
  JsonNode json() {
    return JsonMapper.shared().readTree(out);
  }

  /// Each line of its output read as JSON.
  List<JsonNode> jsonLines() {
    List<JsonNode> lines = new ArrayList<>();
    out.lines().forEach(line -> lines.add(JsonMapper.shared().readTree(line)));
    return lines;
  }
}
