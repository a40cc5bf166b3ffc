package dev.millrace.engine.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.core.PartitionView.Condition;
import dev.millrace.engine.core.Policy.Then;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What becomes of records that fail, with a function that is played here.
class FailurePolicyTest {
  private static final PartitionId P0 = new PartitionId("in", 0);

  private static final RecordView<Long> VIEW =
      new RecordView<>() {
        @Override
        public long offset(Long record) {
          return record;
        }

        @Override
        public int leaderEpoch(Long record) {
          return Position.NO_EPOCH;
        }

        @Override
        public int bytes(Long record) {
          return 10;
        }

        @Override
        public @Nullable ByteBuffer key(Long record) {
          return null;
        }

        @Override
        public long timestamp(Long record) {
          return record;
        }
      };

  private int batch = 5_000;
  private int retries = 2;
  private Then then = Then.DEAD_LETTER;
  private List<Policy.ByClass> byClass = List.of();
  private long mostAge = 600_000;
  private int inARow = 1_000_000;
  private double share = 1;

  private Core<Long> core = core();
  private long now;

  private Predicate<Long> throwing = record -> false;
  private RuntimeException thrown = new IllegalStateException("no");
  private Map<Long, Failure> verdicts = new LinkedHashMap<>();
  private boolean refusesLetters;
  private long refusedLetter = -1;
  private int lettersAway;

  private int calls;
  private int searched;
  private final Map<Long, Integer> passed = new TreeMap<>();
  private final Map<Long, Integer> called = new TreeMap<>();
  private final Map<Long, Action.Letter<Long>> letters = new TreeMap<>();
  private final Set<Long> skipped = new HashSet<>();
  private final List<Action.Stopped<Long>> stops = new ArrayList<>();
  private final List<Long> waits = new ArrayList<>();

  private Core<Long> core() {
    return new Core<>(
        TestLimits.with(limits -> {
          limits.batchRecords = batch;
          limits.outstandingRecords = 20_000;
          limits.outputBytes = 1_000_000;
          limits.pollRecords = 10_000;
          limits.commitRecords = 100_000;
          limits.retries = retries;
          limits.policy = new Policy(then, byClass, Then.DEAD_LETTER, mostAge, inARow, share);
        }),
        VIEW,
        new SplittableRandom(1));
  }

  @Test
  void oneCulpritOfFiveThousandIsFoundByHalvingWithoutCallingItsNeighboursAgainThanNeeded() {
    throwing = record -> record == 3_333;

    run(5_000);

    // Twice whole, at most both halves of each halving, then three times alone.
    assertThat(calls).isLessThanOrEqualTo(2 + 2 * 13 + 3);
    assertThat(letters.keySet()).containsExactly(3_333L);
    assertThat(letter(3_333L).calls()).isLessThanOrEqualTo(calls);
    assertThat(passed).hasSize(4_999).allSatisfy((record, times) -> assertThat(times).isOne());
    assertThat(called.values()).allMatch(times -> times <= 2 + 13 + 3);
    assertThat(frontier()).isEqualTo(5_000);
  }

  @Test
  void fiftyCulpritsOfFiveThousandAreAllFound() {
    throwing = record -> record % 100 == 7;

    run(5_000);

    assertThat(letters).hasSize(50);
    assertThat(passed).hasSize(4_950);
    assertThat(calls).isLessThan(50 * 15);
    assertThat(searched).isOne();
    assertThat(frontier()).isEqualTo(5_000);
  }

  @Test
  void withoutRetriesABatchIsHalvedAtOnce() {
    retries = 0;
    core = core();
    throwing = record -> record == 0;

    run(2);

    assertThat(called).containsEntry(0L, 2).containsEntry(1L, 2);
    assertThat(waits).isEmpty();
  }

