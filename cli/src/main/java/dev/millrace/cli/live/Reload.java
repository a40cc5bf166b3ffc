package dev.millrace.cli.live;

import dev.millrace.engine.call.FunctionScanner.Declared;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.problem.UnavailableException;
import dev.millrace.engine.settings.Settings;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Watches what functions were read from and takes it over when it changes, on a thread of its own.
/// What is wrong changes nothing and is said.
public final class Reload implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

  /// How often old code is looked at, and a cluster asked again that did not answer.
  private static final Duration AGAIN = Duration.ofMillis(500);

  /// How long a file may be away while an editor saves it.
  private static final Duration VANISHED = Duration.ofMillis(400);

  private static final Duration LONG = Duration.ofDays(1);

  /// Where to look and how to read what is there.
  ///
  /// @param folders those in which every source counts, now
  /// @param configuration the files with settings, there or not
  /// @param code reads the author's files anew; refuses with all that is wrong
  /// @param settings reads the settings of a version anew; refuses with all that is wrong
  /// @param warmUp run once, before anything is saved
  public record Author(
      Supplier<Set<Path>> folders,
      Set<Path> configuration,
      Supplier<Version> code,
      Function<Version, Settings> settings,
      Runnable warmUp) {}

  private final Author author;
  private final LiveFunctions functions;
  private final Consumer<List<Declared>> topics;
  private final Consumer<String> say;
  private final FileWatch watch;
  private final Thread thread;

  private Snapshot configuration;
  private List<Problem> problems = List.of();

  /// What could not be taken over since the cluster did not answer.
  private @Nullable Version waiting;

  private volatile boolean closed;

  /// Begins to watch.
  ///
  /// @param functions closed by whoever made them
  /// @param topics creates the topics that functions name and that are not there
  /// @param say told in lines what has changed, or why it has not
  public Reload(
      Author author, LiveFunctions functions, Consumer<List<Declared>> topics, Consumer<String> say)
      throws IOException {
    this.author = author;
    this.functions = functions;
    this.topics = topics;
    this.say = say;
    this.watch = new FileWatch();
    this.configuration = Snapshot.of(author.configuration());
    this.thread = Thread.ofPlatform().daemon().name("millrace-reload").unstarted(this::run);
    lookAround();
    thread.start();
  }

  private void run() {
    try {
      author.warmUp().run();
      // What was saved before the watch began.
      boolean saved = true;
      while (!closed) {
        if (saved || waiting != null) {
          look();
        }
        boolean tidy = functions.tidy();
        saved = watch.await(tidy && waiting == null ? LONG : AGAIN);
      }
    } catch (ClosedWatchServiceException e) {
      // The end.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() throws InterruptedException {
    try {
      Snapshot files = settled();
      Snapshot settings = Snapshot.of(author.configuration());
      Set<Path> saved = functions.version().files().differences(files);
      boolean resolved = !problems.isEmpty();
      if (!saved.isEmpty()) {
        takeCode(files, saved);
      } else if (resolved || !settings.equals(configuration)) {
        functions.change(author.settings().apply(functions.version()), say);
      }
      configuration = settings;
      if (resolved) {
        say.accept("The files are in order again.");
      }
      problems = List.of();
    } catch (SetupException e) {
      refused(e.problems());
    } catch (RuntimeException | LinkageError e) {
      LOG.error("A defect of Millrace: what was saved is not taken over. Please report it.", e);
    }
    lookAround();
  }

  /// A file that is away may be back in a moment.
  private Snapshot settled() throws InterruptedException {
    long end = System.nanoTime() + VANISHED.toNanos();
    while (true) {
      Set<Path> files = new TreeSet<>(functions.version().files().files());
      author.folders().get().forEach(folder -> files.addAll(sourcesIn(folder)));
      Snapshot now = Snapshot.of(files);
      if (!now.hasGaps() || System.nanoTime() > end) {
        return now;
      }
      watch.await(VANISHED.dividedBy(4));
    }
  }

  private static List<Path> sourcesIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    } catch (IOException e) {
      return List.of(); // It has gone in the meantime.
    }
  }

  private void takeCode(Snapshot files, Set<Path> saved) throws InterruptedException {
    Version next = waiting;
    if (next == null || !next.files().differences(files).isEmpty()) {
      next = author.code().get();
      drop();
    }
    try {
      topics.accept(next.declared());
      functions.take(next, say);
      waiting = null;
    } catch (UnavailableException e) {
      if (waiting == null) {
        say.accept(
            saved.stream().map(Reload::name).collect(Collectors.joining(", "))
                + " waits for the broker: topics may have to be created.");
      }
      waiting = next;
    }
  }

  private void drop() {
    if (waiting != null && waiting != functions.version()) {
      waiting.close();
      waiting.plugins().close();
    }
    waiting = null;
  }

  private void refused(List<Problem> found) {
    // An editor may save twice.
    if (!found.equals(problems)) {
      found.forEach(problem -> say.accept(problem.toString()));
      say.accept("Nothing has changed: what ran before goes on. Correct it and save it again.");
    }
    problems = List.copyOf(found);
  }

  private void lookAround() {
    Set<Path> files = new TreeSet<>(functions.version().files().files());
    files.addAll(author.configuration());
    Set<Path> folders = new TreeSet<>(author.folders().get());
    files.forEach(file -> folders.add(Objects.requireNonNull(file.getParent())));
    watch.watch(folders, files);
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /// Ends the watch; a change that is being applied is finished first.
  @Override
  public void close() throws InterruptedException, IOException {
    closed = true;
    watch.close();
    thread.join();
    drop();
  }
}
