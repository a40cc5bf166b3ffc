package dev.millrace.cli.live;

import dev.millrace.cli.files.FilesRead;
import dev.millrace.cli.files.Sight;
import dev.millrace.cli.files.Snapshot;
import dev.millrace.engine.call.FunctionScanner.Declared;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import dev.millrace.engine.problem.UnavailableException;
import dev.millrace.engine.settings.PluginSettings;
import dev.millrace.engine.settings.PluginSettings.NamedJar;
import dev.millrace.engine.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at what functions were read from and takes it over when it changes, on a thread of its
/// own. What is wrong changes nothing and is said.
///
/// It looks several times a second at time and size of each file rather than wait to be told:
/// notifications are lost where folders are deleted and made again, on links and network drives,
/// and where a system has too many of them.
public final class Reload implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

  private static final Duration EVERY = Duration.ofMillis(100);

  /// How many times longer than a look the pause behind it is, so that looking at many files stays
  /// a small part of a core.
  private static final int SPARING = 20;

  /// Nothing for this long: the save is over.
  private static final Duration QUIET = Duration.ofMillis(40);

  /// How long an editor may write, or a file be away while it does.
  private static final Duration PATIENCE = Duration.ofMillis(400);

  /// How often a cluster is asked again that did not answer.
  private static final Duration AGAIN = Duration.ofMillis(500);

  /// Where to look and how to read what is there.
  ///
  /// @param sources the files that count now, as far as it is known without reading them
  /// @param configuration the files with settings, there or not
  /// @param code reads the author's files anew, and notes which; refuses with all that is wrong.
  ///   Empty where only settings change
  /// @param settings reads the settings of a version anew; refuses with all that is wrong
  /// @param warmUp run once, before anything is saved
  public record Author(
      Supplier<Set<Path>> sources,
      Set<Path> configuration,
      Optional<Function<FilesRead, Version>> code,
      Function<Version, Settings> settings,
      Runnable warmUp) {}

  private final Author author;
  private final LiveFunctions functions;
  private final Consumer<List<Declared>> topics;
  private final Consumer<String> say;
  private final Sight sight = new Sight();
  private final CountDownLatch ending = new CountDownLatch(1);
  private final Thread thread;

  private Set<Path> sources = Set.of();
  private long listAgainNanos = System.nanoTime();
  private long pauseNanos = EVERY.toNanos();

  /// What was there when it was last read, whatever came of that.
  private Snapshot tried;

  private List<Problem> problems = List.of();

  /// What was read of a version that was refused, besides what counts anyway.
  private Set<Path> refusedFiles = Set.of();

  /// How often something had been saved before it was refused.
  private int refusedSaves;

  /// The names of the files of that time that were other than before.
  private String saved = "";

  /// What is not taken over in full, since the cluster did not answer.
  private @Nullable Version waiting;

  private boolean waitingIsSaid;
  private long tryAgainNanos;

  /// Begins to look.
  ///
  /// @param functions closed by whoever made them
  /// @param topics creates the topics that functions name and that are not there
  /// @param say told in lines what has changed, or why it has not
  public Reload(
      Author author,
      LiveFunctions functions,
      Consumer<List<Declared>> topics,
      Consumer<String> say) {
    this.author = author;
    this.functions = functions;
    this.topics = topics;
    this.say = say;
    this.tried = functions.version().files();
    this.thread = Thread.ofPlatform().daemon().name("millrace-reload").unstarted(this::run);
    thread.start();
  }

  private void run() {
    try {
      guarded(author.warmUp()::run);
      while (!ending.await(pauseNanos, TimeUnit.NANOSECONDS)) {
        guarded(this::look);
        guarded(functions::tidy);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Step {
    void run() throws InterruptedException;
  }

  /// Nothing that an author's file does to the compiler or in its static initializers ends the
  /// looking.
  private void guarded(Step step) throws InterruptedException {
    try {
      step.run();
    } catch (SetupException e) {
      refused(e.problems());
    } catch (RuntimeException | Error e) {
      Problem defect =
          new Problem("reload", "a defect of Millrace: " + e, "Please report it with the log");
      if (!problems.contains(defect)) {
        LOG.error("What was saved is not taken over in full.", e);
      }
      refused(List.of(defect));
    }
  }

  private void look() throws InterruptedException {
    Snapshot now = settled();
    boolean savedAgain = !problems.isEmpty() && sight.saves() != refusedSaves;
    if (savedAgain || !tried.differences(now).isEmpty()) {
      read(now);
    } else if (waiting != null && System.nanoTime() - tryAgainNanos >= 0) {
      finish(waiting);
    }
  }

  /// What is there when nobody writes.
  private Snapshot settled() throws InterruptedException {
    Set<Path> files = files(); // Listing them has a pause of its own.
    long begin = System.nanoTime();
    int saves = sight.saves();
    Snapshot now = sight.look(files);
    pauseNanos = Math.max(EVERY.toNanos(), SPARING * (System.nanoTime() - begin));
    if (saves == sight.saves() && tried.differences(now).isEmpty()) {
      return now;
    }
    while (System.nanoTime() - begin < PATIENCE.toNanos()) {
      TimeUnit.NANOSECONDS.sleep(QUIET.toNanos());
      Snapshot before = now;
      now = sight.look(files());
      if (now.equals(before) && !now.hasLost(tried)) {
        break;
      }
    }
    return now;
  }

  private Set<Path> files() {
    long begin = System.nanoTime();
    if (begin - listAgainNanos >= 0) {
      sources = author.sources().get();
      long end = System.nanoTime();
      listAgainNanos = end + SPARING * (end - begin);
    }
    Set<Path> files = new TreeSet<>(sources);
    files.addAll(author.configuration());
    files.addAll(functions.version().files().files());
    files.addAll(refusedFiles);
    if (waiting != null) {
      files.addAll(waiting.files().files());
    }
    return files;
  }

  private void read(Snapshot now) throws InterruptedException {
    boolean resolved = !problems.isEmpty();
    saved = tried.differences(now).stream().map(Reload::name).collect(Collectors.joining(", "));
    refusedSaves = sight.saves();
    FilesRead read = new FilesRead();
    try {
      if (isOtherCode(now) || isOtherBySettings()) {
        Version next = author.code().orElseThrow().apply(read);
        drop();
        waiting = next;
        waitingIsSaid = false;
      }
      refusedFiles = Set.of();
    } catch (RuntimeException | Error e) {
      refusedFiles = read.snapshot().files();
      throw e;
    } finally {
      tried = now.with(read.snapshot());
    }
    problems = List.of();
    if (waiting != null) {
      finish(waiting);
    }
    if (resolved) {
      say.accept("The files are in order again.");
    }
  }

  /// The newest version that could be read.
  private Version newest() {
    return waiting == null ? functions.version() : waiting;
  }

  private boolean isOtherCode(Snapshot now) {
    Snapshot read = newest().files();
    return read.differences(now).stream()
        .filter(file -> read.files().contains(file) || sources.contains(file))
        .anyMatch(file -> !author.configuration().contains(file));
  }

  /// Whether it takes the code anew to go over to the settings that were saved. Where it does not,
  /// they are taken over.
  private boolean isOtherBySettings() {
    Settings settings = author.settings().apply(functions.version());
    boolean same =
        author.code().isEmpty()
            || Parts.of(settings.plugins()).equals(Parts.of(newest().settings().plugins()));
    if (same) {
      functions.change(settings, say);
    }
    // What waits was read with the settings of before.
    return !same || waiting != null;
  }

  /// What the code was read with, whichever line says so.
  private record Parts(String format, String validator, List<Path> jars) {
    static Parts of(PluginSettings settings) {
      return new Parts(
          settings.format().name(),
          settings.validator().name(),
          settings.jars().stream().map(NamedJar::file).toList());
    }
  }

  private void finish(Version next) throws InterruptedException {
    try {
      topics.accept(next.declared());
      functions.take(next, say);
      waiting = null;
    } catch (UnavailableException e) {
      again(saved + " waits for the broker: topics may have to be created.");
    } catch (RuntimeException | Error e) {
      if (functions.version() != next) {
        refusedFiles = next.files().files();
        drop();
        throw e;
      }
      // Some functions run it: going back could fail as well.
      if (!waitingIsSaid) {
        LOG.error("{} is not taken over in full. It is tried again.", saved, e);
      }
      again(saved + " is not taken over in full, and is tried again: " + e.getMessage());
    }
  }

  private void again(String why) {
    if (!waitingIsSaid) {
      say.accept(why);
    }
    waitingIsSaid = true;
    tryAgainNanos = System.nanoTime() + AGAIN.toNanos();
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

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  /// Ends the looking; a change that is being applied is finished first.
  @Override
  public void close() throws InterruptedException {
    ending.countDown();
    thread.join();
    drop();
  }
}