  @Test
  void everythingBehindACulpritWaitsWhileItIsTriedAgain() {
    throwing = record -> record == 1;

    run(4);

    assertThat(letter(1L).attempts()).isEqualTo(2 + 2 + 3 - 1);
    // The batch once more, then the culprit twice more, the second time after twice the wait.
    assertThat(waits).containsExactly(100L, 100L, 200L);
    assertThat(passed.keySet()).containsExactly(0L, 2L, 3L);
  }

  @Test
  void stoppingEndsTheSearchAtTheFirstCulprit() {
    then = Then.STOP;
    core = core();
    throwing = record -> record == 2 || record == 6;

    run(8);

    assertThat(stops).extracting(stop -> stop.first().offset()).containsExactly(2L);
    assertThat(passed.keySet()).containsExactly(0L, 1L);
    assertThat(frontier()).isEqualTo(2);
  }

  @Test
  void passesOverWhatThePolicySkips() {
    then = Then.SKIP;
    core = core();
    throwing = record -> record == 2;

    run(8);

    assertThat(skipped).containsExactly(2L);
    assertThat(passed).hasSize(7);
    assertThat(frontier()).isEqualTo(8);
  }

  @Test
  void theNearestClassDecides() {
    then = Then.STOP;
    byClass =
        List.of(
            new Policy.ByClass("RuntimeException", 0, Then.STOP),
            new Policy.ByClass("java.lang.IllegalStateException", 0, Then.SKIP));
    core = core();
    throwing = record -> record == 0;

    run(1);

    assertThat(skipped).containsExactly(0L);
    assertThat(calls).isOne();
  }

  @Test
  void aRecordThatFailedLongAgoIsNotTriedAgain() {
    mostAge = 150;
    retries = 1_000;
    core = core();
    throwing = record -> true;

    run(1);

    assertThat(letters).hasSize(1);
    assertThat(calls).isEqualTo(3);
  }

  @Test
  void verdictsHoldForTheirRecordsAlone() {
    verdicts.put(1L, verdict(new Ruling.Skip()));
    verdicts.put(3L, verdict(new Ruling.DeadLetter()));
    verdicts.put(4L, new Failure.Unreadable(new Exception("bytes")));

    run(6);

    assertThat(calls).isOne();
    assertThat(passed.keySet()).containsExactly(0L, 2L, 5L);
    assertThat(skipped).containsExactly(1L);
    assertThat(letters.keySet()).containsExactly(3L, 4L);
    assertThat(frontier()).isEqualTo(6);
  }

  @Test
  void aRecordToBeRetriedIsCalledAloneAfterItsOwnWaitAndTheNextBatchWaitsForIt() {
    batch = 3;
    core = core();
    verdicts.put(1L, verdict(new Ruling.Retry(777)));

    assign();
    List<Action<Long>> actions = fetch(0, 6);
    Action.Call<Long> first = onlyCall(actions);
    actions = answer(first);
    // Then nothing is called, and the frontier stands at it although its neighbours are done
    assertThat(calls(actions)).isEmpty();
    assertThat(frontier()).isEqualTo(1);
    verdicts.clear();
    now += 777;
    Action.Call<Long> again = onlyCall(step(new Event.Tick<>()));
    assertThat(again.records()).containsExactly(1L);
    assertThat(again.attempt()).isEqualTo(2);
    Action.Call<Long> next = onlyCall(answer(again));
    assertThat(next.records()).containsExactly(3L, 4L, 5L);
    assertThat(frontier()).isEqualTo(3);
  }

  @Test
  void whoAsksForARecordAgainAndAgainGetsThePolicyInTheEnd() {
    verdicts.put(1L, verdict(new Ruling.Retry(5)));

    run(3);

    assertThat(letters.keySet()).containsExactly(1L);
    assertThat(called.get(1L)).isEqualTo(3);
    assertThat(called.get(0L)).isOne();
  }

