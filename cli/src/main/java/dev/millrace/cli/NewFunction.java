package dev.millrace.cli;

import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// Writes a function to begin with.
@Command(
    name = "new",
    sortOptions = false,
    footer = {
      "",
      "Writes NAME.java, NAMETest.java and samples/NAME.jsonl, and overwrites nothing.",
      "",
      "  millrace new fraud-check",
      "  millrace new fraud-check --from-topic orders"
    })
final class NewFunction implements Callable<Integer> {
  private static final int INFERRED_FROM = 1_000;
  private static final int SAMPLES = 20;

  private final Console console;

  @Parameters(
      paramLabel = "NAME",
      description = "The function's name, such as fraud-check or FraudCheck; a folder may precede.")
  private Path name = Path.of("");

  @Option(
      names = "--from-topic",
      paramLabel = "TOPIC",
      description = "It reads this topic: record and samples are made of its newest messages.")
  private @Nullable String topic;

  @Option(names = "--folder", description = "Put the files in a folder of their own.")
  private boolean folder;

  @Mixin private CommonOptions common;

  NewFunction(Console console) {
    this.console = console;
    this.common = new CommonOptions(console);
  }

  @Override
  public Integer call() {
    Names names = Names.of(String.valueOf(name.getFileName()));
    Path parent = name.getParent() == null ? Path.of("") : name.getParent();
    Path place = folder ? parent.resolve(names.function()) : parent;
    Path source = place.resolve(names.type() + ".java");
    Path test = place.resolve(names.type() + "Test.java");
    SampleFile samples = SampleFile.of(place, names.function());
    refuseToOverwrite(List.of(source, test, samples.path()));
    if (topic == null) {
      Skeleton skeleton = Skeleton.of(names);
      write(samples.path(), skeleton.samples());
      write(source, skeleton.source());
      write(test, skeleton.test());
    } else {
      List<ConsumerRecord<byte[], byte[]>> messages;
      try (Cluster cluster = common.cluster()) {
        messages = new LastRecords(console.stop()).of(cluster, topic, INFERRED_FROM);
      }
      Skeleton skeleton = Skeleton.of(names, topic, messages);
      samples.write(messages.subList(Math.max(0, messages.size() - SAMPLES), messages.size()));
      write(source, skeleton.source());
      write(test, skeleton.test());
    }
    report(List.of(source, test, samples.path()));
    return ExitCode.DONE;
  }

  private static void refuseToOverwrite(List<Path> files) {
    List<Problem> there =
        files.stream()
            .filter(Files::exists)
            .map(file ->
                new Problem(file.toString(), "is there already", "Choose another name, or move it"))
            .toList();
    if (!there.isEmpty()) {
      throw new SetupException(there);
    }
  }

  private static void write(Path file, String text) {
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.writeString(file, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      throw new SetupException(file.toString(), "cannot be written: " + e, "Choose another folder");
    }
  }

  private void report(List<Path> files) {
    String source = files.get(0).toString();
    List<String> next =
        List.of(
            NextCommand.of("test", source, files.get(1).toString()).toString(),
            NextCommand.of("dev", source).toString());
    if (common.json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("files", files.stream().map(Path::toString).toList());
      json.put("next", next);
      console.out().println(JsonMapper.shared().writeValueAsString(json));
      return;
    }
    console.out().println("Written:");
    files.forEach(file -> console.out().println("  " + file));
    console.out().println("Try it:");
    console.out().println("  " + next.get(0));
    console.out().println("Run it on a broker of its own:");
    console.out().println("  " + next.get(1));
  }
}
