package dev.millrace.testing.simulation;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Virtual time and chance: events happen one after the other in the calling thread, and the same
/// seed tells the same story.
///
/// Time stands still while code runs and passes only in [#await], [#sleep] and [#run]. These may be
/// nested: what waits inside an event lets the other events happen meanwhile, and goes on once
/// those that began in between are through. Not thread-safe.
public final class World {
  private record Event(long millis, int shuffle, long number, Runnable action)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int order = Long.compare(millis, other.millis);
      if (order == 0) {
        order = Integer.compare(shuffle, other.shuffle);
      }
      return order != 0 ? order : Long.compare(number, other.number);
    }
  }

  private final long seed;
  private final SplittableRandom random;
  private final Story story;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long now;
  private long scheduled;
  private @Nullable Throwable failure;

  /// A world at time 0.
  ///
  /// @param seed decides everything that is left to chance
  /// @param story where the world's actors tell what they do
  public World(long seed, Story story) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.story = story;
  }

  /// What this world was made from.
  public long seed() {
    return seed;
  }

  /// The virtual time in milliseconds.
  public long millis() {
    return now;
  }

  /// The one source of chance.
  public RandomGenerator random() {
    return random;
  }

  /// True with this probability.
  public boolean chance(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  /// A number from `low` to `high`, both included.
  public long between(long low, long high) {
    return low >= high ? low : random.nextLong(low, high + 1);
  }

  /// What has been told so far.
  public Story story() {
    return story;
  }

  /// Adds a line to the story.
  public void tell(String who, String what, Object... arguments) {
    story.tell(now, who, what, arguments);
  }

  /// Lets something happen later. What is due at the same time happens in an order left to chance.
  ///
  /// @param millis how much later; 0 or less: as soon as the running event ends or waits
  public void in(long millis, Runnable action) {
    events.add(new Event(now + Math.max(0, millis), random.nextInt(), scheduled++, action));
  }

  /// Lets time pass until the condition holds, at most for the given time.
  ///
  /// @return whether the condition holds
  /// @throws IllegalStateException if it can never hold: nothing is left to happen, and the time is
  ///   unlimited ([Long#MAX_VALUE])
  public boolean await(BooleanSupplier condition, long millis) {
    long deadline = millis > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + millis;
    while (!condition.getAsBoolean()) {
      Event next = events.peek();
      if (next == null && deadline == Long.MAX_VALUE) {
        throw fail(new IllegalStateException("waits for ever: nothing is left to happen"));
      }
      if (next == null || next.millis > deadline) {
        now = Math.max(now, deadline);
        return condition.getAsBoolean();
      }
      events.remove();
      happen(next);
    }
    return true;
  }

  /// Lets time pass.
  public void sleep(long millis) {
    await(() -> false, millis);
  }

  /// Lets time pass from outside of all events, and throws what went wrong meanwhile, even if an
  /// actor caught it.
  public void run(long millis) {
    run(() -> false, millis);
  }

  /// As [#run(long)], until the condition holds.
  ///
  /// @return whether the condition holds
  public boolean run(BooleanSupplier condition, long millis) {
    try {
      return await(condition, millis);
    } catch (Failed e) {
      throw rethrown(e);
    }
  }

  /// Ends this world: the failure reaches whoever runs it, whatever the actors in between catch.
  ///
  /// @return never; so that callers can write `throw`
  public Error fail(Throwable cause) {
    if (failure == null) {
      failure = cause;
      tell("world", "FAILED: %s", cause);
    }
    throw new Failed(cause);
  }

  private void happen(Event event) {
    now = Math.max(now, event.millis);
    check();
    try {
      event.action.run();
    } catch (Failed e) {
      throw e;
    } catch (Throwable e) {
      throw fail(e);
    }
    check();
  }

  private void check() {
    if (failure != null) {
      throw new Failed(failure);
    }
  }

  private static RuntimeException rethrown(Failed failed) {
    switch (failed.getCause()) {
      case RuntimeException cause -> throw cause;
      case Error cause -> throw cause;
      case null, default -> throw failed;
    }
  }

  private static final class Failed extends Error {
    private static final long serialVersionUID = 1;

    Failed(Throwable cause) {
      super(cause.toString(), cause, false, false);
    }
  }
}