  @Test
  void aVerdictToStopKeepsWhatIsDoneBehindTheRecord() {
    verdicts.put(1L, verdict(new Ruling.Stop()));

    run(3);

    assertThat(stops).hasSize(1);
    assertThat(partition().condition()).isInstanceOf(Condition.Stopped.class);
    assertThat(frontier()).isEqualTo(1);
    verdicts.clear();
    perform(step(new Event.Resumed<>(P0)));
    perform(fetch(1, 2));
    assertThat(called).containsEntry(1L, 2).containsEntry(2L, 1);
    assertThat(frontier()).isEqualTo(3);
  }

  @Test
  void aDeadLetterThatIsRefusedStopsThePartitionAtItsRecord() {
    refusesLetters = true;
    throwing = record -> record == 2;

    run(4);

    assertThat(stops).hasSize(1);
    assertThat(stops.getFirst().failure()).isInstanceOf(Failure.DeadLetterRefused.class);
    assertThat(frontier()).isEqualTo(2);
  }

  @Test
  void nothingIsCalledAgainWhileADeadLetterCannotBeWritten() {
    lettersAway = 20;
    verdicts.put(1L, verdict(new Ruling.DeadLetter()));

    run(4);

    assertThat(calls).isOne();
    assertThat(letters.keySet()).containsExactly(1L);
    assertThat(letter(1).attempts()).isOne();
    assertThat(frontier()).isEqualTo(4);
  }

  @Test
  void oneRefusedDeadLetterOfSeveralStopsThePartitionAtItself() {
    refusedLetter = 2;
    for (long record = 0; record < 4; record++) {
      verdicts.put(record, new Failure.Unreadable(new Exception("bytes")));
    }

    run(6);

    assertThat(letters.keySet()).containsExactly(0L, 1L, 3L);
    assertThat(stops).extracting(stop -> stop.first().offset()).containsExactly(2L);
    assertThat(frontier()).isEqualTo(2);
    assertThat(calls).isOne();
  }

  @Test
  void aRefusedDeadLetterBehindAStopIsToldAndDoesNotTakeItsPlace() {
    refusedLetter = 1;
    lettersAway = 1;
    verdicts.put(0L, verdict(new Ruling.Stop()));
    verdicts.put(1L, verdict(new Ruling.DeadLetter()));

    run(3);

    assertThat(stops).extracting(stop -> stop.first().offset()).containsExactly(0L, 1L);
    assertThat(partition().condition())
        .isInstanceOfSatisfying(
            Condition.Stopped.class, stopped -> assertThat(stopped.first().offset()).isZero());
    assertThat(calls).isOne();
  }

  @Test
  void aRefusedOutputIsNotBlamedOnWhatIsLeftOfItsCall() {
    // Given a call of three, the last of which has an output that will be refused
    assign();
    Action.Call<Long> call = onlyCall(fetch(0, 3));
    List<Action<Long>> actions =
        step(
            new Event.Returned<>(
                call.id(),
                3,
                List.of(new Event.Apart(1, verdict(new Ruling.DeadLetter()))),
                2,
                10,
                null,
                false));
    Action.DeadLetters<Long> dead =
        actions.stream()
            .filter(Action.DeadLetters.class::isInstance)
            .map(action -> (Action.DeadLetters<Long>) action)
            .findFirst()
            .orElseThrow();
    step(new Event.Delivered<>(dead.id()));
    // When
    perform(
        step(
            new Event.DeliveryFailed<>(
                call.id(), new Failure.InvalidOutput(new Exception("too large"), 2))));
    // Then it is looked for, and every healthy one passes
    assertThat(skipped).isEmpty();
    assertThat(letters).isEmpty();
    assertThat(passed.keySet()).contains(0L, 2L);
  }

