package dev.millrace.bench.contender;

import dev.millrace.engine.Engine;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.call.OutputTopic;
import dev.millrace.engine.kafka.KafkaClients;
import dev.millrace.engine.settings.EngineSettings;
import dev.millrace.engine.settings.FunctionSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Millrace's engine as a library, with its defaults, which have the tuned producer's settings.
final class MillraceFunction implements Contender {
  @Override
  public void run(Task task, Stop stop) throws Exception {
    PassingFunction.function = task.function();
    FunctionDefinition definition = definition(task);
    KafkaClients clients = new KafkaClients(Map.of("bootstrap.servers", task.bootstrap()));
    try (FunctionInstances instances = FunctionInstances.create(List.of(definition));
        Engine engine =
            new Engine(EngineSettings.defaults(), clients, clients.reach(Duration.ofSeconds(10)))) {
      engine.start(
          new FunctionInvoker(definition, instances), FunctionSettings.defaults(), task.group());
      stop.await();
    }
  }

  /// The function as declared, but for the topics, which are others in each trial.
  private static FunctionDefinition definition(Task task) {
    FunctionDefinition declared =
        FunctionScanner.scan(List.of(PassingFunction.class), type -> Path.of("")).getFirst();
    return new FunctionDefinition(
        declared.name(),
        List.of(task.input()),
        List.of(new OutputTopic(task.output(), null)),
        declared.settings(),
        declared.method(),
        declared.input(),
        declared.returns(),
        declared.format(),
        declared.version());
  }
}
