package dev.millrace.cli.live;

import dev.millrace.engine.Engine;
import dev.millrace.engine.FunctionRun;
import dev.millrace.engine.LastFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jline.keymap.BindingReader;
import org.jline.keymap.KeyMap;
import org.jline.reader.EndOfFileException;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;

/// The terminal with the table of functions at its lower edge. What is printed scrolls above it,
/// and keys are understood. Thread-safe.
public final class Screen implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(250);

  /// All of the terminal scrolls again, and nothing is below the cursor.
  private static final String GIVEN_BACK = "\0337\033[r\0338\033[J";

  private enum Key {
    UP,
    DOWN,
    PAUSE,
    RESUME,
    STACK,
    QUIT,
    OTHER
  }

  private final Terminal terminal;
  private final Attributes before;
  private final LowerEdge edge;
  private final Engine engine;
  private final Rows rows;
  private final String place;
  private final boolean colours;
  private final Runnable quit;
  private final PrintStream prints;
  private final PrintStream afterwards;
  private final ScheduledExecutorService painter =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("millrace-table").unstarted(task));

  private int chosen;
  private boolean closed;

  /// Shows the functions of an engine in the terminal of this process; empty when it cannot show a
  /// table.
  ///
  /// @param place where the broker and the metrics are
  /// @param colours whether colours are wanted
  /// @param quit what to do when the person asks for the end
  /// @param afterwards where prints go once it is closed: an author's thread may still hold them
  public static Optional<Screen> open(
      Engine engine, String place, boolean colours, Runnable quit, PrintStream afterwards)
      throws IOException {
    Terminal terminal = TerminalBuilder.builder().system(true).dumb(true).build();
    if (!isAble(terminal)) {
      terminal.close();
      return Optional.empty();
    }
    return Optional.of(new Screen(terminal, engine, place, colours, quit, afterwards));
  }

  private static boolean isAble(Terminal terminal) {
    return terminal.getStringCapability(Capability.change_scroll_region) != null
        && terminal.getStringCapability(Capability.cursor_address) != null
        && terminal.getStringCapability(Capability.save_cursor) != null
        && terminal.getStringCapability(Capability.clr_eol) != null
        && terminal.getStringCapability(Capability.clr_eos) != null;
  }

  Screen(
      Terminal terminal,
      Engine engine,
      String place,
      boolean colours,
      Runnable quit,
      PrintStream afterwards) {
    this.terminal = terminal;
    this.engine = engine;
    this.rows = new Rows(engine);
    this.place = place;
    this.colours = colours;
    this.quit = quit;
    this.afterwards = afterwards;
    this.prints = new PrintStream(new Above(), true, StandardCharsets.UTF_8);
    this.before = readKeys();
    this.edge = new LowerEdge(terminal);
    terminal.handle(Terminal.Signal.INT, signal -> interrupted());
    terminal.handle(Terminal.Signal.WINCH, signal -> paint());
    terminal.handle(Terminal.Signal.CONT, signal -> continued());
    paint();
    var unused =
        painter.scheduleWithFixedDelay(
            this::paint, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    Thread.ofPlatform().daemon().name("millrace-keys").start(this::listen);
  }

  /// Prints above the table.
  public PrintStream prints() {
    return prints;
  }

  /// Keys come one by one and are not echoed; but Ctrl-C and Ctrl-Z are the shell's as ever.
  private Attributes readKeys() {
    Attributes former = terminal.enterRawMode();
    Attributes raw = terminal.getAttributes();
    raw.setLocalFlag(Attributes.LocalFlag.ISIG, true);
    terminal.setAttributes(raw);
    return former;
  }

  /// Like `q`. The JVM would end at once, and JLine would close the terminal under the table; a
  /// second time that is what the person wants.
  private void interrupted() {
    terminal.handle(Terminal.Signal.INT, Terminal.SignalHandler.SIG_DFL);
    quit.run();
  }

  /// A shell has had the terminal meanwhile.
  private synchronized void continued() {
    if (!closed) {
      var unused = readKeys();
      edge.again();
      paint();
    }
  }

  private synchronized void paint() {
    if (closed) {
      return;
    }
    List<Row> now = rows.look(System.nanoTime());
    chosen = Math.max(0, Math.min(chosen, now.size() - 1));
    // The terminal's last column stays free, where some wrap.
    int width = Math.max(20, terminal.getWidth() - 1);
    int height = Math.max(4, terminal.getHeight() * 2 / 3);
    edge.show(new TableText(width, height, colours).lines(now, chosen, place));
  }

  private void listen() {
    BindingReader keys = new BindingReader(terminal.reader());
    KeyMap<Key> map = keyMap();
    try {
      for (Key key = keys.readBinding(map); key != null; key = keys.readBinding(map)) {
        pressed(key);
      }
    } catch (EndOfFileException e) {
      // The terminal was closed.
    }
  }

  private KeyMap<Key> keyMap() {
    KeyMap<Key> map = new KeyMap<>();
    map.bind(Key.UP, KeyMap.key(terminal, Capability.key_up), "\033[A", "\033OA", "k");
    map.bind(Key.DOWN, KeyMap.key(terminal, Capability.key_down), "\033[B", "\033OB", "j");
    map.bind(Key.PAUSE, "p");
    map.bind(Key.RESUME, "r");
    map.bind(Key.STACK, "s");
    map.bind(Key.QUIT, "q");
    map.setNomatch(Key.OTHER);
    map.setUnicode(Key.OTHER);
    return map;
  }

  private synchronized void pressed(Key key) {
    List<FunctionRun> runs = engine.runs();
    if (key == Key.QUIT) {
      quit.run();
    } else if (chosen < runs.size()) {
      FunctionRun run = runs.get(chosen);
      switch (key) {
        case UP -> chosen--;
        case DOWN -> chosen++;
        case PAUSE -> run.pause();
        case RESUME -> run.resume();
        case STACK -> prints.println(stack(run));
        case QUIT, OTHER -> {
          return;
        }
      }
      paint();
    }
  }

  private static String stack(FunctionRun run) {
    String name = run.definition().name();
    return run.lastFailure()
        .map(failure ->
            "[%s, %s] %s. Attempt %d.%s"
                .formatted(name, failure.where(), failure.what(), failure.attempt(), of(failure)))
        .orElse("[" + name + "] nothing has failed.");
  }

  private static String of(LastFailure failure) {
    return failure.stack().isEmpty() ? "" : "\n" + failure.stack();
  }

  /// Takes the table away and gives the terminal back as it was.
  @Override
  public void close() throws IOException {
    painter.shutdownNow();
    synchronized (this) {
      if (closed) {
        return;
      }
      prints.flush();
      closed = true;
      try {
        edge.close();
        terminal.setAttributes(before);
        terminal.close();
      } catch (IllegalStateException e) {
        // JLine closes it by itself, its modes restored, when the process is told to end.
        afterwards.print(GIVEN_BACK);
        afterwards.flush();
      }
    }
  }

  /// Never between the pieces of a table that is being painted.
  private final class Above extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      synchronized (Screen.this) {
        OutputStream to = to();
        to.write(bytes, from, count);
        to.flush();
      }
    }

    private OutputStream to() {
      try {
        return closed ? afterwards : terminal.output();
      } catch (IllegalStateException e) {
        return afterwards; // JLine has closed it.
      }
    }
  }
}