  @Test
  void theSearchDoesNotUseUpTheTimeForRetries() {
    mostAge = 150;
    core = core();
    assign();
    // Given a batch that hangs as a whole, longer than a record may be retried
    hangs(onlyCall(fetch(0, 2)));
    now += 200;
    Action.Call<Long> again = onlyCall(step(new Event.Tick<>()));
    assertThat(again.records()).hasSize(2);
    Action.Call<Long> alone = onlyCall(hangs(again));
    assertThat(alone.records()).hasSize(1);
    // When it fails alone for the first time
    List<Action<Long>> actions =
        step(
            new Event.Returned<>(
                alone.id(), 0, 0, 0, new Failure.FunctionFailed(new Exception("no"))));
    // Then it is tried again
    assertThat(actions).hasAtLeastOneElementOfType(Action.Retrying.class);
  }

  @Test
  void tooManyDeadLettersInARowStopThePartition() {
    inARow = 10;
    retries = 0;
    core = core();
    throwing = record -> true;

    run(50);

    assertThat(letters).hasSize(10);
    assertThat(stops.getFirst().failure())
        .isInstanceOfSatisfying(
            Failure.TooManyDeadLetters.class,
            tooMany ->
                assertThat(tooMany.words()).isEqualTo("the last 10 messages became dead letters"));
    assertThat(frontier()).isEqualTo(10);
  }

  @Test
  void tooManyDeadLettersOfTheLastStopThePartition() {
    share = 0.3;
    retries = 0;
    batch = 1;
    core = core();
    throwing = record -> record % 2 == 0;

    run(400);

    assertThat(stops).hasSize(1);
    assertThat(frontier()).isBetween(100L, 110L);
  }

  @Test
  void aHungCallIsSearchedTooAndItsRecordGetsThePolicy() {
    retries = 0;
    core = core();
    assign();
    Action.Call<Long> call = onlyCall(fetch(0, 2));
    // The call is cancelled and its left half called.
    Action.Call<Long> left = onlyCall(hangs(call));
    assertThat(left.records()).containsExactly(0L);
    perform(hangs(left));
    assertThat(letters.keySet()).containsExactly(0L);
    assertThat(letter(0L).failure()).isInstanceOf(Failure.Overdue.class);
    assertThat(passed.keySet()).containsExactly(1L);
    // Late answers change nothing.
    assertThat(answer(call)).isEmpty();
  }

  @Test
  void ofMessagesHandedOverOneByOneTheOneThatHangsStandsAlone() {
    retries = 0;
    core = core();
    assign();
    Action.Call<Long> call = onlyCall(fetch(0, 4));
    now += 5_000;
    assertThat(step(new Event.Tick<>()))
        .containsExactly(new Action.Overdue<>(call.id(), Duration.ofSeconds(5)));
    // When two were done before it
    perform(
        step(
            new Event.Returned<>(
                call.id(), 2, List.of(), 0, 0, Failure.overdue(Duration.ofSeconds(5)), true)));
    // Then only what is behind it is called
    assertThat(letters.keySet()).containsExactly(2L);
    assertThat(passed.keySet()).containsExactly(3L);
    assertThat(frontier()).isEqualTo(4);
  }

  @Test
  void whatACallDidNotComeToIsCalledNext() {
    assign();
    Action.Call<Long> call = onlyCall(fetch(0, 4));
    // When it ends after two, and nothing failed
    List<Action<Long>> actions = step(new Event.Returned<>(call.id(), 2, 0, 0, null));
    // Then
    Action.Call<Long> rest = onlyCall(actions);
    assertThat(rest.records()).containsExactly(2L, 3L);
    assertThat(rest.attempt()).isOne();
    assertThat(frontier()).isEqualTo(2);
  }

  /// The call is told that it takes too long, and says that it has dealt with nothing.
  private List<Action<Long>> hangs(Action.Call<Long> call) {
    now += 5_000;
    assertThat(step(new Event.Tick<>()))
        .contains(new Action.Overdue<>(call.id(), Duration.ofSeconds(5)));
    return step(new Event.Returned<>(call.id(), 0, 0, 0, Failure.overdue(Duration.ofSeconds(5))));
  }

  private static Failure verdict(Ruling ruling) {
    return new Failure.Verdict(ruling, new Exception("said"));
  }

