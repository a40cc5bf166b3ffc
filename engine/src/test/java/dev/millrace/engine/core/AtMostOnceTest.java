package dev.millrace.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.core.PartitionView.Condition;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Records that are committed before they are called.
class AtMostOnceTest extends CoreSteps {
  AtMostOnceTest() {
    super(atMostOnce(limits -> {}));
    assign(P0, 0);
  }

  private static Limits atMostOnce(Consumer<TestLimits> change) {
    return TestLimits.with(limits -> {
      limits.guarantee = Guarantee.AT_MOST_ONCE;
      change.accept(limits);
    });
  }

  private void use(Consumer<TestLimits> change) {
    core = core(atMostOnce(change));
    assign(P0, 0);
  }

  private List<Action<Received>> committed(List<Action<Received>> actions) {
    return step(new Event.Committed<>(commits(actions).getFirst().id()));
  }

  @Test
  void nothingIsCalledBeforeItsCommit() {
    // Given
    List<Action<Received>> fetched = fetch(P0, 0, 8);
    assertThat(calls(fetched)).isEmpty();
    assertThat(commits(fetched))
        .extracting(Action.Commit::checkpoints)
        .containsExactly(Map.of(P0, at(3, 7)));
    // When
    List<Action<Received>> actions = committed(fetched);
    // Then the batch is called, and the next one committed meanwhile
    assertThat(calls(actions)).extracting(CoreSteps::offsets).containsExactly(List.of(0L, 1L, 2L));
    assertThat(commits(actions))
        .extracting(Action.Commit::checkpoints)
        .containsExactly(Map.of(P0, at(6, 7)));
    List<Action<Received>> ahead = committed(actions);
    assertThat(ahead).isEmpty();
    assertThat(calls(returned(calls(actions).getFirst())))
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(3L, 4L, 5L));
  }

  @Test
  void nothingIsCalledWhenTheCommitFailed() {
    // Given
    List<Action<Received>> fetched = fetch(P0, 0, 3);
    // When
    List<Action<Received>> failed =
        step(new Event.CommitFailed<>(commits(fetched).getFirst().id()));
    // Then it is committed again first
    assertThat(failed).isEmpty();
    now += 100;
    List<Action<Received>> again = step(new Event.Tick<>());
    assertThat(calls(again)).isEmpty();
    assertThat(commits(again))
        .extracting(Action.Commit::checkpoints)
        .containsExactly(Map.of(P0, at(3, 9)));
    assertThat(calls(committed(again))).hasSize(1);
  }

  @Test
  void byKeyEverythingThatLanesMayTakeIsCommittedAtOnce() {
    // Given
    use(limits -> {
      limits.ordering = Ordering.KEY;
      limits.batchRecords = 1;
    });
    List<Action<Received>> fetched = fetchKeys(P0, 0, "aab");
    assertThat(calls(fetched)).isEmpty();
    // When
    List<Action<Received>> actions = committed(fetched);
    // Then
    assertThat(calls(actions))
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(0L), List.of(2L));
    assertThat(commits(fetched))
        .extracting(Action.Commit::checkpoints)
        .containsExactly(Map.of(P0, at(3, 9)));
    assertThat(calls(returned(calls(actions).getFirst())))
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(1L));
  }

  @Test
  void aCallThatFailsIsRepeatedInTheProcess() {
    // Given
    Action.Call<Received> call = calls(committed(fetch(P0, 0, 1))).getFirst();
    // When
    List<Action<Received>> failed = returned(call, 0, 0, THROWN);
    // Then
    assertThat(commits(failed)).isEmpty();
    List<Action.Call<Received>> again = callsAfter(100);
    assertThat(again).extracting(CoreSteps::offsets).containsExactly(List.of(0L));
    assertThat(again.getFirst().attempt()).isEqualTo(2);
  }

  @Test
  void outputsThatAreNotTakenAreNotMadeAgainAndToldAsSkipped() {
    // Given
    Action.Call<Received> call = calls(committed(fetch(P0, 0, 2))).getFirst();
    returned(call, 2, 2, null);
    // When
    List<Action<Received>> actions = step(new Event.DeliveryFailed<>(call.id(), AWAY));
    // Then
    assertThat(actions)
        .containsExactly(
            new Action.Skipped<>(P0, new Position(0, 7), 1, AWAY),
            new Action.Skipped<>(P0, new Position(1, 7), 1, AWAY));
    assertThat(callsAfter(10_000)).isEmpty();
    assertThat(partition(P0).records()).isZero();
  }

  @Test
  void outputsThatAreNotTakenDoNotDisturbTheCallBehindThem() {
    // Given
    Action.Call<Received> first = calls(committed(fetch(P0, 0, 3))).getFirst();
    returned(first, 3, 3, null);
    Action.Call<Received> second = calls(committed(fetch(P0, 3, 3))).getFirst();
    // When
    List<Action<Received>> actions = step(new Event.DeliveryFailed<>(first.id(), AWAY));
    // Then
    assertThat(actions).doesNotContain(new Action.Cancel<>(second.id()));
    returned(second);
    assertThat(partition(P0).records()).isZero();
  }

  @Test
  void aPartitionStopsBehindTheRecordThatStopsIt() {
    // Given
    use(limits -> {
      limits.retries = 0;
      limits.batchRecords = 1;
    });
    List<Action<Received>> actions = committed(fetch(P0, 0, 3));
    committed(actions);
    // When
    List<Action<Received>> stopped = returned(calls(actions).getFirst(), 0, 0, THROWN);
    // Then
    assertThat(stopped)
        .containsExactly(new Action.Stopped<>(P0, new Position(0, 7), 1_000, 1, THROWN));
    assertThat(partition(P0).condition()).isInstanceOf(Condition.Stopped.class);
    assertThat(partition(P0).records()).isZero();
    assertThat(step(new Event.Resumed<>(P0)))
        .containsExactly(new Action.Seek<>(P0, new Position(1, 7)));
    assertThat(calls(fetch(P0, 1, 2))).extracting(CoreSteps::offsets).containsExactly(List.of(1L));
  }

  @Test
  void whatWasNotCalledIsCommittedBack() {
    // Given a call, and the next one committed
    List<Action<Received>> actions = committed(fetch(P0, 0, 8));
    committed(actions);
    step(new Event.Draining<>(List.of(P0)));
    // When
    List<Action<Received>> last = returned(calls(actions).getFirst());
    // Then
    assertThat(calls(last)).isEmpty();
    assertThat(core.settled(List.of(P0))).isTrue();
    assertThat(core.uncommitted(List.of(P0))).containsExactly(Map.entry(P0, at(3, 7)));
  }

  @Test
  void byKeyWhatWasNotCalledIsCommittedBackWithoutWhatWas() {
    // Given
    use(limits -> {
      limits.ordering = Ordering.KEY;
      limits.batchRecords = 1;
    });
    List<Action.Call<Received>> calls = calls(committed(fetchKeys(P0, 0, "aab")));
    step(new Event.Draining<>(List.of(P0)));
    // When
    calls.forEach(this::returned);
    // Then
    assertThat(core.uncommitted(List.of(P0)))
        .containsEntry(P0, new Checkpoint(new Position(1, 7), new Gaps(List.of(1L), 3, 7)));
  }

  @Test
  void whatMayHaveBeenCommittedAndWasNotCalledIsCommittedBackToo() {
    // Given a call, and the commit of the next one on its way
    List<Action<Received>> actions = committed(fetch(P0, 0, 8));
    assertThat(commits(actions)).hasSize(1);
    step(new Event.Draining<>(List.of(P0)));
    // When
    returned(calls(actions).getFirst());
    // Then
    assertThat(core.uncommitted(List.of(P0))).containsExactly(Map.entry(P0, at(3, 7)));
    step(new Event.CommitFailed<>(commits(actions).getFirst().id()));
    assertThat(core.uncommitted(List.of(P0))).containsExactly(Map.entry(P0, at(3, 7)));
  }

  @Test
  void whatAFormerOwnerCalledBehindTheNextBatchStaysCommitted() {
    // Given what was called before, which goes on behind what a poll brings
    use(limits -> limits.ordering = Ordering.KEY);
    assign(P0, 0, new Gaps(List.of(0L, 2L, 6L), 9, 7));
    // When
    List<Action<Received>> actions = fetchKeys(P0, 0, "abcd");
    // Then
    assertThat(commits(actions))
        .extracting(Action.Commit::checkpoints)
        .containsExactly(
            Map.of(P0, new Checkpoint(new Position(4, 9), new Gaps(List.of(6L), 9, 7))));
  }
}
