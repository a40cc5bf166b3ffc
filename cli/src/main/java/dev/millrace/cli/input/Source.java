package dev.millrace.cli.input;

import dev.millrace.engine.problem.SetupException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A file or a pipe that records are read from.
public final class Source {
  private static final int BUFFER = 1 << 16;
  private static final int FIRST_BYTES = 1 << 12;

  private final String name;
  private final Optional<Path> file;
  private final BufferedInputStream pipe;
  private volatile long position;

  private Source(String name, Optional<Path> file, InputStream pipe) {
    this.name = name;
    this.file = file;
    this.pipe = new BufferedInputStream(pipe, BUFFER);
  }

  /// A file; refuses one that cannot be read.
  public static Source file(Path path) {
    if (!Files.exists(path)) {
      throw new SetupException(
          path.toString(), "there is no such file", "Give a file, or - for standard input");
    }
    if (Files.isDirectory(path)) {
      throw new SetupException(
          path.toString(), "this is a directory", "Give one of the files in it");
    }
    if (!Files.isReadable(path)) {
      throw new SetupException(
          path.toString(), "this file may not be read", "Ask its owner for the permission");
    }
    if (Files.isRegularFile(path)) {
      return new Source(path.toString(), Optional.of(path), InputStream.nullInputStream());
    }
    try {
      return new Source(path.toString(), Optional.empty(), Files.newInputStream(path));
    } catch (IOException e) {
      throw new SetupException(path.toString(), "cannot be read: " + e, "Give another file");
    }
  }

  /// A stream that can be read only once.
  public static Source pipe(InputStream stream) {
    return new Source("standard input", Optional.empty(), stream);
  }

  /// Its name for people.
  public String name() {
    return name;
  }

  /// Whether it can be read from the beginning again.
  public boolean rereadable() {
    return file.isPresent();
  }

  /// Its size in bytes; 0 if that is not known.
  public long size() throws IOException {
    return file.isPresent() ? Files.size(file.get()) : 0;
  }

  /// How many bytes were read since it was last opened.
  public long position() {
    return position;
  }

  /// Its bytes: a file's from the beginning, a pipe's from where it is.
  InputStream open() throws IOException {
    position = 0;
    return new FilterInputStream(stream()) {
      @Override
      public int read() throws IOException {
        int next = super.read();
        position += next < 0 ? 0 : 1;
        return next;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = super.read(bytes, offset, length);
        position += Math.max(0, count);
        return count;
      }
    };
  }

  /// The first byte that is neither white space nor part of a byte-order mark, among the first
  /// ones; negative if there is none. Everything stays unread. Of a pipe no more is awaited than
  /// that one byte.
  int firstByte() throws IOException {
    if (file.isPresent()) {
      try (InputStream in = new BufferedInputStream(stream())) {
        return firstByte(in);
      }
    }
    pipe.mark(FIRST_BYTES);
    int first = firstByte(pipe);
    pipe.reset();
    return first;
  }

  private static int firstByte(InputStream in) throws IOException {
    for (int i = 0; i < FIRST_BYTES; i++) {
      int next = in.read();
      boolean mark = next == 0xEF || next == 0xBB || next == 0xBF;
      if (next < 0 || !(mark || Character.isWhitespace(next))) {
        return next;
      }
    }
    return -1;
  }

  private InputStream stream() throws IOException {
    if (file.isEmpty()) {
      return pipe;
    }
    try {
      return Files.newInputStream(file.get());
    } catch (AccessDeniedException e) {
      throw new SetupException(name, "this file may not be read", "Ask its owner");
    }
  }
}