  /// Everything from the assignment until nothing is left to do.
  private void run(int records) {
    assign();
    perform(fetch(0, records));
    for (int i = 0; i < 10_000 && core.nextDueMillis() < Long.MAX_VALUE; i++) {
      now = Math.max(now, core.nextDueMillis());
      perform(step(new Event.Tick<>()));
    }
  }

  private void assign() {
    step(new Event.Assigned<>(P0, new Position(0, Position.NO_EPOCH), null));
  }

  private List<Action<Long>> fetch(long from, int count) {
    return step(
        new Event.Fetched<>(
            P0,
            LongStream.range(from, from + count).boxed().toList(),
            new Position(from + count, Position.NO_EPOCH)));
  }

  private void perform(List<Action<Long>> actions) {
    List<Action<Long>> todo = new ArrayList<>(actions);
    while (!todo.isEmpty()) {
      switch (todo.removeFirst()) {
        case Action.Call<Long> call -> todo.addAll(answer(call));
        case Action.DeadLetters<Long> some -> {
          if (lettersAway > 0) {
            lettersAway--;
            todo.addAll(
                step(
                    new Event.DeliveryFailed<>(
                        some.id(), new Failure.Unavailable(new Exception("away")))));
          } else if (refusesLetters
              || some.letters().stream().anyMatch(one -> one.record() == refusedLetter)) {
            todo.addAll(
                step(
                    new Event.DeliveryFailed<>(
                        some.id(), new Failure.InvalidOutput(new Exception("too large")))));
          } else {
            some.letters().forEach(letter -> letters.put(letter.record(), letter));
            todo.addAll(step(new Event.Delivered<>(some.id())));
          }
        }
        case Action.Skipped<Long> one -> skipped.add(one.position().offset());
        case Action.Stopped<Long> stop -> stops.add(stop);
        case Action.Retrying<Long> retrying -> waits.add(retrying.waitMillis());
        case Action.Commit<Long> commit -> todo.addAll(step(new Event.Committed<>(commit.id())));
        case Action.Cancel<Long> cancel -> {}
        case Action.Overdue<Long> overdue -> {}
        case Action.Seek<Long> seek -> {}
        case Action.Searching<Long> searching -> searched += searching.half() ? 0 : 1;
      }
    }
  }

  /// What the function does with a call.
  private List<Action<Long>> answer(Action.Call<Long> call) {
    calls++;
    call.records().forEach(record -> called.merge(record, 1, Integer::sum));
    int size = call.records().size();
    if (call.records().stream().anyMatch(throwing)) {
      return step(new Event.Returned<>(call.id(), 0, 0, 0, new Failure.FunctionFailed(thrown)));
    }
    List<Event.Apart> apart = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      @Nullable Failure failure = verdicts.get(call.records().get(i));
      if (failure == null) {
        passed.merge(call.records().get(i), 1, Integer::sum);
      } else {
        apart.add(new Event.Apart(i, failure));
      }
    }
    return step(new Event.Returned<>(call.id(), size, apart, 0, 0, null, false));
  }

  private static List<Action.Call<Long>> calls(List<Action<Long>> actions) {
    List<Action.Call<Long>> calls = new ArrayList<>();
    for (Action<Long> action : actions) {
      if (action instanceof Action.Call<Long> call) {
        calls.add(call);
      }
    }
    return calls;
  }

  private static Action.Call<Long> onlyCall(List<Action<Long>> actions) {
    assertThat(calls(actions)).hasSize(1);
    return calls(actions).getFirst();
  }

  private List<Action<Long>> step(Event<Long> event) {
    List<Action<Long>> actions = core.step(event, now);
    core.checkInvariants();
    return actions;
  }

  private PartitionView partition() {
    return core.view(now).getFirst();
  }

  private Action.Letter<Long> letter(long record) {
    return Objects.requireNonNull(letters.get(record));
  }

  private long frontier() {
    return partition().frontier().offset();
  }
}
