package dev.millrace.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.core.PartitionView.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Records that wait for those with their key, or for none.
class KeyOrderTest extends CoreSteps {
  KeyOrderTest() {
    super(byKey(limits -> {}));
    assign(P0, 0);
  }

  /// One record for each call, unless changed.
  private static Limits byKey(Consumer<TestLimits> change) {
    return TestLimits.with(limits -> {
      limits.ordering = Ordering.KEY;
      limits.batchRecords = 1;
      change.accept(limits);
    });
  }

  private void use(Consumer<TestLimits> change) {
    core = core(byKey(change));
    assign(P0, 0);
  }

  // What is called when

  @Test
  void oneCallOfEachKeyIsInFlight() {
    // When
    List<Action.Call<Received>> calls = calls(fetchKeys(P0, 0, "aabab"));
    // Then
    assertThat(calls).extracting(CoreSteps::offsets).containsExactly(List.of(0L), List.of(2L));
    assertThat(offsets(calls(returned(calls.getFirst())).getFirst())).containsExactly(1L);
    assertThat(offsets(calls(returned(calls.getLast())).getFirst())).containsExactly(4L);
  }

  @Test
  void theSameKeyOfAnotherPartitionIsAnotherKey() {
    // Given
    assign(P1, 0);
    fetchKeys(P0, 0, "a");
    // When
    List<Action.Call<Received>> calls = calls(fetchKeys(P1, 0, "a"));
    // Then
    assertThat(calls).extracting(Action.Call::partition).containsExactly(P1);
  }

  @Test
  void theNextOfAKeyIsCalledWhenTheFormerReturnedWhateverBecomesOfItsOutputs() {
    // Given
    Action.Call<Received> first = calls(fetchKeys(P0, 0, "aa")).getFirst();
    // When
    List<Action.Call<Received>> next = calls(returned(first, 1, 1, null));
    // Then
    assertThat(next).extracting(CoreSteps::offsets).containsExactly(List.of(1L));
    returned(next.getFirst());
    assertThat(frontier(P0)).isEqualTo(new Position(0, 7));
    step(new Event.Delivered<>(first.id()));
    assertThat(frontier(P0)).isEqualTo(new Position(2, 9));
  }

