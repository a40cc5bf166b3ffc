package dev.millrace.bench.contender;

import dev.millrace.engine.Engine;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.settings.EngineSettings;
import dev.millrace.engine.settings.FunctionSettings;
import dev.millrace.engine.settings.Settings;
import dev.millrace.engine.settings.SettingsSources;
import dev.millrace.engine.settings.SettingsSources.AnnotatedFunction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Millrace's engine as a library, with its defaults but for the number of calls in flight.
final class MillraceByKey implements KeyContender {
  @Override
  public void run(KeyTask task, Stop stop) throws Exception {
    KeyedFunction.function = task.function();
    FunctionDefinition definition = definition(task);
    KafkaClients clients = new KafkaClients(Map.of("bootstrap.servers", task.bootstrap()));
    try (FunctionInstances instances = FunctionInstances.create(List.of(definition));
        Engine engine =
            new Engine(EngineSettings.defaults(), clients, clients.reach(Duration.ofSeconds(10)))) {
      engine.start(
          new FunctionInvoker(definition, instances), settings(definition, task), task.group());
      stop.await();
    }
  }

  private static FunctionSettings settings(FunctionDefinition definition, KeyTask task) {
    return Settings.load(
            new SettingsSources(
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Map.of("concurrency", Integer.toString(task.concurrency())),
                List.of(new AnnotatedFunction(definition.name(), definition.settings()))))
        .function(definition.name());
  }

  /// The function as declared, but for the topic.
  private static FunctionDefinition definition(KeyTask task) {
    FunctionDefinition declared =
        FunctionScanner.scan(List.of(KeyedFunction.class), type -> Path.of("")).getFirst();
    return new FunctionDefinition(
        declared.name(),
        List.of(task.input()),
        List.of(),
        declared.settings(),
        declared.method(),
        declared.input(),
        declared.returns(),
        declared.format(),
        declared.version());
  }
}
