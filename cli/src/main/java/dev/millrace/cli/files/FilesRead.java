package dev.millrace.cli.files;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// The files that were read and what was in them then. It is filled while they are read, so that it
/// holds them also where one of them is refused. For one thread.
public final class FilesRead {
  private final Map<Path, Long> contents = new TreeMap<>();

  /// Notes what is in a file. To be called before it is read: a save in between then shows as a
  /// difference and is read once too often, never once too little.
  public void before(Path file) {
    contents.computeIfAbsent(Snapshot.place(file), Snapshot::checksum);
  }

  /// What was noted up to now.
  public Snapshot snapshot() {
    return new Snapshot(contents);
  }
}
