package dev.millrace.broker;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file system in memory that is soon full. Only root may mount one: without, the test is
/// skipped.
record SmallDisk(Path folder) implements AutoCloseable {
  static SmallDisk mount(Path parent, int megabytes) throws Exception {
    Path folder = Files.createDirectory(parent.resolve("small-disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", folder.toString()),
        "this user cannot mount a small file system; DataFolderTest tests the least space as a"
            + " function");
    return new SmallDisk(folder);
  }

  void resize(int megabytes) throws Exception {
    if (!run("mount", "-o", "remount,size=" + megabytes + "m", folder.toString())) {
      throw new IllegalStateException("cannot resize " + folder);
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false; // no such program here
    }
  }

  @Override
  public void close() throws Exception {
    if (!run("umount", folder.toString())) {
      throw new IllegalStateException("cannot unmount " + folder);
    }
  }
}