  @Test
  void recordsWithoutAKeyDoNotWait() {
    // When
    List<Action.Call<Received>> calls = calls(fetchKeys(P0, 0, "-a-a-"));
    // Then
    assertThat(calls)
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(0L), List.of(1L), List.of(2L), List.of(4L));
  }

  @Test
  void withoutOrderNoRecordWaits() {
    // Given
    use(limits -> limits.ordering = Ordering.NONE);
    List<Action.Call<Received>> calls = calls(fetchKeys(P0, 0, "aaa"));
    assertThat(calls)
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(0L), List.of(1L), List.of(2L));
    // When the first waits for its retry
    returned(calls.getFirst(), 0, 0, THROWN);
    // Then
    assertThat(calls(fetchKeys(P0, 3, "a"))).hasSize(1);
    assertThat(callsAfter(100)).extracting(CoreSteps::offsets).containsExactly(List.of(0L));
  }

  @Test
  void callsAreCountedForAllKeys() {
    // Given
    use(limits -> limits.concurrency = 2);
    List<Action.Call<Received>> calls = calls(fetchKeys(P0, 0, "abcd"));
    assertThat(calls).hasSize(2);
    // When
    List<Action.Call<Received>> next = calls(returned(calls.getLast()));
    // Then
    assertThat(next).extracting(CoreSteps::offsets).containsExactly(List.of(2L));
  }

  // Batches

  @Test
  void aBatchHasRecordsOfSeveralKeysThoseOfOneInTheirOrder() {
    // Given
    use(limits -> limits.batchRecords = 4);
    // When
    List<Action.Call<Received>> calls = calls(fetchKeys(P0, 0, "abacdab"));
    // Then the second has to wait for none of the first
    assertThat(calls)
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(0L, 2L, 5L, 1L), List.of(3L, 4L));
    assertThat(calls(fetchKeys(P0, 7, "ce")))
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(8L));
    assertThat(calls(returned(calls.getFirst())))
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(6L));
  }

  @Test
  void aBatchThatFailsIsHalvedAndTheHalvesAreCalledSideBySide() {
    // Given
    use(limits -> limits.batchRecords = 4);
    Action.Call<Received> call = calls(fetchKeys(P0, 0, "abcd")).getFirst();
    returned(call, 0, 0, THROWN);
    Action.Call<Received> again = callsAfter(100).getFirst();
    assertThat(offsets(again)).containsExactly(0L, 1L, 2L, 3L);
    // When
    List<Action.Call<Received>> halves = calls(returned(again, 0, 0, THROWN));
    // Then
    assertThat(halves)
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(0L, 1L), List.of(2L, 3L));
    // And the culprit, which then is one of the other half, alone holds up its key.
    returned(halves.getFirst());
    List<Action.Call<Received>> quarters = calls(returned(halves.getLast(), 0, 0, THROWN));
    returned(quarters.getLast());
    returned(quarters.getFirst(), 0, 0, THROWN);
    assertThat(calls(fetchKeys(P0, 4, "abcd")))
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(4L, 5L, 7L));
    assertThat(frontier(P0)).isEqualTo(new Position(2, 7));
  }

  @Test
  void halvesThatShareAKeyAreCalledOneAfterTheOther() {
    // Given
    use(limits -> {
      limits.batchRecords = 4;
      limits.retries = 0;
    });
    Action.Call<Received> call = calls(fetchKeys(P0, 0, "aaab")).getFirst();
    // When
    List<Action.Call<Received>> left = calls(returned(call, 0, 0, THROWN));
    // Then
    assertThat(left).extracting(CoreSteps::offsets).containsExactly(List.of(0L, 1L));
    // The other one is at fault, and is halved without being called.
    assertThat(calls(returned(left.getFirst())))
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(2L), List.of(3L));
  }

  // Retries and deliveries

  @Test
  void otherKeysGoOnWhileOneWaitsForItsRetry() {
    // Given
    List<Action.Call<Received>> calls = calls(fetchKeys(P0, 0, "aab"));
    // When
    List<Action.Call<Received>> next = calls(returned(calls.getFirst(), 0, 0, THROWN));
    // Then
    assertThat(next).isEmpty();
    assertThat(calls(returned(calls.getLast()))).isEmpty();
    assertThat(calls(fetchKeys(P0, 3, "ab")))
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(4L));
    List<Action.Call<Received>> again = callsAfter(100);
    assertThat(again).extracting(CoreSteps::offsets).containsExactly(List.of(0L));
    assertThat(again.getFirst().attempt()).isEqualTo(2);
    assertThat(calls(returned(again.getFirst())))
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(1L));
  }

  @Test
  void outputsThatAreNotTakenRepeatWhatIsBehindThemInTheirKeyAndNothingElse() {
    // Given outputs of two keys on their way, and a call behind each
    List<Action.Call<Received>> first = calls(fetchKeys(P0, 0, "abab"));
    Action.Call<Received> behindA = calls(returned(first.getFirst(), 1, 1, null)).getFirst();
    Action.Call<Received> behindB = calls(returned(first.getLast(), 1, 1, null)).getFirst();
    // When
    List<Action<Received>> actions = step(new Event.DeliveryFailed<>(first.getFirst().id(), AWAY));
    // Then
    assertThat(actions).contains(new Action.Cancel<>(behindA.id()));
    assertThat(actions).doesNotContain(new Action.Cancel<>(behindB.id()));
    // Nothing of the key is called before its call has ended.
    assertThat(callsAfter(1_000)).isEmpty();
    List<Action.Call<Received>> again = calls(returned(behindA));
    assertThat(again).extracting(CoreSteps::offsets).containsExactly(List.of(0L));
    step(new Event.Delivered<>(first.getLast().id()));
    returned(behindB);
    List<Action.Call<Received>> then = calls(returned(again.getFirst()));
    assertThat(then).extracting(CoreSteps::offsets).containsExactly(List.of(2L));
    returned(then.getFirst());
    assertThat(frontier(P0)).isEqualTo(new Position(4, 9));
  }

  @Test
  void aCancelledCallIsMadeAgainForTheOtherKeysInIt() {
    // Given a call of two keys behind outputs of one of them
    use(limits -> limits.batchRecords = 2);
    Action.Call<Received> first = calls(fetchKeys(P0, 0, "a")).getFirst();
    returned(first, 1, 1, null);
    Action.Call<Received> both = calls(fetchKeys(P0, 1, "ab")).getFirst();
    assertThat(offsets(both)).containsExactly(1L, 2L);
    fetchKeys(P0, 3, "b");
    // When
    List<Action<Received>> actions = step(new Event.DeliveryFailed<>(first.id(), AWAY));
    // Then
    assertThat(actions).contains(new Action.Cancel<>(both.id()));
    assertThat(calls(actions)).isEmpty();
    List<Action.Call<Received>> other = calls(returned(both));
    assertThat(other).extracting(CoreSteps::offsets).containsExactly(List.of(2L));
    assertThat(calls(returned(other.getFirst())))
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(3L));
    List<Action.Call<Received>> again = callsAfter(1_000);
    assertThat(again).extracting(CoreSteps::offsets).containsExactly(List.of(0L));
    assertThat(calls(returned(again.getFirst())))
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(1L));
  }

  @Test
  void aRecordThatBecomesADeadLetterHoldsUpItsKeyOnlyUntilItIsLeft() {
    // Given
    use(limits -> {
      limits.retries = 0;
      limits.policy =
          new Policy(Policy.Then.DEAD_LETTER, List.of(), Policy.Then.STOP, 600_000, 100, 1);
    });
    Action.Call<Received> call = calls(fetchKeys(P0, 0, "aa")).getFirst();
    // When
    List<Action<Received>> actions = returned(call, 0, 0, THROWN);
    // Then
    assertThat(actions).hasAtLeastOneElementOfType(Action.DeadLetters.class);
    List<Action.Call<Received>> next = calls(actions);
    assertThat(next).extracting(CoreSteps::offsets).containsExactly(List.of(1L));
    returned(next.getFirst());
    assertThat(frontier(P0)).isEqualTo(new Position(0, 7));
  }

  // Stops

  @Test
  void aKeyThatStopsStopsThePartitionAndWhatIsUnderWayIsDealtWith() {
    // Given
    use(limits -> limits.retries = 0);
    List<Action.Call<Received>> calls = calls(fetchKeys(P0, 0, "abbc"));
    // When
    List<Action<Received>> actions = returned(calls.getFirst(), 0, 0, THROWN);
    // Then nothing more is called
    assertThat(actions)
        .containsExactly(new Action.Stopped<>(P0, new Position(0, 7), 1_000, 1, THROWN));
    assertThat(calls(returned(calls.get(1)))).isEmpty();
    assertThat(partition(P0).records()).isEqualTo(3);
    returned(calls.get(2));
    assertThat(partition(P0).records()).isZero();
    assertThat(partition(P0).condition()).isInstanceOf(Condition.Stopped.class);
    assertThat(core.uncommitted(List.of(P0)))
        .containsEntry(P0, new Checkpoint(new Position(0, 7), new Gaps(List.of(0L, 2L), 4, 7)));
    // And when it is resumed, what was finished is not called again.
    assertThat(step(new Event.Resumed<>(P0)))
        .containsExactly(new Action.Seek<>(P0, new Position(0, 7)));
    assertThat(calls(fetchKeys(P0, 0, "abbcd")))
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(0L), List.of(2L), List.of(4L));
  }

  @Test
  void whatWaitsForItsRetryIsReadAgainAfterAnotherKeyHasStopped() {
    // Given a key that waits for its first retry
    List<Action.Call<Received>> calls = calls(fetchKeys(P0, 0, "abb"));
    returned(calls.getLast(), 0, 0, THROWN);
    // When
    returned(calls.getFirst(), 0, 0, new Failure.Defect(new IllegalStateException()));
    // Then
    assertThat(partition(P0).records()).isZero();
    assertThat(callsAfter(100)).isEmpty();
    step(new Event.Resumed<>(P0));
    assertThat(calls(fetchKeys(P0, 0, "abb")))
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(0L), List.of(1L));
  }

  // What is finished behind the frontier

  @Test
  void aCommitSaysWhatIsFinishedBehindItsPosition() {
    // Given
    List<Action.Call<Received>> calls = calls(fetchKeys(P0, 0, "abcd"));
    // When
    List<Action.Commit<Received>> first = commits(returned(calls.get(1)));
    // Then
    assertThat(first)
        .extracting(Action.Commit::checkpoints)
        .containsExactly(
            Map.of(P0, new Checkpoint(new Position(0, 7), new Gaps(List.of(0L), 2, 7))));
    step(new Event.Committed<>(first.getFirst().id()));
    now += 500;
    assertThat(commits(returned(calls.get(3))))
        .extracting(Action.Commit::checkpoints)
        .containsExactly(
            Map.of(P0, new Checkpoint(new Position(0, 7), new Gaps(List.of(0L, 2L), 4, 7))));
  }

  @Test
  void whoeverIsAssignedThePartitionNextCallsOnlyWhatWasNotFinished() {
    // Given
    assign(P0, 10, new Gaps(List.of(10L, 12L, 15L), 17, 7));
    // When
    List<Action.Call<Received>> calls = calls(fetchKeys(P0, 10, "abcdefghij"));
    // Then
    assertThat(calls)
        .extracting(CoreSteps::offsets)
        .containsExactly(
            List.of(10L), List.of(12L), List.of(15L), List.of(17L), List.of(18L), List.of(19L));
    calls.forEach(this::returned);
    assertThat(frontier(P0)).isEqualTo(new Position(20, 9));
  }

  @Test
  void whatIsFinishedAndNotReceivedYetIsCommittedAgain() {
    // Given
    assign(P0, 10, new Gaps(List.of(10L, 12L, 15L), 17, 7));
    List<Action.Call<Received>> calls = calls(fetchKeys(P0, 10, "abcd"));
    // When
    returned(calls.getFirst());
    // Then
    assertThat(core.uncommitted(List.of(P0)))
        .containsEntry(P0, new Checkpoint(new Position(12, 7), new Gaps(List.of(12L, 15L), 17, 7)));
  }

  @Test
  void recordsOfALaterLeaderAreCalledWhateverTheirOffsets() {
    // Given what was finished when the leader epoch was 6
    assign(P0, 0, new Gaps(List.of(0L, 5L), 9, 6));
    // When the log was cut back to 3 since
    List<Received> records = new ArrayList<>();
    LongStream.range(0, 3).forEach(offset -> records.add(new Received(offset, null, 6)));
    LongStream.range(3, 7).forEach(offset -> records.add(new Received(offset, null, 8)));
    List<Action.Call<Received>> calls = calls(fetched(P0, records));
    // Then
    assertThat(calls)
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(0L), List.of(3L), List.of(4L), List.of(5L), List.of(6L));
  }

  // How many

  @Test
  void aStuckKeyHoldsUpOthersOnlyWhenAsManyWaitAsACommitCanName() {
    // Given a key that is never finished, with 1,399 others behind it and another key behind those
    use(KeyOrderTest::many);
    List<Action.Call<Received>> calls = calls(fetched(P0, keyed(0, 1_400, offset -> "a")));
    assertThat(calls).hasSize(1);
    // When
    List<Action.Call<Received>> other = calls(fetched(P0, keyed(1_400, 1, offset -> "b")));
    // Then
    assertThat(other).isEmpty();
    assertThat(calls(returned(calls.getFirst())))
        .extracting(CoreSteps::offsets)
        .containsExactlyInAnyOrder(List.of(1L), List.of(1_400L));
  }

  @Test
  void oneStuckRecordHoldsUpNothingElse() {
    // Given
    use(KeyOrderTest::many);
    List<Action.Call<Received>> calls =
        calls(fetched(P0, keyed(0, 5_000, offset -> offset == 0 ? "a" : "b" + offset)));
    assertThat(calls).hasSize(Limits.MOST_UNFINISHED);
    int called = calls.size();
    // When
    List<Action.Call<Received>> todo = new ArrayList<>(calls.subList(1, calls.size()));
    while (!todo.isEmpty()) {
      List<Action.Call<Received>> next = calls(core.step(end(todo.removeLast()), now));
      called += next.size();
      todo.addAll(next);
    }
    // Then
    core.checkInvariants();
    assertThat(called).isEqualTo(5_000);
    assertThat(partition(P0).records()).isEqualTo(1);
    assertThat(core.uncommitted(List.of(P0)))
        .containsEntry(P0, new Checkpoint(new Position(0, 7), new Gaps(List.of(0L), 5_000, 7)));
  }

  @Test
  void recordsAreNotCalledFurtherFromTheFirstUnfinishedOneThanACommitCanSay() {
    // Given offsets far apart
    Received stuck = new Received(0, "a", 7);
    Received near = new Received(Partition.MOST_SPAN - 1, "b", 7);
    Received far = new Received(Partition.MOST_SPAN, "c", 7);
    // When
    List<Action.Call<Received>> first = calls(fetched(P0, List.of(stuck)));
    // Then
    assertThat(calls(fetched(P0, List.of(near)))).hasSize(1);
    assertThat(calls(fetched(P0, List.of(far)))).isEmpty();
    assertThat(calls(returned(first.getFirst())))
        .extracting(CoreSteps::offsets)
        .containsExactly(List.of(Partition.MOST_SPAN));
  }

  private static void many(TestLimits limits) {
    limits.concurrency = 10_000;
    limits.outstandingRecords = 20_000;
    limits.pollRecords = 10_000;
    limits.commitRecords = 100_000;
  }

  private static List<Received> keyed(
      long from, int count, java.util.function.LongFunction<String> key) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Received(from + i, key.apply(from + i), 7))
        .toList();
  }

  private static Event<Received> end(Action.Call<Received> call) {
    return new Event.Returned<>(call.id(), call.records().size(), 0, 0, null);
  }
}
