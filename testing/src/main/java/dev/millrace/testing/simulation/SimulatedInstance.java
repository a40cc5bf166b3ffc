package dev.millrace.testing.simulation;

import dev.millrace.engine.call.KafkaPartition;
import dev.millrace.engine.call.Mailbox;
import dev.millrace.engine.core.Action;
import dev.millrace.engine.core.Core;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.core.Limits;
import dev.millrace.engine.core.PartitionId;
import dev.millrace.engine.core.PartitionView;
import dev.millrace.engine.loop.Begun;
import dev.millrace.engine.loop.Bounds;
import dev.millrace.engine.loop.EngineLoop;
import dev.millrace.engine.loop.KafkaRecordView;
import dev.millrace.engine.loop.LoopListener;
import dev.millrace.engine.loop.LoopSettings;
import dev.millrace.engine.settings.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// One process of the function: the real loop and the real core over simulated clients. It can be
/// started, asked to stop, frozen and killed.
final class SimulatedInstance implements LoopListener {
  /// One life of the process, from start to end or crash.
  private final class Life {
    final SimulatedConsumer consumer;
    final SimulatedProducer producer;
    final SimulatedExecutor executor;
    final Mailbox mailbox = new Mailbox();
    final Core<ConsumerRecord<byte[], byte[]>> core;
    final EngineLoop loop;
    String topicId = simulation.cluster().topicId(EngineSimulation.INPUT);
    long idleMillis;
    boolean over;
    boolean frozen;

    Life() {
      consumer = simulation.cluster().consumer(name, simulation.client());
      producer = simulation.cluster().producer(name, simulation.client());
      executor = simulation.executor(name, producer, mailbox);
      core = new Core<>(simulation.limits(), new KafkaRecordView(), world.random());
      loop =
          new EngineLoop(
              new LoopSettings(
                  List.of(EngineSimulation.INPUT),
                  new Start.Earliest(),
                  Duration.ofMillis(300),
                  Duration.ofMillis(600)),
              consumer,
              core,
              executor,
              mailbox,
              SimulatedInstance.this,
              topic -> topicId,
              world::millis,
              Begun.at(Instant.EPOCH),
              this::idle);
      loop.bound(simulation.bounds());
      consumer.beforePoll(this::check);
    }

    /// In a rebalance callback time must pass here; in a tick it passes between this one and the
    /// next.
    private void idle(Mailbox box, long millis) {
      if (consumer.inListener()) {
        world.await(() -> over || !box.isEmpty(), millis);
        if (over) {
          throw new Crashed(name);
        }
        core.checkInvariants();
      } else {
        idleMillis = millis;
      }
    }

    private void check() {
      checkPauses();
      // What a stopped partition has given back is called again at the resume, killed or not.
      List<PartitionId> working =
          core.view(world.millis()).stream()
              .filter(
                  partition -> !(partition.condition() instanceof PartitionView.Condition.Stopped))
              .map(PartitionView::partition)
              .toList();
      int again = executor.uncommitted(working, simulation.committed());
      if (again > simulation.mostRepeated()) {
        throw new AssertionError("I8: killing " + name + " now would repeat " + again + " records");
      }
    }

    /// What is paused is what the core wants paused, and what has no position yet (I10); in a
    /// bounded run also what has come to its end.
    private void checkPauses() {
      Set<TopicPartition> wanted = new HashSet<>(consumer.assignment());
      core.partitions().forEach(partition -> wanted.remove(KafkaPartition.of(partition)));
      core.paused().forEach(partition -> wanted.add(KafkaPartition.of(partition)));
      boolean bounded = !simulation.bounds().equals(Bounds.NONE);
      if (bounded ? !consumer.paused().containsAll(wanted) : !wanted.equals(consumer.paused())) {
        throw new AssertionError(
            "I10: " + name + " paused " + consumer.paused() + " instead of " + wanted);
      }
    }
  }

  private final String name;
  private final EngineSimulation simulation;
  private final World world;
  private @Nullable Life life;
  private boolean ticking;
  private long frozenUntil;
  private long insideMillis;

  SimulatedInstance(String name, EngineSimulation simulation) {
    this.name = name;
    this.simulation = simulation;
    this.world = simulation.world();
  }

  boolean running() {
    return life != null;
  }

  void start() {
    world.tell(name, "starts");
    Life started = new Life();
    life = started;
    started.loop.subscribe();
    world.in(0, () -> tick(started));
  }

  /// SIGTERM.
  void stop() {
    Life current = life;
    if (current != null) {
      world.tell(name, "is asked to stop");
      current.loop.stop();
    }
  }

  /// Kill -9.
  void crash() {
    Life current = life;
    if (current != null) {
      world.tell(name, "is killed");
      simulation.repeats();
      end(current);
      current.consumer.crash();
      current.producer.crash();
      current.executor.crash();
    }
  }

  /// The engine thread stands still, and so do its heartbeats.
  void freeze(long millis, boolean expires) {
    Life current = life;
    if (current != null) {
      world.tell(name, "is frozen for %d ms", millis);
      simulation.repeats();
      current.frozen = true;
      frozenUntil = world.millis() + millis;
      current.consumer.cutOff(millis);
      if (expires) {
        current.consumer.expire();
      }
    }
  }

  /// Tells it the ids of topics a little later.
  void hearOfTopic(long millis) {
    Life current = life;
    if (current != null) {
      world.in(
          millis, () -> current.topicId = simulation.cluster().topicId(EngineSimulation.INPUT));
    }
  }

