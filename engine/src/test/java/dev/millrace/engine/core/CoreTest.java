package dev.millrace.engine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.core.PartitionView.Condition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CoreTest extends CoreSteps {
  CoreTest() {
    super(TestLimits.with(limits -> {}));
  }

  @Test
  void callsBatchesOfOnePartitionOneAfterTheOther() {
    // Given
    assign(P0, 0);
    // When
    List<Action.Call<Received>> first = calls(fetch(P0, 0, 5));
    // Then
    assertThat(first).hasSize(1);
    assertThat(offsets(first.getFirst())).containsExactly(0L, 1L, 2L);
    List<Action.Call<Received>> second = calls(returned(first.getFirst(), 3, 3, null));
    assertThat(second).hasSize(1);
    assertThat(offsets(second.getFirst())).containsExactly(3L, 4L);
  }

  @Test
  void callsPartitionsSideBySide() {
    // Given
    assign(P0, 0);
    assign(P1, 0);
    fetch(P0, 0, 3);
    // When
    List<Action.Call<Received>> calls = calls(fetch(P1, 0, 3));
    // Then
    assertThat(calls).extracting(Action.Call::partition).containsExactly(P1);
  }

  @Test
  void movesTheFrontierOnlyOverAcknowledgedOutputs() {
    // Given two calls of one partition whose outputs are on their way
    assign(P0, 0);
    Action.Call<Received> first = calls(fetch(P0, 0, 6)).getFirst();
    Action.Call<Received> second = calls(returned(first, 3, 3, null)).getFirst();
    returned(second, 3, 3, null);
    // When the second is acknowledged before the first
    step(new Event.Delivered<>(second.id()));
    // Then
    assertThat(frontier(P0)).isEqualTo(new Position(0, 7));
    step(new Event.Delivered<>(first.id()));
    assertThat(frontier(P0)).isEqualTo(new Position(6, 9));
  }

  @Test
  void takesTheNextPositionFromThePollAndNotFromTheLastRecord() {
    // Given records behind which a transaction marker lies
    assign(P0, 0);
    Action.Call<Received> call =
        calls(step(new Event.Fetched<>(P0, records(0, 2), new Position(3, 9)))).getFirst();
    // When
    returned(call, 2, 0, null);
    // Then
    assertThat(frontier(P0)).isEqualTo(new Position(3, 9));
  }

  @Test
  void callsAFailedRecordAgainAndThenStops() {
    // Given
    assign(P0, 0);
    Action.Call<Received> call = calls(fetch(P0, 0, 1)).getFirst();
    List<Integer> attempts = new ArrayList<>();
    fetch(P0, 1, 3);
    // When
    for (int i = 0; i < 2; i++) {
      attempts.add(call.attempt());
      assertThat(calls(returned(call, 0, 0, THROWN))).isEmpty();
      now += 1_000;
      call = calls(step(new Event.Tick<>())).getFirst();
      assertThat(offsets(call)).containsExactly(0L);
    }
    List<Action<Received>> last = returned(call, 0, 0, THROWN);
    // Then
    assertThat(attempts).containsExactly(1, 2);
    assertThat(last)
        .containsExactly(new Action.Stopped<>(P0, new Position(0, 7), 1_000, 3, THROWN));
    assertThat(partition(P0).records()).isZero();
    assertThat(frontier(P0)).isEqualTo(new Position(0, 7));
    assertThat(core.paused()).containsExactly(P0);
  }

  @Test
  void readsAStoppedPartitionAgainWhenResumed() {
    // Given
    assign(P0, 0);
    returnedAlone(calls(fetch(P0, 0, 3)).getFirst(), 1, 0, INVALID);
    // When
    List<Action<Received>> actions = step(new Event.Resumed<>(P0));
    // Then
    assertThat(actions).containsExactly(new Action.Seek<>(P0, new Position(1, 7)));
    assertThat(offsets(calls(fetch(P0, 1, 2)).getFirst())).containsExactly(1L, 2L);
  }

  @Test
  void keepsNothingThatThePollInWhichItStoppedBrings() {
    // Given
    assign(P0, 0);
    returnedAlone(calls(fetch(P0, 0, 3)).getFirst(), 1, 0, INVALID);
    // When
    List<Action<Received>> actions = fetch(P0, 3, 4);
    // Then
    assertThat(calls(actions)).isEmpty();
    assertThat(step(new Event.Resumed<>(P0)))
        .containsExactly(new Action.Seek<>(P0, new Position(1, 7)));
  }

  @Test
  void keepsWhatACallFinishedBeforeItFailed() {
    // Given
    assign(P0, 0);
    Action.Call<Received> call = calls(fetch(P0, 0, 3)).getFirst();
    // When two of three records are finished, with outputs
    returned(call, 2, 2, THROWN);
    step(new Event.Delivered<>(call.id()));
    now += 1_000;
    List<Action.Call<Received>> again = calls(step(new Event.Tick<>()));
    // Then
    assertThat(frontier(P0)).isEqualTo(new Position(2, 7));
    assertThat(offsets(again.getFirst())).containsExactly(2L);
    assertThat(again.getFirst().attempt()).isEqualTo(2);
  }

  @Test
  void callsEverythingBehindAFailedDeliveryAgainInOrder() {
    // Given one call on its way and the next one running
    assign(P0, 0);
    Action.Call<Received> first = calls(fetch(P0, 0, 6)).getFirst();
    Action.Call<Received> second = calls(returned(first, 3, 3, null)).getFirst();
    // When
    List<Action<Received>> actions = step(new Event.DeliveryFailed<>(first.id(), AWAY));
    now += 10_000;
    List<Action.Call<Received>> early = calls(step(new Event.Tick<>()));
    // Then nothing is called before the running call has ended, or its deadline passed
    assertThat(actions).contains(new Action.Cancel<>(second.id()));
    assertThat(early).extracting(CoreSteps::offsets).containsExactly(List.of(0L, 1L, 2L));
    List<Action.Call<Received>> then = calls(returned(early.getFirst(), 3, 0, null));
    assertThat(then).extracting(CoreSteps::offsets).containsExactly(List.of(3L, 4L, 5L));
  }

  @Test
  void readsWhatIsBeforeTheStopAgainWhenItsDeliveryFails() {
    // Given a partition that stopped at its second record while the first one's output is on its
    // way
    assign(P0, 0);
    Action.Call<Received> call = calls(fetch(P0, 0, 6)).getFirst();
    returnedAlone(call, 1, 1, INVALID);
    // When
    List<Action<Received>> actions = step(new Event.DeliveryFailed<>(call.id(), AWAY));
    // Then nothing is called before somebody resumes it
    assertThat(calls(actions)).isEmpty();
    now += 10_000;
    assertThat(calls(step(new Event.Tick<>()))).isEmpty();
    assertThat(step(new Event.Resumed<>(P0)))
        .containsExactly(new Action.Seek<>(P0, new Position(0, 7)));
  }

  @Test
  void waitsForTheEndOfACancelledCall() {
    // Given
    assign(P0, 0);
    Action.Call<Received> first = calls(fetch(P0, 0, 6)).getFirst();
    Action.Call<Received> second = calls(returned(first, 3, 3, null)).getFirst();
    step(new Event.DeliveryFailed<>(first.id(), AWAY));
    now += 1_000;
    assertThat(calls(step(new Event.Tick<>()))).isEmpty();
    // When
    List<Action.Call<Received>> calls = calls(returned(second, 0, 0, THROWN));
    // Then
    assertThat(calls).extracting(CoreSteps::offsets).containsExactly(List.of(0L, 1L, 2L));
  }

  @Test
  void neverGivesUpWhenTheClusterIsAway() {
    // Given
    assign(P0, 0);
    Action.Call<Received> call = calls(fetch(P0, 0, 3)).getFirst();
    // When
    for (int i = 0; i < 20; i++) {
      returned(call, 3, 3, null);
      step(new Event.DeliveryFailed<>(call.id(), AWAY));
      now += 2_000;
      call = calls(step(new Event.Tick<>())).getFirst();
    }
    // Then
    assertThat(call.attempt()).isEqualTo(21);
  }

  @Test
  void ignoresCompletionsOfAnEarlierAssignment() {
    // Given
    assign(P0, 0);
    Action.Call<Received> call = calls(fetch(P0, 0, 3)).getFirst();
    List<Action<Received>> removed = step(new Event.Removed<>(List.of(P0)));
    assign(P0, 0);
    // When
    returned(call, 3, 3, null);
    step(new Event.Delivered<>(call.id()));
    // Then
    assertThat(removed).containsExactly(new Action.Cancel<>(call.id()));
    assertThat(frontier(P0)).isEqualTo(new Position(0, Position.NO_EPOCH));
  }

  @Test
  void pausesAtTheHighMarkAndResumesAtSeventyPercent() {
    // Given 30 of at most 40 records, with room for a poll of 10
    assign(P0, 0);
    Action.Call<Received> call = calls(fetch(P0, 0, 30)).getFirst();
    assertThat(core.paused()).containsExactly(P0);
    List<Long> resumedAt = new ArrayList<>();
    // When
    while (resumedAt.isEmpty()) {
      call = calls(returned(call, 3, 0, null)).getFirst();
      if (core.paused().isEmpty()) {
        resumedAt.add((long) partition(P0).records());
      }
    }
    // Then
    assertThat(resumedAt).containsExactly(21L);
  }

  @Test
  void makesNoCallsWhileTooMuchIsFinishedAndUncommitted() {
    // Given a bound of 4
    core = core(TestLimits.with(limits -> limits.commitRecords = 4));
    assign(P0, 0);
    Action.Call<Received> call = calls(fetch(P0, 0, 9)).getFirst();
    List<Action<Received>> first = returned(call, 3, 0, null);
    // When
    List<Action<Received>> second = returned(calls(first).getFirst(), 3, 0, null);
    // Then the first commit is on its way and the next call waits for it
    Action.Commit<Received> commit = commits(first).getFirst();
    assertThat(commit.checkpoints()).containsExactly(Map.entry(P0, at(3, 7)));
    assertThat(calls(second)).isEmpty();
    List<Action<Received>> after = step(new Event.Committed<>(commit.id()));
    assertThat(calls(after)).hasSize(1);
    assertThat(commits(after)).hasSize(1);
  }

  @Test
  void commitsTheStartingPositionAtOnce() {
    // Given nothing
    // When
    List<Action<Received>> actions =
        step(new Event.Assigned<>(P0, new Position(5, Position.NO_EPOCH), null));
    // Then
    assertThat(commits(actions))
        .extracting(Action.Commit::checkpoints)
        .containsExactly(Map.of(P0, at(5, Position.NO_EPOCH)));
  }

  @Test
  void recomputesACommitThatFailed() {
    // Given
    List<Action<Received>> actions =
        step(new Event.Assigned<>(P0, new Position(0, Position.NO_EPOCH), null));
    Action.Call<Received> call = calls(fetch(P0, 0, 3)).getFirst();
    returned(call, 3, 0, null);
    // When
    List<Action<Received>> atOnce =
        step(new Event.CommitFailed<>(commits(actions).getFirst().id()));
    now += 200;
    List<Action<Received>> later = step(new Event.Tick<>());
    // Then
    assertThat(commits(atOnce)).isEmpty();
    assertThat(commits(later))
        .extracting(Action.Commit::checkpoints)
        .containsExactly(Map.of(P0, at(3, 9)));
  }

  @Test
  void cancelsACallAtItsDeadlineAndCallsAgain() {
    // Given
    assign(P0, 0);
    Action.Call<Received> call = calls(fetch(P0, 0, 3)).getFirst();
    now += 5_000;
    // When
    List<Action<Received>> actions = step(new Event.Tick<>());
    // Then
    assertThat(actions).containsExactly(new Action.Overdue<>(call.id(), Duration.ofSeconds(5)));
    returned(call, 0, 0, Failure.overdue(Duration.ofSeconds(5)));
    now += 100;
    List<Action.Call<Received>> again = calls(step(new Event.Tick<>()));
    assertThat(again).extracting(Action.Call::attempt).containsExactly(2);
    assertThat(step(new Event.Delivered<>(call.id()))).isEmpty();
    assertThat(frontier(P0)).isEqualTo(new Position(0, 7));
  }

  @Test
  void doesNotPassReceivedRecordsWhenReadingOnIsImpossible() {
    // Given records that wait behind a running call
    assign(P0, 0);
    Action.Call<Received> call = calls(fetch(P0, 0, 6)).getFirst();
    // When
    step(new Event.Unreachable<>(P0, new Failure.Unreachable(new IllegalStateException())));
    returned(call, 3, 0, null);
    // Then
    assertThat(frontier(P0)).isEqualTo(new Position(3, 7));
    assertThat(partition(P0).condition()).isInstanceOf(Condition.Stopped.class);
  }

  @Test
  void waitsForABatchToFillNoLongerThanAsked() {
    // Given
    core = core(TestLimits.with(limits -> limits.batchWaitMillis = 50));
    assign(P0, 0);
    List<Action<Received>> early = fetch(P0, 0, 2);
    long due = core.nextDueMillis();
    now = due;
    // When
    List<Action<Received>> late = step(new Event.Tick<>());
    // Then
    assertThat(calls(early)).isEmpty();
    assertThat(due).isEqualTo(50);
    assertThat(calls(late)).hasSize(1);
  }

  @Test
  void makesNoCallsForPartitionsThatAreLeaving() {
    // Given
    assign(P0, 0);
    Action.Call<Received> call = calls(fetch(P0, 0, 6)).getFirst();
    step(new Event.Draining<>(List.of(P0)));
    // When
    List<Action<Received>> actions = returned(call, 3, 0, null);
    // Then
    assertThat(calls(actions)).isEmpty();
    assertThat(core.settled(List.of(P0))).isTrue();
    assertThat(core.uncommitted(List.of(P0))).containsEntry(P0, at(3, 7));
  }

  @Test
  void givesEveryPartitionItsTurn() {
    // Given one call at a time
    core = core(TestLimits.with(limits -> limits.concurrency = 1));
    List<PartitionId> partitions =
        IntStream.range(0, 3).mapToObj(i -> new PartitionId("orders", i)).toList();
    List<Action<Received>> actions = new ArrayList<>();
    partitions.forEach(partition -> assign(partition, 0));
    partitions.forEach(partition -> actions.addAll(fetch(partition, 0, 9)));
    List<PartitionId> called = new ArrayList<>();
    // When
    Action.Call<Received> call = calls(actions).getFirst();
    for (int i = 0; i < 6; i++) {
      called.add(call.partition());
      call = calls(returned(call, 3, 0, null)).getFirst();
    }
    // Then
    assertThat(called.subList(0, 3)).containsExactlyInAnyOrderElementsOf(partitions);
    assertThat(called.subList(3, 6)).containsExactlyElementsOf(called.subList(0, 3));
  }

  @Test
  void hasNothingDueWhileNoCallMayBeMade() {
    // Given one call at a time, and records of another partition that wait for their turn
    core = core(TestLimits.with(limits -> limits.concurrency = 1));
    assign(P0, 0);
    assign(P1, 0);
    fetch(P0, 0, 3);
    // When
    fetch(P1, 0, 3);
    // Then time changes nothing before the deadline of the call
    assertThat(core.nextDueMillis()).isEqualTo(5_000);
  }

  @Test
  void hasNothingDueWhereCallsWaitForACommit() {
    // Given a bound of 3, reached, and its commit on the way
    core = core(TestLimits.with(limits -> limits.commitRecords = 3));
    assign(P0, 0);
    Action.Call<Received> call = calls(fetch(P0, 0, 6)).getFirst();
    // When
    List<Action<Received>> actions = returned(call, 3, 0, null);
    // Then
    assertThat(calls(actions)).isEmpty();
    assertThat(core.nextDueMillis()).isEqualTo(Long.MAX_VALUE);
    assertThat(core.busy()).isTrue();
  }

  @Test
  void hasNothingDueForAFailedPartitionThatIsLeaving() {
    // Given
    assign(P0, 0);
    returned(calls(fetch(P0, 0, 3)).getFirst(), 0, 0, THROWN);
    assertThat(core.nextDueMillis()).isEqualTo(100);
    // When
    step(new Event.Draining<>(List.of(P0)));
    // Then
    assertThat(core.nextDueMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aCallKeepsTheDeadlineUnderWhichItBegan() {
    // Given
    assign(P0, 0);
    Action.Call<Received> call = calls(fetch(P0, 0, 3)).getFirst();
    now += 2_000;
    // When
    List<Action<Received>> actions =
        step(new Event.Limited<>(TestLimits.with(limits -> limits.deadlineMillis = 1_000)));
    // Then
    assertThat(actions).isEmpty();
    now += 3_000;
    assertThat(step(new Event.Tick<>()))
        .containsExactly(new Action.Overdue<>(call.id(), Duration.ofSeconds(5)));
  }

  @Test
  void lessConcurrencyWaitsForWhatIsUnderWay() {
    // Given
    assign(P0, 0);
    assign(P1, 0);
    Action.Call<Received> first = calls(fetch(P0, 0, 6)).getFirst();
    Action.Call<Received> second = calls(fetch(P1, 0, 6)).getFirst();
    // When
    step(new Event.Limited<>(TestLimits.with(limits -> limits.concurrency = 1)));
    // Then
    assertThat(calls(returned(first, 3, 0, null))).isEmpty();
    assertThat(calls(returned(second, 3, 0, null))).hasSize(1);
  }

  @Test
  void capsOfMemoryCannotChange() {
    // Given
    Limits larger = TestLimits.with(limits -> limits.outstandingRecords = 50);
    // When
    assertThatThrownBy(() -> core.step(new Event.Limited<>(larger), now))
        // Then
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void makesNoCallsAndReadsNothingWhileHeld() {
    // Given
    assign(P0, 0);
    step(new Event.Held<>(true));
    // When
    List<Action<Received>> actions = fetch(P0, 0, 3);
    // Then
    assertThat(calls(actions)).isEmpty();
    assertThat(core.paused()).containsExactly(P0);
    now += 90_000;
    assertThat(calls(step(new Event.Held<>(false)))).hasSize(1);
    assertThat(core.paused()).isEmpty();
    // Nobody expected progress meanwhile.
    assertThat(partition(P0).progressMillis()).isEqualTo(now);
  }

  @Test
  void triesAsOftenAsAtFirstWhenSomebodyResumes() {
    // Given a call that has failed once less than the most
    assign(P0, 0);
    Action.Call<Received> call = calls(fetch(P0, 0, 1)).getFirst();
    for (int i = 0; i < 2; i++) {
      returned(call, 0, 0, THROWN);
      now += 1_000;
      call = calls(step(new Event.Tick<>())).getFirst();
    }
    // When
    step(new Event.Resumed<>(P0));
    // Then
    returned(call, 0, 0, THROWN);
    assertThat(partition(P0).condition()).isInstanceOf(Condition.Waiting.class);
  }
}
