package dev.millrace.testing.simulation;

import static dev.millrace.testing.simulation.Cluster.P0;
import static dev.millrace.testing.simulation.Cluster.P1;
import static dev.millrace.testing.simulation.Cluster.SECOND;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulatedConsumerTest {
  private final Cluster cluster = new Cluster(Faults.none());

  private static Map<TopicPartition, OffsetAndMetadata> at(TopicPartition partition, long offset) {
    return Map.of(partition, new OffsetAndMetadata(offset, Optional.empty(), "note"));
  }

  private static Faults losingAnswers() {
    return new Faults(0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  private static Faults refusingCommits() {
    return new Faults(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  // Reading

  @ParameterizedTest
  @EnumSource
  void aSingleMemberGetsAllPartitionsAndReadsThemInOrder(GroupProtocol protocol) {
    // Given
    cluster.write(P1, 1200);
    var reader = cluster.reader("a", protocol);
    // When
    reader.run(300);
    // Then
    assertThat(reader.calls).containsExactly("assigned[0, 1]");
    assertThat(reader.offsets).isEqualTo(LongStream.range(0, 1200).boxed().toList());
  }

  @Test
  void aPollBringsAtMostMaxPollRecords() {
    // Given
    cluster.write(P0, 10);
    var reader =
        cluster.reader(
            "a", ClientSettings.of("group", GroupProtocol.CONSUMER).withMaxPollRecords(4));
    while (reader.offsets.isEmpty()) {
      reader.poll();
    }
    // When
    reader.poll();
    // Then
    assertThat(reader.offsets).hasSize(8);
  }

  @Test
  void aPollOfOnlyHolesBringsNoRecordsButTheNextOffset() {
    // Given
    var reader = cluster.reader("a", GroupProtocol.CONSUMER).run(200);
    cluster.kafka.log(P0).hole(7);
    // When
    var polled = reader.consumer.poll(SECOND);
    // Then
    assertThat(polled.isEmpty()).isTrue();
    assertThat(requireNonNull(polled.nextOffsets().get(P0)).offset()).isEqualTo(7);
    assertThat(requireNonNull(polled.nextOffsets().get(P0)).leaderEpoch()).isPresent();
    assertThat(reader.consumer.position(P0)).isEqualTo(7);
  }

  @Test
  void anEmptyPollLetsTheTimeoutPass() {
    // Given
    var reader = cluster.reader("a", GroupProtocol.CONSUMER).run(200);
    long before = cluster.world.millis();
    // When
    reader.consumer.poll(Duration.ofMillis(50));
    // Then
    assertThat(cluster.world.millis()).isEqualTo(before + 50);
  }

  @Test
  void aPausedPartitionIsNotReadUntilItIsResumed() {
    // Given
    var reader = cluster.reader("a", GroupProtocol.CONSUMER).run(200);
    reader.consumer.pause(Set.of(P0));
    cluster.write(P0, 3);
    reader.run(50);
    assertThat(reader.offsets).isEmpty();
    // When
    reader.consumer.resume(Set.of(P0));
    // Then
    assertThat(reader.run(50).offsets).containsExactly(0L, 1L, 2L);
  }

  @Test
  void withoutACommittedOffsetAndAResetPolicyPollThrows() {
    // Given
    SimulatedConsumer consumer =
        cluster.kafka.consumer("a", ClientSettings.of("group", GroupProtocol.CONSUMER));
    consumer.subscribe(List.of("orders"), new Ignoring());
    // When
    var thrown =
        assertThatThrownBy(() -> {
          for (int i = 0; i < 100; i++) {
            consumer.poll(Duration.ofMillis(10));
          }
        });
    // Then
    thrown.isInstanceOf(NoOffsetForPartitionException.class).hasMessageContaining("orders-0");
  }

  @Test
  void aMemberStartsAtTheCommittedOffset() {
    // Given
    cluster.write(P0, 5);
    var first = cluster.reader("a", GroupProtocol.CONSUMER).run(200);
    first.consumer.commitSync(at(P0, 3), SECOND);
    first.consumer.close();
    SimulatedConsumer second =
        cluster.kafka.consumer("b", ClientSettings.of("group", GroupProtocol.CONSUMER));
    cluster.kafka.log(P1).hole(1);
    second.subscribe(List.of("orders"), new Ignoring());
    // When
    List<Long> offsets = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      try {
        second.poll(Duration.ofMillis(10)).forEach(record -> offsets.add(record.offset()));
      } catch (NoOffsetForPartitionException e) {
        second.seek(P1, 0);
      }
    }
    // Then
    assertThat(offsets).containsExactly(3L, 4L);
  }

  @Test
  void aPositionBelowTheLogStartIsOutOfRange() {
    // Given
    cluster.write(P0, 5);
    var reader = cluster.reader("a", GroupProtocol.CONSUMER).run(200);
    cluster.kafka.log(P0).expireBefore(4);
    reader.consumer.seek(P0, 1);
    // When
    var thrown = assertThatThrownBy(() -> reader.run(50));
    // Then
    thrown.isInstanceOfSatisfying(
        OffsetOutOfRangeException.class,
        e -> assertThat(e.offsetOutOfRangePartitions()).containsEntry(P0, 1L));
  }

  @Test
  void aPositionWithTheEpochOfAnEarlierLeaderIsATruncation() {
    // Given
    cluster.write(P0, 2);
    int epoch = cluster.kafka.log(P0).epoch();
    cluster.kafka.log(P0).changeLeader();
    cluster.write(P0, 3);
    var reader = cluster.reader("a", GroupProtocol.CONSUMER).run(200);
    reader.consumer.seek(P0, new OffsetAndMetadata(4, Optional.of(epoch), ""));
    // When
    var thrown = assertThatThrownBy(() -> reader.run(50));
    // Then
    thrown.isInstanceOfSatisfying(
        LogTruncationException.class,
        e -> assertThat(requireNonNull(e.divergentOffsets().get(P0)).offset()).isEqualTo(2));
  }

  @Test
  void anUnavailablePartitionDoesNotHoldUpTheOthers() {
    // Given
    var reader = cluster.reader("a", GroupProtocol.CONSUMER).run(200);
    cluster.kafka.breakPartition(P0, 100);
    cluster.write(P0, 1);
    cluster.write(P1, 2);
    // When
    reader.run(50);
    // Then
    assertThat(reader.offsets).containsExactly(0L, 1L);
    assertThat(reader.run(100).offsets).containsExactly(0L, 1L, 0L);
  }

  // Committing

  @Test
  void commitCallbacksRunInsideLaterPolls() {
    // Given
    var reader = cluster.reader("a", GroupProtocol.CONSUMER).run(200);
    List<String> answers = new ArrayList<>();
    reader.consumer.commitAsync(at(P0, 2), (offsets, error) -> answers.add(offsets + " " + error));
    cluster.world.run(100);
    assertThat(answers).isEmpty();
    // When
    reader.poll();
    // Then
    assertThat(answers).hasSize(1).first().asString().endsWith("null");
    assertThat(requireNonNull(cluster.kafka.committed("group").get(P0)).metadata())
        .isEqualTo("note");
  }

  @Test
  void aCommitWhoseAnswerIsLostIsAppliedAllTheSame() {
    // Given
    var reader = cluster.reader("a", GroupProtocol.CONSUMER).run(200);
    List<Exception> answers = new ArrayList<>();
    cluster.kafka.heal(losingAnswers());
    reader.consumer.commitAsync(at(P0, 2), (offsets, error) -> answers.add(error));
    // When
    reader.run(1000);
    // Then
    assertThat(answers).hasSize(1);
    assertThat(answers.getFirst()).isInstanceOf(RetriableCommitFailedException.class);
    assertThat(cluster.kafka.committed("group")).containsKey(P0);
  }

  @Test
  void aRefusedCommitMayBeRetried() {
    // Given
    var reader = cluster.reader("a", GroupProtocol.CONSUMER).run(200);
    List<Exception> answers = new ArrayList<>();
    cluster.kafka.heal(refusingCommits());
    reader.consumer.commitAsync(at(P0, 2), (offsets, error) -> answers.add(error));
    // When
    reader.run(100);
    // Then
    assertThat(answers).hasSize(1);
    assertThat(answers.getFirst()).isInstanceOf(RetriableCommitFailedException.class);
    assertThat(cluster.kafka.committed("group")).isEmpty();
  }

  @Test
  void commitSyncGivesUpAfterItsTimeout() {
    // Given
    var reader = cluster.reader("a", GroupProtocol.CONSUMER).run(200);
    cluster.kafka.breakCluster(10_000);
    long before = cluster.world.millis();
    // When
    var thrown = assertThatThrownBy(() -> reader.consumer.commitSync(at(P0, 2), SECOND));
    // Then
    thrown.isInstanceOf(TimeoutException.class);
    assertThat(cluster.world.millis() - before).isBetween(1000L, 1020L);
  }

  @Test
  void commitSyncRunsTheCallbacksOfEarlierCommits() {
    // Given
    var reader = cluster.reader("a", GroupProtocol.CONSUMER).run(200);
    List<Long> answered = new ArrayList<>();
    reader.consumer.commitAsync(
        at(P0, 2), (offsets, error) -> answered.add(requireNonNull(offsets.get(P0)).offset()));
    // When
    reader.consumer.commitSync(at(P0, 3), SECOND);
    // Then
    assertThat(answered).containsExactly(2L);
    assertThat(requireNonNull(cluster.kafka.committed("group").get(P0)).offset()).isEqualTo(3);
  }

  @Test
  void aSecondCommitNeverOvertakesTheFirst() {
    // Given
    var reader = cluster.reader("a", GroupProtocol.CONSUMER).run(200);
    cluster.kafka.heal(new Faults(0.5, 500, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    // When
    for (int i = 1; i <= 20; i++) {
      reader.consumer.commitAsync(at(P0, i), null);
    }
    // Then
    reader.run(2000);
    assertThat(requireNonNull(cluster.kafka.committed("group").get(P0)).offset()).isEqualTo(20);
  }

  // Rebalances

  @ParameterizedTest
  @EnumSource
  void aJoiningMemberTakesItsShareOnlyAfterItWasLetGo(GroupProtocol protocol) {
    // Given
    var a = cluster.reader("a", protocol).run(200);
    var b = cluster.reader("b", protocol);
    // When
    for (int i = 0; i < 100; i++) {
      a.poll();
      b.poll();
      cluster
          .kafka
          .partitions("orders")
          .forEach(p -> assertThat(cluster.kafka.owners("group", p)).hasSizeLessThan(2));
    }
    // Then
    assertThat(a.calls).hasSize(2).first().isEqualTo("assigned[0, 1]");
    assertThat(b.calls).hasSize(1);
    assertThat(a.consumer.assignment()).hasSize(1);
    assertThat(b.consumer.assignment())
        .hasSize(1)
        .doesNotContainAnyElementsOf(a.consumer.assignment());
  }

  @ParameterizedTest
  @EnumSource
  void aMemberMayCommitWhatIsBeingRevoked(GroupProtocol protocol) {
    // Given
    cluster.write(P0, 1);
    cluster.write(P1, 1);
    var a = cluster.reader("a", protocol).run(200);
    a.onRevoked =
        () -> {
          assertThat(a.consumer.assignment()).hasSize(2);
          a.consumer.commitSync(
              Map.of(P0, new OffsetAndMetadata(1), P1, new OffsetAndMetadata(1)), SECOND);
        };
    var b = cluster.reader("b", protocol);
    // When
    for (int i = 0; i < 100; i++) {
      a.poll();
      b.poll();
    }
    // Then
    assertThat(a.calls).hasSize(2);
    assertThat(cluster.kafka.committed("group")).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void pausesOfRevokedPartitionsVanish(GroupProtocol protocol) {
    // Given
    var a = cluster.reader("a", protocol).run(200);
    a.consumer.pause(Set.of(P0, P1));
    var b = cluster.reader("b", protocol);
    for (int i = 0; i < 100; i++) {
      a.poll();
      b.poll();
    }
    assertThat(a.consumer.paused()).hasSize(1);
    // When
    b.consumer.close();
    // Then
    a.run(300);
    assertThat(a.consumer.assignment()).hasSize(2);
    assertThat(a.consumer.paused()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void aCrashedMembersPartitionsAreFreeAfterTheSessionTimeout(GroupProtocol protocol) {
    // Given
    var a = cluster.reader("a", protocol).run(200);
    var b = cluster.reader("b", protocol);
    a.consumer.crash();
    assertThatThrownBy(a::poll).isInstanceOf(Crashed.class);
    b.run(800);
    assertThat(b.consumer.assignment()).isEmpty();
    // When
    b.run(600);
    // Then
    assertThat(b.consumer.assignment()).containsExactlyInAnyOrder(P0, P1);
  }

  @ParameterizedTest
  @EnumSource
  void aFencedMemberLosesItsPartitionsAndCannotCommit(GroupProtocol protocol) {
    // Given
    var a = cluster.reader("a", protocol).run(200);
    a.consumer.cutOff(1500);
    cluster.world.run(1600);
    // When
    var thrown = assertThatThrownBy(() -> a.consumer.commitSync(at(P0, 1), SECOND));
    // Then
    thrown.isInstanceOf(CommitFailedException.class);
    a.run(300);
    assertThat(a.calls).containsExactly("assigned[0, 1]", "lost[0, 1]", "assigned[0, 1]");
  }

  @ParameterizedTest
  @EnumSource
  void aMemberThatDoesNotPollInTimeLosesItsPartitions(GroupProtocol protocol) {
    // Given
    var a =
        cluster.reader("a", ClientSettings.of("group", protocol).withTimeouts(1000, 2000)).run(200);
    // When
    cluster.world.run(2500);
    // Then
    a.run(300);
    assertThat(a.calls).containsExactly("assigned[0, 1]", "lost[0, 1]", "assigned[0, 1]");
  }

  @ParameterizedTest
  @EnumSource
  void closeRevokesWhatIsOwnedAndLeaves(GroupProtocol protocol) {
    // Given
    var a = cluster.reader("a", protocol).run(200);
    var b = cluster.reader("b", protocol);
    // When
    a.consumer.close();
    // Then
    b.run(300);
    assertThat(a.calls).containsExactly("assigned[0, 1]", "revoked[0, 1]");
    assertThat(b.consumer.assignment()).hasSize(2);
    assertThatThrownBy(a::poll).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anExceptionInARebalanceCallbackComesOutOfPoll() {
    // Given
    SimulatedConsumer consumer =
        cluster.kafka.consumer("a", ClientSettings.of("group", GroupProtocol.CONSUMER));
    consumer.subscribe(
        List.of("orders"),
        new Ignoring() {
          @Override
          public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            throw new IllegalStateException("mine");
          }
        });
    // When
    var thrown =
        assertThatThrownBy(() -> {
          for (int i = 0; i < 100; i++) {
            consumer.poll(Duration.ofMillis(10));
          }
        });
    // Then
    thrown.isInstanceOf(KafkaException.class).hasRootCauseMessage("mine");
  }

  @Test
  void addedPartitionsAreAssigned() {
    // Given
    var a = cluster.reader("a", GroupProtocol.CONSUMER).run(200);
    // When
    cluster.kafka.createTopic("orders", 3);
    // Then
    assertThat(a.run(200).consumer.assignment()).hasSize(3);
  }

  @ParameterizedTest
  @EnumSource
  void underHeavyFaultsNoPartitionHasTwoOwnersAndTheGroupSettles(GroupProtocol protocol) {
    for (long seed = 0; seed < 50; seed++) {
      // Given
      Cluster faulty = new Cluster(seed, Faults.heavy());
      faulty.kafka.createTopic("orders", 4);
      var readers =
          List.of(
              faulty.reader("a", protocol),
              faulty.reader("b", protocol),
              faulty.reader("c", protocol));
      faulty.kafka.breakUntil(5000);
      // When
      while (faulty.world.millis() < 8000) {
        if (faulty.world.millis() > 5000) {
          faulty.kafka.heal(Faults.none());
        }
        for (var reader : readers) {
          try {
            reader.poll();
          } catch (NoOffsetForPartitionException e) {
            e.partitions().forEach(partition -> reader.consumer.seek(partition, 0));
          } catch (KafkaException e) {
            faulty.world.tell("test", "%s", e);
            faulty.world.sleep(1);
          }
          for (TopicPartition partition : faulty.kafka.partitions("orders")) {
            assertThat(faulty.kafka.owners("group", partition))
                .as("seed %s", seed)
                .hasSizeLessThan(2);
          }
        }
      }
      // Then
      List<TopicPartition> all = new ArrayList<>();
      readers.forEach(reader -> all.addAll(reader.consumer.assignment()));
      assertThat(all)
          .as("seed %s\n%s", seed, faulty.world.story())
          .containsExactlyInAnyOrderElementsOf(faulty.kafka.partitions("orders"));
    }
  }

  // Asking

  @Test
  void offsetsAndTimesAreThoseOfTheLog() {
    // Given
    cluster.write(P0, 2);
    cluster.world.run(1000);
    cluster.write(P0, 2);
    cluster.kafka.log(P0).expireBefore(1);
    var consumer = cluster.reader("a", GroupProtocol.CONSUMER).consumer;
    // When
    var found = consumer.offsetsForTimes(Map.of(P0, 500L, P1, 0L), SECOND);
    // Then
    assertThat(requireNonNull(found.get(P0)).offset()).isEqualTo(2);
    assertThat(found).containsEntry(P1, null);
    assertThat(consumer.beginningOffsets(List.of(P0), SECOND)).containsEntry(P0, 1L);
    assertThat(consumer.endOffsets(List.of(P0), SECOND)).containsEntry(P0, 4L);
    assertThat(consumer.partitionsFor("orders", SECOND)).hasSize(2);
    assertThat(consumer.partitionsFor("nothing", SECOND)).isEmpty();
  }

  @Test
  void askingAClusterThatIsAwayTimesOut() {
    // Given
    var consumer = cluster.reader("a", GroupProtocol.CONSUMER).consumer;
    cluster.kafka.breakCluster(10_000);
    // When
    var thrown = assertThatThrownBy(() -> consumer.committed(Set.of(P0), SECOND));
    // Then
    thrown.isInstanceOf(TimeoutException.class);
    assertThat(cluster.world.millis()).isBetween(990L, 1010L);
  }

  @Test
  void whatIsNotSimulatedSaysSo() {
    // Given
    var consumer = cluster.reader("a", GroupProtocol.CONSUMER).consumer;
    // When
    var thrown = assertThatThrownBy(consumer::wakeup);
    // Then
    thrown
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("not simulated: Consumer.wakeup");
  }

  private static class Ignoring implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
  }
}
