import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.testing.FunctionTester;
import dev.millrace.testing.Outcome;
import dev.millrace.testing.OutputRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AbBucketAllocationTest {
  private static final String TOPIC = "experiment.allocated";
  private static final int USERS = 10_000;

  @Test
  void aUserGetsABucketOfEachExperiment() {
    // When
    Outcome outcome = allocate(List.of(new AbBucketAllocation.Seen("u-25")));
    // Then with the buckets of all times: another hash would move users of running experiments
    assertThat(outcome)
        .values(TOPIC, AbBucketAllocation.Allocated.class)
        .containsExactly(
            new AbBucketAllocation.Allocated("u-25", "new-basket", "treatment"),
            new AbBucketAllocation.Allocated("u-25", "voucher", "gift"));
    assertThat(outcome.outputs()).extracting(OutputRecord::key).containsOnly("u-25");
  }

  @Test
  void theSameUserAlwaysGetsTheSameBucket() {
    // Given
    List<AbBucketAllocation.Seen> users = users();
    Set<String> before = new HashSet<>(texts(allocate(users)));
    // When another instance sees them in another order
    Outcome after = allocate(users.reversed());
    // Then
    assertThat(texts(after)).hasSize(2 * USERS);
    assertThat(new HashSet<>(texts(after))).isEqualTo(before);
  }

  @Test
  void bucketsHaveTheSharesOfTheirWeights() {
    // When
    Collection<String> buckets = bucketsOfUsers();
    // Then
    assertThat(share(buckets, "control")).isCloseTo(0.5, within(0.02));
    assertThat(share(buckets, "none")).isCloseTo(0.8, within(0.02));
    assertThat(share(buckets, "5-euros")).isCloseTo(0.15, within(0.02));
    assertThat(share(buckets, "gift")).isCloseTo(0.05, within(0.01));
  }

  @Test
  void oneExperimentSaysNothingAboutAnother() {
    // When
    Collection<String> buckets = bucketsOfUsers();
    // Then both halves of the one have the other's buckets in the same shares
    for (String half : List.of("control", "treatment")) {
      assertThat(share(buckets, half + " none")).isCloseTo(0.5 * 0.8, within(0.02));
      assertThat(share(buckets, half + " 5-euros")).isCloseTo(0.5 * 0.15, within(0.015));
      assertThat(share(buckets, half + " gift")).isCloseTo(0.5 * 0.05, within(0.01));
    }
  }

  private static List<AbBucketAllocation.Seen> users() {
    return IntStream.range(0, USERS).mapToObj(i -> new AbBucketAllocation.Seen("u-" + i)).toList();
  }

  private static Outcome allocate(List<AbBucketAllocation.Seen> users) {
    Outcome outcome = FunctionTester.of(AbBucketAllocation.class).sendAll(users);
    assertThat(outcome).succeeded();
    return outcome;
  }

  private static List<String> texts(Outcome outcome) {
    return outcome.outputs(TOPIC).stream().map(OutputRecord::text).toList();
  }

  /// The buckets of each user: `control none`.
  private static Collection<String> bucketsOfUsers() {
    Map<String, String> buckets = new HashMap<>();
    for (OutputRecord output : allocate(users()).outputs(TOPIC)) {
      var allocated = output.as(AbBucketAllocation.Allocated.class);
      buckets.merge(allocated.user(), allocated.bucket(), (one, other) -> one + " " + other);
    }
    return buckets.values();
  }

  private static double share(Collection<String> buckets, String part) {
    return buckets.stream().filter(one -> one.contains(part)).count() / (double) USERS;
  }
}
