package dev.millrace.cli.live;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells when something that may matter was saved in one of several folders. Events that come close
/// together are one: an editor writes, renames and deletes for one save. For one thread.
final class FileWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

  /// Nothing for this long: the save is over.
  private static final Duration QUIET = Duration.ofMillis(40);

  /// The longest that a stream of events holds up.
  private static final Duration PATIENCE = Duration.ofMillis(400);

  private static final List<String> KINDS =
      List.of(".java", ".jar", ".class", ".json", ".yaml", ".yml");

  private final WatchService service;
  private final Map<Path, WatchKey> keys = new HashMap<>();
  private Set<Path> named = Set.of();

  FileWatch() throws IOException {
    service = FileSystems.getDefault().newWatchService();
  }

  /// Watches these folders and no others.
  ///
  /// @param files those that matter whatever their name ends with
  void watch(Set<Path> folders, Set<Path> files) {
    named = Set.copyOf(files);
    keys.entrySet()
        .removeIf(entry -> {
          boolean unwanted = !folders.contains(entry.getKey()) || !entry.getValue().isValid();
          if (unwanted) {
            entry.getValue().cancel();
          }
          return unwanted;
        });
    for (Path folder : folders) {
      if (!keys.containsKey(folder) && Files.isDirectory(folder)) {
        try {
          keys.put(folder, folder.register(service, ENTRY_CREATE, ENTRY_MODIFY, ENTRY_DELETE));
        } catch (IOException e) {
          LOG.warn("[{}] cannot be watched: {}. Start again after a change.", folder, e.toString());
        }
      }
    }
  }

  /// Waits for the end of the next save. Whether there was one in this time.
  boolean await(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (true) {
      WatchKey key = service.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (key == null) {
        return false;
      }
      if (matters(key)) {
        settle();
        return true;
      }
    }
  }

  private void settle() throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      WatchKey key = service.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
      if (key == null) {
        return;
      }
      matters(key);
    }
  }

  private boolean matters(WatchKey key) {
    boolean matters = false;
    for (WatchEvent<?> event : key.pollEvents()) {
      // Without a path: events were lost.
      matters |= !(event.context() instanceof Path name) || matters(key, name);
    }
    // A folder that was deleted is watched again when it is there again.
    return !key.reset() || matters;
  }

  private boolean matters(WatchKey key, Path name) {
    Path file = ((Path) key.watchable()).resolve(name);
    return KINDS.stream().anyMatch(name.toString()::endsWith)
        || named.contains(file)
        || Files.isDirectory(file);
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
