package dev.millrace.engine.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.KafkaFunction;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CatalogueTest {
  @Test
  void theAnnotationHasTheSameWords() {
    List<String> members =
        Arrays.stream(KafkaFunction.class.getDeclaredMethods())
            .map(Method::getName)
            .filter(name -> !Set.of("name", "topics", "outputs").contains(name))
            .toList();

    assertThat(Catalogue.all())
        .filteredOn(Setting::annotated)
        .extracting(Setting::member)
        .containsExactlyInAnyOrderElementsOf(members);
  }

  @Test
  void everySettingHasANameForEachLayer() {
    assertThat(Catalogue.BATCH_SIZE.flag()).isEqualTo("--batch-size");
    assertThat(Catalogue.BATCH_SIZE.variable()).isEqualTo("MILLRACE_BATCH_SIZE");
    assertThat(Catalogue.DRAIN_ON_STOP.variable()).isEqualTo("MILLRACE_DRAIN_ON_STOP");
    assertThat(Catalogue.COMMIT_INTERVAL.variable()).isEqualTo("MILLRACE_COMMIT_INTERVAL");
    assertThat(Catalogue.BATCH_SIZE.member()).isEqualTo("batchSize");
  }

  @Test
  void everyDefaultAndExampleIsAllowed() {
    for (Setting<?> setting : Catalogue.all()) {
      holds(setting);
    }
  }

  private static <T> void holds(Setting<T> setting) {
    setting.check(setting.fallback());
    if (setting.key().equals("start")) {
      return; // two examples in one text
    }
    assertThat(setting.type().read(setting.type().example())).as(setting.key()).isNotNull();
  }
}
