package dev.millrace.engine.call;

import dev.millrace.engine.core.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// How workers, the producer's callbacks and people tell the engine thread what happened.
/// Thread-safe; events come out in the order they went in.
public final class Mailbox {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition posted = lock.newCondition();
  private List<Event<ConsumerRecord<byte[], byte[]>>> events = new ArrayList<>();

  /// Leaves an event for the engine thread and wakes it if it waits here.
  public void post(Event<ConsumerRecord<byte[], byte[]>> event) {
    lock.lock();
    try {
      events.add(event);
      posted.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Takes everything that is there, in order.
  public List<Event<ConsumerRecord<byte[], byte[]>>> take() {
    lock.lock();
    try {
      if (events.isEmpty()) {
        return List.of();
      }
      List<Event<ConsumerRecord<byte[], byte[]>>> taken = events;
      events = new ArrayList<>();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until something is there or the time is over.
  public void await(long millis) {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (events.isEmpty() && left > 0) {
        left = posted.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  /// Whether nothing is there.
  public boolean isEmpty() {
    lock.lock();
    try {
      return events.isEmpty();
    } finally {
      lock.unlock();
    }
  }
}
