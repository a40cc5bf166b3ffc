package dev.millrace.cli.source;

import dev.millrace.cli.source.CompiledClasses.CompiledClass;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Compiled classes by the hash of everything they were compiled from.
///
/// An entry is one file: a checksum, the number of classes, and for each its name, the number of
/// its source, its length and bytes. Entries appear by renaming, so several processes may share a
/// folder. The cache only saves time: what cannot be read is a miss, what cannot be written is left
/// out.
final class ClassCache {
  private final Path folder;

  ClassCache(Path folder) {
    this.folder = folder;
  }

  /// The entry of this key, unless there is none or it is damaged.
  Optional<CompiledClasses> find(String key) {
    byte[] entry;
    try {
      entry = Files.readAllBytes(folder.resolve(key));
    } catch (IOException e) {
      return Optional.empty();
    }
    try (var in = new DataInputStream(new ByteArrayInputStream(entry))) {
      if (in.readLong() != checksum(entry)) {
        return Optional.empty();
      }
      List<CompiledClass> classes = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        String name = in.readUTF();
        int source = in.readInt();
        classes.add(new CompiledClass(name, source, in.readNBytes(in.readInt())));
      }
      return Optional.of(new CompiledClasses(List.copyOf(classes)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// Keeps an entry, if the folder allows.
  void keep(String key, CompiledClasses compiled) {
    try {
      Files.createDirectories(folder);
      Path unfinished = Files.createTempFile(folder, key, ".tmp");
      try {
        Files.write(unfinished, entry(compiled));
        Files.move(unfinished, folder.resolve(key), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(unfinished);
      }
    } catch (IOException e) {
      // A full disk or a read-only home: the next start compiles again.
    }
  }

  private static byte[] entry(CompiledClasses compiled) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeLong(0);
      out.writeInt(compiled.classes().size());
      for (CompiledClass one : compiled.classes()) {
        out.writeUTF(one.name());
        out.writeInt(one.source());
        out.writeInt(one.bytes().length);
        out.write(one.bytes());
      }
    }
    byte[] entry = bytes.toByteArray();
    ByteBuffer.wrap(entry).putLong(checksum(entry));
    return entry;
  }

  private static long checksum(byte[] entry) {
    var checksum = new CRC32C();
    checksum.update(entry, Long.BYTES, entry.length - Long.BYTES);
    return checksum.getValue();
  }
}
