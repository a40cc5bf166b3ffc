package dev.millrace.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A Markdown page and its blocks of code.
///
/// @param file where it is
/// @param blocks in their order
record Page(Path file, List<Block> blocks) {
  /// The clone this build runs in; tests run in a module of it.
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /// A fenced block.
  ///
  /// @param line where it begins
  /// @param language what stands behind the fence
  /// @param note the comment right above it, empty without one
  /// @param text its lines
  record Block(int line, String language, String note, String text) {
    @Override
    public String toString() {
      return "line " + line;
    }
  }

  /// All pages that people read: those at the root and below `docs`.
  static List<Page> all() throws IOException {
    try (Stream<Path> root = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      List<Page> pages = new ArrayList<>();
      for (Path file : Stream.concat(root, docs).filter(Page::isMarkdown).sorted().toList()) {
        pages.add(read(file));
      }
      return pages;
    }
  }

  static Page read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("```")) {
        int end = i + 1;
        while (!lines.get(end).equals("```")) {
          end++;
        }
        blocks.add(
            new Block(
                i + 1,
                lines.get(i).substring(3),
                i == 0 ? "" : note(lines.get(i - 1)),
                String.join("\n", lines.subList(i + 1, end))));
        i = end;
      }
    }
    return new Page(file, blocks);
  }

  private static String note(String line) {
    return line.startsWith("<!--") ? line.replaceAll("<!--|-->", "").strip() : "";
  }

  private static boolean isMarkdown(Path file) {
    return file.toString().endsWith(".md");
  }

  @Override
  public String toString() {
    return ROOT.relativize(file).toString();
  }
}
