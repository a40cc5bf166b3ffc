package dev.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Somebody else's client reads what we write, and we read what it writes.
class KcatIT {
  private static ClusterFixture cluster;

  @BeforeAll
  static void start() {
    if (!installed()) {
      if (Boolean.parseBoolean(System.getenv("CI"))) {
        throw new IllegalStateException("kcat is missing: apt-get install kcat");
      }
      abort("kcat is missing: apt-get install kcat");
    }
    cluster = new ClusterFixture();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static boolean installed() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "kcat")));
  }

  private static String kcat(String input, String... args) throws IOException {
    String[] command =
        Stream.concat(Stream.of("kcat", "-b", cluster.kafka.bootstrap(), "-q"), Stream.of(args))
            .toArray(String[]::new);
    Process kcat =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var out = kcat.getOutputStream()) {
      out.write(input.getBytes(StandardCharsets.UTF_8));
    }
    return new String(kcat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void itReadsWhatWeWrite() throws Exception {
    cluster.create("ours", 1);
    cluster.runWithInput(
        "{\"id\":\"a\",\"v\":\"ü\"}\n{\"id\":\"b\"}\n", "produce", "ours", "--key", "id");

    String read = kcat("", "-C", "-t", "ours", "-e", "-f", "%k=%s\n");

    assertThat(read.lines()).containsExactly("a={\"id\":\"a\",\"v\":\"ü\"}", "b={\"id\":\"b\"}");
  }

  @Test
  void weReadWhatItWrites() throws Exception {
    cluster.create("theirs", 1);
    kcat(
        "a:{\"v\":1.50}\nb:plain ü\n",
        "-P",
        "-t",
        "theirs",
        "-K:",
        "-H",
        "source=kcat",
        "-z",
        "snappy");

    Millrace run = cluster.run("consume", "theirs", "--output", "json");

    assertThat(run.out().lines().map(line -> line.replaceAll("\"timestamp\":\"[^\"]*\",", "")))
        .containsExactly(
            "{\"topic\":\"theirs\",\"partition\":0,\"offset\":0,\"key\":\"a\",\"value\":{\"v\":1.50},"
                + "\"headers\":{\"source\":\"kcat\"}}",
            "{\"topic\":\"theirs\",\"partition\":0,\"offset\":1,\"key\":\"b\",\"value\":\"plain"
                + " ü\",\"headers\":{\"source\":\"kcat\"}}");
  }
}
