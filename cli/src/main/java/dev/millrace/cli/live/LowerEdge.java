package dev.millrace.cli.live;

import java.util.List;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedString;
import org.jline.utils.InfoCmp.Capability;

/// Lines that stay at the lower edge of a terminal while what is printed scrolls above them.
///
/// The cursor stays where printing ended. Nothing that was printed is lost, however often the lines
/// grow and the terminal changes its size: JLine's own `Status` wipes the whole terminal then, and
/// scrolls away at its start what would have had room. For one thread at a time.
final class LowerEdge {
  /// One line down; at the lower end of what scrolls, that scrolls. Terminfo only knows a line feed
  /// for it, which the terminal's driver makes a new line of.
  private static final String DOWN = "\033D";

  /// What scrolls has at least so many lines.
  private static final int LEFT = 2;

  private final Terminal terminal;
  private int columns;
  private int rows;
  private List<AttributedString> shown = List.of();

  LowerEdge(Terminal terminal) {
    this.terminal = terminal;
    this.columns = terminal.getWidth();
    this.rows = terminal.getHeight();
  }

  /// Shows these lines, as far as they have room, in place of those before. Also asks for the
  /// terminal's size.
  void show(List<AttributedString> lines) {
    if (terminal.getWidth() != columns || terminal.getHeight() != rows) {
      resized();
    }
    List<AttributedString> wanted =
        List.copyOf(lines.subList(0, Math.max(0, Math.min(lines.size(), rows - LEFT))));
    if (wanted.equals(shown)) {
      return;
    }
    // Whoever looks sees none or all of it.
    terminal.beginSynchronizedUpdate();
    List<AttributedString> before = shown;
    if (wanted.size() != before.size()) {
      take(wanted.size());
      before = List.of();
    }
    terminal.puts(Capability.save_cursor);
    for (int i = 0; i < wanted.size(); i++) {
      if (i >= before.size() || !wanted.get(i).equals(before.get(i))) {
        erase(rows - wanted.size() + i);
        terminal.writer().write(wanted.get(i).toAnsi(terminal));
      }
    }
    terminal.puts(Capability.restore_cursor);
    terminal.endSynchronizedUpdate();
    terminal.flush();
    shown = wanted;
  }

  /// Takes so many lines for itself, and gives those back that it needs no more.
  private void take(int count) {
    int more = count - shown.size();
    // Where there is room below the cursor nothing scrolls, and it is where it was.
    for (int i = 0; i < more; i++) {
      terminal.writer().write(DOWN);
    }
    for (int i = 0; i < more; i++) {
      terminal.puts(Capability.cursor_up);
    }
    terminal.puts(Capability.save_cursor);
    // Moves the cursor.
    terminal.puts(Capability.change_scroll_region, 0, rows - 1 - count);
    for (int row = rows - shown.size(); row < rows - count; row++) {
      erase(row);
    }
    terminal.puts(Capability.restore_cursor);
  }

  private void erase(int row) {
    terminal.puts(Capability.cursor_address, row, 0);
    terminal.puts(Capability.clr_eol);
  }

  /// The lines may be anywhere below the cursor now, broken at another width.
  private void resized() {
    columns = terminal.getWidth();
    rows = terminal.getHeight();
    again();
  }

  /// Begins anew: somebody else has had the terminal.
  void again() {
    shown = List.of();
    terminal.puts(Capability.save_cursor);
    terminal.puts(Capability.change_scroll_region, 0, rows - 1);
    terminal.puts(Capability.restore_cursor);
    terminal.puts(Capability.clr_eos);
  }

  /// Gives the terminal back; printing goes on where it ended.
  void close() {
    show(List.of());
  }
}
