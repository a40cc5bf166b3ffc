package dev.millrace.testing;

import dev.millrace.broker.EmbeddedKafka;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives JUnit tests a real Kafka broker: one in this process for the whole test run, on any free
/// port, started by the first test that asks and closed at the end of the run.
///
/// ```java
/// @ExtendWith(KafkaExtension.class)
/// class TextTransformerIT {
///   @Test
///   void shoutsOnARealBroker(TestKafka kafka) {
///     // Given
///     kafka.produce("lines", "a mill", "the river", "a race");
///     // When
///     kafka.run(TextTransformer.class).toTheEnd();
///     // Then
///     assertThat(kafka.consume("shouted.lines"))
///         .extracting(OutputRecord::text)
///         .containsExactly("A MILL", "A RACE");
///   }
/// }
/// ```
///
/// A parameter of the type [TestKafka] is the test's own: its topics and the functions that it runs
/// end with the test, or, asked for in `@BeforeAll`, with the class.
public final class KafkaExtension implements ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(KafkaExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestKafka.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Store run = context.getRoot().getStore(NAMESPACE);
    EmbeddedKafka broker =
        run.computeIfAbsent(EmbeddedKafka.class, _ -> EmbeddedKafka.start(), EmbeddedKafka.class);
    return context
        .getStore(NAMESPACE)
        .computeIfAbsent(TestKafka.class, _ -> new TestKafka(broker), TestKafka.class);
  }
}
