package dev.millrace.cli.live;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.jline.utils.ScreenTerminal;

/// A terminal without a window: what is on it can be read, and keys can be typed.
final class Glass implements AutoCloseable {
  final LineDisciplineTerminal terminal;
  private final ScreenTerminal screen;

  Glass(int columns, int rows) {
    try {
      ScreenTerminal.VirtualTerminal both =
          ScreenTerminal.withTerminal("glass", "xterm-256color", columns, rows);
      terminal = both.terminal();
      screen = both.screen();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Prints as a program does.
  void print(String text) {
    terminal.writer().write(text);
    terminal.flush();
  }

  void type(String keys) {
    try {
      terminal.processInputBytes(keys.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Makes the window another one, and tells the program.
  void resize(int columns, int rows) {
    screen.setSize(columns, rows);
    terminal.setSize(new Size(columns, rows));
    terminal.raise(Terminal.Signal.WINCH);
  }

  /// What can be seen, without blanks at the ends of lines.
  List<String> lines() {
    synchronized (screen) {
      int columns = screen.getColumns();
      long[] cells = new long[columns * screen.getRows()];
      screen.dump(cells, new int[2]);
      List<String> lines = new ArrayList<>();
      for (int from = 0; from < cells.length; from += columns) {
        StringBuilder line = new StringBuilder();
        for (int i = from; i < from + columns; i++) {
          int point = ScreenTerminal.cellCodePoint(cells[i]);
          line.appendCodePoint(point == 0 ? ' ' : point);
        }
        lines.add(line.toString().stripTrailing());
      }
      return lines;
    }
  }

  /// The line the cursor is on, from 0.
  int cursor() {
    synchronized (screen) {
      int[] cursor = new int[2];
      screen.dump(new long[screen.getColumns() * screen.getRows()], cursor);
      return cursor[1];
    }
  }

  @Override
  public void close() {
    try {
      terminal.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
