package dev.millrace.cli.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// What was in files at one moment, told apart by checksum: an editor may touch a file without
/// changing it. Immutable.
///
/// @param contents the checksum of each file by its absolute path, -1 for one that is not there
public record Snapshot(Map<Path, Long> contents) {
  private static final long GONE = -1;

  /// Keeps a copy.
  public Snapshot {
    contents = Map.copyOf(contents);
  }

  /// What is in these files now. Of a jar and of a folder of classes only size and time are looked
  /// at.
  public static Snapshot of(Collection<Path> files) {
    Map<Path, Long> contents = new TreeMap<>();
    for (Path file : files) {
      Path place = place(file);
      contents.put(place, checksum(place));
    }
    return new Snapshot(contents);
  }

  static Path place(Path file) {
    return file.toAbsolutePath().normalize();
  }

  /// The files that were looked at, there or not.
  public Set<Path> files() {
    return contents.keySet();
  }

  /// The files that are otherwise there, or not at all.
  public Set<Path> differences(Snapshot other) {
    Set<Path> differences = new TreeSet<>();
    for (Snapshot one : new Snapshot[] {this, other}) {
      for (Path file : one.contents.keySet()) {
        if (in(file) != other.in(file)) {
          differences.add(file);
        }
      }
    }
    return differences;
  }

  /// Whether one of the files was there and is not any more.
  public boolean hasLost(Snapshot before) {
    return before.contents.keySet().stream()
        .anyMatch(file -> before.in(file) != GONE && in(file) == GONE);
  }

  /// The same with these files, which win.
  public Snapshot with(Snapshot others) {
    Map<Path, Long> all = new TreeMap<>(contents);
    all.putAll(others.contents);
    return new Snapshot(all);
  }

  private long in(Path file) {
    return contents.getOrDefault(file, GONE);
  }

  static long checksum(Path file) {
    try {
      if (Files.isDirectory(file)) {
        return ofClasses(file);
      }
      return file.toString().endsWith(".jar") ? ofTimes(file) : ofBytes(Files.readAllBytes(file));
    } catch (IOException | UncheckedIOException e) {
      return GONE; // Between two moments of an editor it may be neither there nor readable.
    }
  }

  private static long ofBytes(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    return sum.getValue();
  }

  private static long ofTimes(Path file) throws IOException {
    return 31 * Files.getLastModifiedTime(file).toMillis() + Files.size(file) & Long.MAX_VALUE;
  }

  private static long ofClasses(Path folder) throws IOException {
    long sum = 0;
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(one -> one.toString().endsWith(".class")).toList()) {
        sum += file.hashCode() * 31L + ofTimes(file);
      }
    }
    return sum & Long.MAX_VALUE;
  }
}
