package dev.millrace.cli.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Looks at the same files again and again, and reads only those that may have changed. It asks the
/// file system, whatever that is and whatever was deleted and made again, instead of being told.
/// For one thread.
public final class Sight {
  /// The coarsest clock of a file system. Within it a second save may not show in the time.
  private static final Duration CLOCK = Duration.ofSeconds(2);

  private record Stamp(FileTime modified, long size, @Nullable Object key, boolean folder) {
    static final Stamp GONE = new Stamp(FileTime.fromMillis(0), -1, null, false);

    static Stamp of(Path file) {
      try {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(now.lastModifiedTime(), now.size(), now.fileKey(), now.isDirectory());
      } catch (IOException e) {
        return GONE;
      }
    }

    /// Whether another save at this time would have another stamp.
    boolean isSafe(Instant now) {
      return !folder && modified.toInstant().isBefore(now.minus(CLOCK));
    }
  }

  private record Seen(Stamp stamp, boolean safe, long checksum) {}

  private Map<Path, Seen> seen = Map.of();
  private int saves;

  /// What is in these files now.
  public Snapshot look(Collection<Path> files) {
    Instant now = Instant.now();
    Map<Path, Seen> all = new TreeMap<>();
    Map<Path, Long> contents = new TreeMap<>();
    for (Path file : files) {
      Path place = Snapshot.place(file);
      Stamp stamp = Stamp.of(place);
      Seen before = seen.get(place);
      if (before != null && !before.stamp().equals(stamp)) {
        saves++;
      }
      long checksum =
          before != null && before.safe() && before.stamp().equals(stamp)
              ? before.checksum()
              : Snapshot.checksum(place);
      all.put(place, new Seen(stamp, stamp.isSafe(now), checksum));
      contents.put(place, checksum);
    }
    seen = all;
    return new Snapshot(contents);
  }

  /// How often a file was saved, with or without a change to it.
  public int saves() {
    return saves;
  }
}
