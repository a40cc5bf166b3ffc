package dev.millrace.engine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.core.PartitionView.Condition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoreTest {
  private static final PartitionId P0 = new PartitionId("orders", 0);
  private static final PartitionId P1 = new PartitionId("orders", 1);
  private static final Failure THROWN = new Failure.FunctionFailed(new IllegalStateException());
  private static final Failure INVALID = new Failure.InvalidOutput(new IllegalStateException());
  private static final Failure AWAY = new Failure.Unavailable(new IllegalStateException());

  /// A record of 10 bytes.
  private record Received(long offset) {}

  private static final class View implements RecordView<Received> {
    @Override
    public long offset(Received received) {
      return received.offset();
    }

    @Override
    public int leaderEpoch(Received received) {
      return 7;
    }

    @Override
    public int bytes(Received received) {
      return 10;
    }

    @Override
    public @Nullable ByteBuffer key(Received received) {
      return null;
    }

    @Override
    public long timestamp(Received received) {
      return 1_000 + received.offset();
    }
  }

  private static final Limits LIMITS =
      new Limits(
          3,
          1_000,
          0,
          10,
          5_000,
          40,
          1_000_000,
          1_000,
          10,
          500,
          1_000,
          Ordering.PARTITION,
          Guarantee.AT_LEAST_ONCE,
          retry(2),
          Policy.stopping(600_000));

  private static Limits.Retry retry(int most) {
    return new Limits.Retry(most, 100, 1_000, 0);
  }

  private Core<Received> core = new Core<>(LIMITS, new View(), new SplittableRandom(1));
  private long now;

  @AfterEach
  void invariantsHold() {
    core.checkInvariants();
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
    assertThat(early).extracting(CoreTest::offsets).containsExactly(List.of(0L, 1L, 2L));
    List<Action.Call<Received>> then = calls(returned(early.getFirst(), 3, 0, null));
    assertThat(then).extracting(CoreTest::offsets).containsExactly(List.of(3L, 4L, 5L));
  }

  @Test
  void callsWhatIsBeforeTheStopAgainWhenItsDeliveryFails() {
    // Given a partition that stopped at its second record while the first one's output is on its
    // way
    assign(P0, 0);
    Action.Call<Received> call = calls(fetch(P0, 0, 6)).getFirst();
    returnedAlone(call, 1, 1, INVALID);
    // When
    List<Action<Received>> actions = step(new Event.DeliveryFailed<>(call.id(), AWAY));
    // Then the first record will be called again, and nothing else
    assertThat(calls(actions)).isEmpty();
    now += 10_000;
    List<Action.Call<Received>> again = calls(step(new Event.Tick<>()));
    assertThat(again).extracting(CoreTest::offsets).containsExactly(List.of(0L));
    assertThat(calls(returned(again.getFirst(), 1, 0, null))).isEmpty();
    assertThat(partition(P0).condition()).isInstanceOf(Condition.Stopped.class);
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
    assertThat(calls).extracting(CoreTest::offsets).containsExactly(List.of(0L, 1L, 2L));
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
    core = new Core<>(withCommitRecords(4), new View(), new SplittableRandom(1));
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
    core = new Core<>(withBatchWait(50), new View(), new SplittableRandom(1));
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
    core = new Core<>(withConcurrency(1), new View(), new SplittableRandom(1));
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
    core = new Core<>(withConcurrency(1), new View(), new SplittableRandom(1));
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
    core = new Core<>(withCommitRecords(3), new View(), new SplittableRandom(1));
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

  private static Limits withCommitRecords(int records) {
    return new Limits(
        3,
        1_000,
        0,
        10,
        5_000,
        40,
        1_000_000,
        1_000,
        10,
        500,
        records,
        Ordering.PARTITION,
        Guarantee.AT_LEAST_ONCE,
        retry(2),
        Policy.stopping(600_000));
  }

  private static Limits withBatchWait(long millis) {
    return new Limits(
        3,
        1_000,
        millis,
        10,
        5_000,
        40,
        1_000_000,
        1_000,
        10,
        500,
        1_000,
        Ordering.PARTITION,
        Guarantee.AT_LEAST_ONCE,
        retry(2),
        Policy.stopping(600_000));
  }

  @Test
  void aCallKeepsTheDeadlineUnderWhichItBegan() {
    // Given
    assign(P0, 0);
    Action.Call<Received> call = calls(fetch(P0, 0, 3)).getFirst();
    now += 2_000;
    // When
    List<Action<Received>> actions =
        step(
            new Event.Limited<>(
                new Limits(
                    3,
                    1_000,
                    0,
                    10,
                    1_000,
                    40,
                    1_000_000,
                    1_000,
                    10,
                    500,
                    1_000,
                    Ordering.PARTITION,
                    Guarantee.AT_LEAST_ONCE,
                    retry(2),
                    Policy.stopping(600_000))));
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
    step(new Event.Limited<>(withConcurrency(1)));
    // Then
    assertThat(calls(returned(first, 3, 0, null))).isEmpty();
    assertThat(calls(returned(second, 3, 0, null))).hasSize(1);
  }

  @Test
  void capsOfMemoryCannotChange() {
    // Given
    Limits larger =
        new Limits(
            3,
            1_000,
            0,
            10,
            5_000,
            50,
            1_000_000,
            1_000,
            10,
            500,
            1_000,
            Ordering.PARTITION,
            Guarantee.AT_LEAST_ONCE,
            retry(2),
            Policy.stopping(600_000));
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

  private static Limits withConcurrency(int concurrency) {
    return new Limits(
        3,
        1_000,
        0,
        concurrency,
        5_000,
        40,
        1_000_000,
        1_000,
        10,
        500,
        1_000,
        Ordering.PARTITION,
        Guarantee.AT_LEAST_ONCE,
        retry(2),
        Policy.stopping(600_000));
  }

  private void assign(PartitionId partition, long offset) {
    Position position = new Position(offset, Position.NO_EPOCH);
    step(new Event.Assigned<>(partition, position, new Checkpoint(position)));
  }

  private List<Action<Received>> fetch(PartitionId partition, long from, int count) {
    return step(
        new Event.Fetched<>(partition, records(from, count), new Position(from + count, 9)));
  }

  private static List<Received> records(long from, int count) {
    return LongStream.range(from, from + count).mapToObj(Received::new).toList();
  }

  private List<Action<Received>> returned(
      Action.Call<Received> call, int done, int outputs, @Nullable Failure failure) {
    return step(new Event.Returned<>(call.id(), done, outputs, outputs * 5L, failure));
  }

  private void returnedAlone(Action.Call<Received> call, int done, int outputs, Failure failure) {
    step(new Event.Returned<>(call.id(), done, List.of(), outputs, outputs * 5L, failure, true));
  }

  private List<Action<Received>> step(Event<Received> event) {
    List<Action<Received>> actions = core.step(event, now);
    core.checkInvariants();
    return actions;
  }

  private Position frontier(PartitionId partition) {
    return partition(partition).frontier();
  }

  private static Checkpoint at(long offset, int epoch) {
    return new Checkpoint(new Position(offset, epoch));
  }

  private PartitionView partition(PartitionId partition) {
    return core.view(now).stream()
        .filter(lane -> lane.partition().equals(partition))
        .findFirst()
        .orElseThrow();
  }

  private static List<Long> offsets(Action.Call<Received> call) {
    return call.records().stream().map(Received::offset).toList();
  }

  private static List<Action.Call<Received>> calls(List<Action<Received>> actions) {
    List<Action.Call<Received>> calls = new ArrayList<>();
    for (Action<Received> action : actions) {
      if (action instanceof Action.Call<Received> call) {
        calls.add(call);
      }
    }
    return calls;
  }

  private static List<Action.Commit<Received>> commits(List<Action<Received>> actions) {
    List<Action.Commit<Received>> commits = new ArrayList<>();
    for (Action<Received> action : actions) {
      if (action instanceof Action.Commit<Received> commit) {
        commits.add(commit);
      }
    }
    return commits;
  }
}
