package dev.millrace.broker;

import dev.millrace.broker.BrokerException.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.AppInfoParser;

/// The folder a broker keeps everything in, held by one broker at a time: Kafka's own files in
/// `kafka/`, the broker's log, and a lock of ours. Kafka has a lock too, but a second broker has
/// written to the metadata log of the first before that one refuses it.
final class DataFolder implements AutoCloseable {
  /// Less than this at start is refused. An idle broker writes a few hundred kB; this leaves some
  /// time to notice.
  static final long MINIMUM_FREE_BYTES = 64L << 20;

  /// After a failed write, a disk with less than this left is called full: Kafka writes in pieces
  /// of up to a few MB, and a piece that did not fit may have been taken back.
  static final long FULL_BELOW_BYTES = 8L << 20;

  private static final String LOCK = "broker.lock";
  private static final String VERSION = "broker.version";
  private static final String KAFKA = "kafka";
  private static final String LOG = "broker.log";

  private final Path folder;
  private final FileChannel lock;

  private DataFolder(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /// Creates the folder if need be and takes it.
  static DataFolder open(Path folder) {
    Path absolute = folder.toAbsolutePath().normalize();
    try {
      Files.createDirectories(absolute);
      FileChannel channel =
          FileChannel.open(
              absolute.resolve(LOCK),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      try {
        if (!lock(channel)) {
          throw new BrokerException(
              Kind.FOLDER_IN_USE,
              "the data folder " + absolute + " is in use by another broker",
              "Stop that one, or choose another folder");
        }
        DataFolder taken = new DataFolder(absolute, channel);
        checkFree(absolute, Files.getFileStore(absolute).getUsableSpace());
        taken.checkVersion();
        Files.createDirectories(taken.kafkaFolder());
        return taken;
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw unusable(absolute, e);
    }
  }

  /// Whether a broker works in this folder; creates nothing.
  static boolean isInUse(Path folder) throws IOException {
    Path file = folder.resolve(LOCK);
    if (!Files.exists(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return !lock(channel);
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock taken = channel.tryLock();
      return taken != null;
    } catch (OverlappingFileLockException e) {
      return false; // another broker of this very process
    }
  }

  /// Refuses a disk with less than the minimum.
  static void checkFree(Path folder, long usableBytes) {
    if (usableBytes < MINIMUM_FREE_BYTES) {
      throw new BrokerException(
          Kind.DISK_FULL,
          "the disk is full: %d MB are free for the data folder %s, and a broker needs at least %d MB"
              .formatted(usableBytes >> 20, folder, MINIMUM_FREE_BYTES >> 20),
          "Free some space, or choose a folder on another disk");
    }
  }

  /// Why a broker that has given up could not work here any more; empty when it was not the folder.
  Optional<BrokerException> trouble() {
    // Kafka creates missing folders again while it runs, so its own say nothing.
    if (!Files.exists(folder.resolve(LOCK))) {
      return Optional.of(
          new BrokerException(
              Kind.FOLDER_UNUSABLE,
              "the data folder " + folder + " is gone: the broker has stopped",
              "Start it again to begin anew"));
    }
    try {
      long usable = Files.getFileStore(folder).getUsableSpace();
      return usable < FULL_BELOW_BYTES ? Optional.of(full()) : Optional.empty();
    } catch (IOException e) {
      return Optional.of(unusable(folder, e));
    }
  }

  private BrokerException full() {
    return new BrokerException(
        Kind.DISK_FULL,
        "the disk is full: the broker could not write to its data folder %s any more and has stopped; what it acknowledged is kept"
            .formatted(folder),
        "Free some space and start it again, or delete the folder to begin anew");
  }

  /// Kafka cannot read what is there.
  BrokerException damaged(Throwable cause) {
    return new BrokerException(
        Kind.FOLDER_UNUSABLE,
        "the data folder %s cannot be read (%s): it is damaged or belongs to something else"
            .formatted(folder, reason(cause)),
        "Choose another folder, or delete it to begin anew",
        cause);
  }

  /// A newer Kafka writes files that an older one misreads.
  private void checkVersion() throws IOException {
    Path file = folder.resolve(VERSION);
    String ours = AppInfoParser.getVersion();
    if (Files.exists(file)) {
      String theirs = Files.readString(file, StandardCharsets.UTF_8).strip();
      if (isNewer(theirs, ours)) {
        throw new BrokerException(
            Kind.FOLDER_UNUSABLE,
            "the data folder %s was written by Kafka %s, and this is Kafka %s, which cannot read it"
                .formatted(folder, theirs, ours),
            "Use the newer version again, choose another folder, or delete it to begin anew");
      }
      if (theirs.equals(ours)) {
        return;
      }
    }
    Files.writeString(file, ours + "\n", StandardCharsets.UTF_8);
  }

  /// Whether one version is newer than another, by major and minor number: patch releases read each
  /// other's files.
  static boolean isNewer(String theirs, String ours) {
    try {
      Version their = Version.parse(majorMinor(theirs));
      return their.compareTo(Version.parse(majorMinor(ours))) > 0;
    } catch (IllegalArgumentException e) {
      return false; // not a version: the file is overwritten
    }
  }

  private static String majorMinor(String version) {
    return Stream.of(version.split("\\.", -1)).limit(2).reduce((a, b) -> a + "." + b).orElse("");
  }

  private static BrokerException unusable(Path folder, IOException cause) {
    return new BrokerException(
        Kind.FOLDER_UNUSABLE,
        "the data folder %s cannot be used (%s)".formatted(folder, reason(cause)),
        "Make it writable for this user, or choose another folder",
        cause);
  }

  private static String reason(Throwable cause) {
    if (cause instanceof FileSystemException file && file.getReason() == null) {
      return cause.getClass().getSimpleName().replace("Exception", "") + ": " + file.getFile();
    }
    return String.valueOf(cause.getMessage());
  }

  Path folder() {
    return folder;
  }

  /// Deletes the folder with all that is in it, if it is there; says so where that does not work.
  static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      System.err.println("[" + folder + "] cannot be deleted: " + e.getMessage() + ".");
    }
  }

  /// Kafka's own files.
  Path kafkaFolder() {
    return folder.resolve(KAFKA);
  }

  /// Where a broker in a process of its own writes its log.
  Path logFile() {
    return logFile(folder);
  }

  /// The same, for a folder in somebody else's hands.
  static Path logFile(Path folder) {
    return folder.resolve(LOG);
  }

  /// Lets the next broker have it.
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
