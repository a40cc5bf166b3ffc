package dev.millrace.bench.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// The folder of result files, one for each run.
public final class Results {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path folder;

  /// @param folder made when the first run is written
  public Results(Path folder) {
    this.folder = folder;
  }

  /// Writes the run into its file, in place of an earlier state of the same run.
  public Path write(Run run) throws IOException {
    Files.createDirectories(folder);
    Path file =
        folder.resolve(run.series() + "-" + run.startedAt().replaceAll("[^0-9TZ]", "") + ".json");
    String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(run);
    Files.writeString(file, text + "\n", StandardCharsets.UTF_8);
    return file;
  }

  /// All runs in the folder, oldest first.
  public List<Run> read() throws IOException {
    List<Run> runs = new ArrayList<>();
    try (var files = Files.newDirectoryStream(folder, "*.json")) {
      for (Path file : files) {
        runs.add(JSON.readValue(file, type(file.getFileName().toString())));
      }
    }
    runs.sort(Comparator.comparing(Run::startedAt));
    return runs;
  }

  private static Class<? extends Run> type(String name) {
    if (name.startsWith(PassRun.SERIES)) {
      return PassRun.class;
    } else if (name.startsWith(KeyRun.SERIES)) {
      return KeyRun.class;
    } else if (name.startsWith(MemoryRun.SERIES)) {
      return MemoryRun.class;
    } else if (name.startsWith(KillRun.SERIES)) {
      return KillRun.class;
    }
    throw new IllegalStateException("not a result file: " + name);
  }
}
