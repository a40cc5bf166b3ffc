package dev.millrace.bench.stage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What Linux tells about a process.
final class ProcessStatus {
  private ProcessStatus() {}

  /// Memory in RAM, in bytes.
  static long residentBytes(long pid) throws IOException {
    return residentBytes(Files.readString(Path.of("/proc", Long.toString(pid), "status")));
  }

  /// Reads `VmRSS: 12345 kB` from a process's status page.
  static long residentBytes(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> line.replaceAll("[^0-9]", ""))
        .mapToLong(kilobytes -> Long.parseLong(kilobytes) * 1024)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no VmRSS: the process has ended"));
  }
}