  /// Where reading ends from now on.
  void bound(Bounds where) {
    Life current = life;
    if (current != null) {
      current.loop.bound(where);
      current.executor.unbounded();
    }
  }

  /// Other limits hold from now on.
  void limit(Limits limits) {
    Life current = life;
    if (current != null) {
      current.loop.limit(limits);
    }
  }

  /// Makes no further calls, or does so again.
  void hold(boolean held) {
    Life current = life;
    if (current != null) {
      world.tell(name, held ? "is held" : "is held no more");
      current.loop.hold(held);
    }
  }

  void resume() {
    Life current = life;
    if (current != null) {
      current.loop.resume();
    }
  }

  List<PartitionView> partitions() {
    Life current = life;
    return current == null ? List.of() : current.core.view(world.millis());
  }

  private void tick(Life current) {
    if (current.over) {
      return;
    }
    if (world.millis() < frozenUntil) {
      world.in(frozenUntil - world.millis(), () -> tick(current));
      return;
    }
    long began = world.millis();
    long insideBefore = simulation.nested();
    current.idleMillis = 0;
    ticking = true;
    boolean more;
    try {
      more = current.loop.tick();
      current.core.checkInvariants();
      if (!more) {
        end(current, current.loop.close());
        return;
      }
    } catch (Crashed e) {
      return;
    } finally {
      ticking = false;
      insideMillis = world.millis() - began - (simulation.nested() - insideBefore);
      simulation.nest(world.millis() - began);
    }
    if (insideMillis >= simulation.client().maxPollInterval() / 4) {
      throw new AssertionError("I11: a tick of " + name + " took " + insideMillis + " ms");
    }
    long idle = Math.max(current.idleMillis, current.consumer.idleMillis());
    world.in(world.between(Math.min(1, idle), Math.max(1, idle)), () -> tick(current));
  }

  private void end(Life current, boolean drained) {
    world.tell(name, drained ? "has drained and ends" : "ends before all was finished");
    if (!drained) {
      if (simulation.calm() && !current.frozen) {
        throw new AssertionError(name + " did not finish though nothing stood in its way");
      }
      simulation.repeats();
    }
    end(current);
    current.producer.close(Duration.ofMillis(100));
    current.executor.crash();
  }

  private void end(Life current) {
    current.over = true;
    life = null;
  }

  // What the loop tells

  @Override
  public void retrying(Action.Retrying<ConsumerRecord<byte[], byte[]>> retrying) {
    world.tell(
        name,
        "%s @ %d will be tried again in %d ms: %s",
        retrying.partition(),
        retrying.first().offset(),
        retrying.waitMillis(),
        retrying.failure());
    if (retrying.failure() instanceof Failure.Unavailable) {
      simulation.repeats();
    }
  }

  @Override
  public void stopped(Action.Stopped<ConsumerRecord<byte[], byte[]>> stopped) {
    world.tell(
        name,
        "%s stopped @ %d: %s",
        stopped.partition(),
        stopped.first().offset(),
        stopped.failure());
    simulation.repeats();
    simulation.stopped(
        KafkaPartition.of(stopped.partition()), stopped.first().offset(), stopped.failure());
  }

  @Override
  public void skipped(Action.Skipped<ConsumerRecord<byte[], byte[]>> skipped) {
    world.tell(
        name,
        "%s @ %d passed over: %s",
        skipped.partition(),
        skipped.position().offset(),
        skipped.failure());
    simulation.skipped(
        KafkaPartition.of(skipped.partition()), skipped.position().offset(), skipped.failure());
  }

  @Override
  public void searching(Action.Searching<ConsumerRecord<byte[], byte[]>> searching) {
    world.tell(
        name,
        "%s @ %d: %d records are halved: %s",
        searching.partition(),
        searching.first().offset(),
        searching.records(),
        searching.failure());
    simulation.searches(searching.failure() instanceof Failure.InvalidOutput);
  }

  @Override
  public void deadLetters(Action.DeadLetters<ConsumerRecord<byte[], byte[]>> letters) {
    letters.letters().forEach(letter -> simulation.deadLetter(letter.record()));
  }

  @Override
  public void expired(TopicPartition partition, long from, long to) {
    world.tell(name, "%s expired from %d to %d", partition, from, to);
    simulation.expired(partition, to);
  }

  @Override
  public void truncated(TopicPartition partition, long from, long to) {
    world.tell(name, "%s was cut back from %d to %d", partition, from, to);
    simulation.truncated(partition);
    Life current = life;
    if (current != null) {
      current.executor.forget(new PartitionId(partition.topic(), partition.partition()), to);
    }
  }

  @Override
  public void recreated(String topic) {
    world.tell(name, "%s is another topic", topic);
    simulation.recreated();
    Life current = life;
    if (current != null) {
      current.core.partitions().forEach(partition -> current.executor.forget(partition, 0));
    }
  }

  @Override
  public void unavailable(Exception cause, Duration wait) {
    world.tell(name, "unavailable: %s", cause);
  }

  @Override
  public void available() {
    world.tell(name, "available again");
  }

  @Override
  public void commitFailed(Exception cause) {
    world.tell(name, "commit failed: %s", cause);
    simulation.repeats();
  }

  @Override
  public void defect(Throwable cause) {
    throw new AssertionError("a defect ended " + name, cause);
  }
}
