package dev.millrace.engine.call;

import dev.millrace.engine.core.Failure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/// One call of a function, with all its records. Run it once; cancel it from any thread.
///
/// A batch is decoded up to the first unreadable record, called, and checked as a whole. Without a
/// list the records are decoded, called and checked one after the other until one fails.
public final class FunctionCall implements Runnable {
  private final FunctionInvoker invoker;
  private final CallRequest request;
  private final Consumer<CallResult> whenDone;
  private final boolean batch;

  // Touched by one thread after the other: the one that runs, then those that complete stages.
  private final List<OutgoingRecord> outputs;
  private byte[] prefix = new byte[0];
  private int done;
  private int tombstones;
  private int readable;
  private @Nullable Failure failure;

  // Guarded by this.
  private boolean cancelled;
  private @Nullable Thread inAuthorsCode;
  private @Nullable CompletionStage<?> awaited;
  private @Nullable CompletableFuture<@Nullable Object> outcome;

  FunctionCall(FunctionInvoker invoker, CallRequest request, Consumer<CallResult> whenDone) {
    this.invoker = invoker;
    this.request = request;
    this.whenDone = whenDone;
    this.batch = invoker.definition().input().batch();
    this.outputs = new ArrayList<>(request.records().size());
  }

  /// Calls the function. Returns when it has, or, for one that returns a `CompletionStage`, at
  /// once. Throws nothing.
  @Override
  public void run() {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(invoker.authorLoader());
    boolean ended;
    try {
      ended = batch ? callBatch() : callSingly();
    } catch (Throwable e) {
      fail(new Failure.Defect(e));
      ended = true;
    } finally {
      thread.setContextClassLoader(before);
    }
    if (ended) {
      tell();
    }
  }

  /// Asks the call to end: interrupts the author's code if it is running, cancels the stage that is
  /// waited for, and calls no further record. A call cancelled before it is done ends as
  /// [Failure.FunctionFailed].
  public void cancel() {
    CompletionStage<?> stage;
    CompletableFuture<@Nullable Object> waiting;
    synchronized (this) {
      cancelled = true;
      if (inAuthorsCode != null) {
        inAuthorsCode.interrupt();
      }
      stage = awaited;
      waiting = outcome;
    }
    if (waiting != null && waiting.completeExceptionally(new CancellationException("cancelled"))) {
      cancelStage(stage);
    }
  }

  /// The record the call is at, and the author's lines that a thread is in: why it hangs. A batch
  /// is at its first record.
  ///
  /// @return such as `orders-0 @ 42` and below it the lines, four blanks in; no lines while no
  ///   thread is in the author's code
  public String whereabouts() {
    StackTraceElement[] frames;
    synchronized (this) {
      frames = inAuthorsCode == null ? new StackTraceElement[0] : inAuthorsCode.getStackTrace();
    }
    // Another thread counts; it may just have moved on.
    int at = batch ? 0 : Math.min(done, request.records().size() - 1);
    return request.partition()
        + " @ "
        + request.records().get(at).offset()
        + AuthorStack.lines(frames, invoker.definition().method().getDeclaringClass());
  }

  private static void cancelStage(@Nullable CompletionStage<?> stage) {
    try {
      if (stage != null) {
        stage.toCompletableFuture().cancel(true);
      }
    } catch (RuntimeException e) {
      // The author's stage cannot be cancelled; nobody waits for it any more.
    }
  }

  /// Whether the call has ended; if not, somebody completes a stage.
  private boolean callBatch() {
    List<ConsumerRecord<byte[], byte[]>> records = request.records();
    InputDecoder decoder = invoker.decoder();
    int count = records.size();
    List<Object> values = new ArrayList<>(count);
    Failure unreadable = null;
    for (readable = 0; readable < count; readable++) {
      ConsumerRecord<byte[], byte[]> record = records.get(readable);
      if (decoder.skips(record)) {
        tombstones++;
        continue;
      }
      try {
        values.add(decoder.decode(record, request.attempt(), request.origin()));
      } catch (UnreadableException e) {
        unreadable = new Failure.Unreadable(e);
        break;
      }
    }
    failure = unreadable;
    if (values.isEmpty()) {
      done = readable;
      return true;
    }
    return callAuthor(values);
  }

  private boolean callSingly() {
    List<ConsumerRecord<byte[], byte[]>> records = request.records();
    InputDecoder decoder = invoker.decoder();
    while (failure == null && done < records.size()) {
      ConsumerRecord<byte[], byte[]> record = records.get(done);
      if (decoder.skips(record)) {
        tombstones++;
        done++;
        continue;
      }
      Object input;
      try {
        input = decoder.decode(record, done == 0 ? request.attempt() : 1, request.origin());
      } catch (UnreadableException e) {
        failure = new Failure.Unreadable(e);
        return true;
      }
      if (!callAuthor(input)) {
        return false;
      }
    }
    return true;
  }

  /// Calls the author's method with one input; false when its outcome will come from a stage.
  private boolean callAuthor(Object input) {
    Object returned;
    try {
      enter();
      try {
        returned = invoker.author().invokeExact(input);
      } finally {
        leave();
      }
    } catch (Throwable e) {
      fail(new Failure.FunctionFailed(e));
      return true;
    }
    if (!invoker.definition().returns().async() || returned == null) {
      release(returned);
      return true;
    }
    return !awaits((CompletionStage<?>) returned);
  }

  /// Whether the stage is not complete yet.
  private boolean awaits(CompletionStage<?> stage) {
    CompletableFuture<@Nullable Object> waiting = new CompletableFuture<>();
    synchronized (this) {
      awaited = stage;
      outcome = waiting;
    }
    try {
      stage.whenComplete((value, thrown) -> {
        if (thrown == null) {
          waiting.complete(value);
        } else {
          waiting.completeExceptionally(thrown);
        }
      });
    } catch (Throwable e) {
      waiting.completeExceptionally(e);
    }
    if (isCancelled()) {
      cancel();
    }
    // What is complete already does not go through resume: a thousand such stages must not nest a
    // thousand calls.
    switch (waiting.state()) {
      case RUNNING -> {
        waiting.whenComplete(this::resume);
        return true;
      }
      case SUCCESS -> settle(waiting.resultNow(), null);
      case FAILED -> settle(null, waiting.exceptionNow());
      case CANCELLED -> settle(null, new CancellationException("cancelled"));
    }
    return false;
  }

  private void resume(@Nullable Object value, @Nullable Throwable thrown) {
    boolean ended;
    try {
      settle(value, thrown);
      ended = batch || callSingly();
    } catch (Throwable e) {
      fail(new Failure.Defect(e));
      ended = true;
    }
    if (ended) {
      tell();
    }
  }

  private void settle(@Nullable Object value, @Nullable Throwable thrown) {
    synchronized (this) {
      awaited = null;
      outcome = null;
    }
    if (thrown == null) {
      release(value);
    } else {
      fail(
          new Failure.FunctionFailed(
              thrown instanceof CompletionException && thrown.getCause() != null
                  ? thrown.getCause()
                  : thrown));
    }
  }

  /// Turns what was returned into outputs: all of this unit's, or none.
  private void release(@Nullable Object returned) {
    Unit unit =
        batch
            ? Unit.batch(invoker.definition().name(), request)
            : Unit.single(invoker.definition().name(), request, done, prefix());
    int before = outputs.size();
    boolean whole = false;
    try {
      Events[] events = read(returned, unit);
      if (events == null) {
        return;
      }
      for (Events some : events) {
        invoker.encoder().encode(some, unit, outputs);
      }
      done = batch ? readable : done + 1;
      whole = true;
    } catch (InvalidOutputException e) {
      fail(new Failure.InvalidOutput(e));
    } finally {
      if (!whole) {
        outputs.subList(before, outputs.size()).clear();
      }
    }
  }

  /// Null when the author's collection threw while it was read.
  private Events @Nullable [] read(@Nullable Object returned, Unit unit)
      throws InvalidOutputException {
    try {
      return events(returned, unit);
    } catch (InvalidOutputException e) {
      throw e;
    } catch (Throwable e) {
      fail(new Failure.FunctionFailed(e));
      return null;
    }
  }

  private Events[] events(@Nullable Object returned, Unit unit) throws InvalidOutputException {
    ReturnShape shape = invoker.definition().returns();
    Object value =
        shape.optional() && returned instanceof Optional<?> some ? some.orElse(null) : returned;
    if (value == null) {
      return Events.NONE;
    }
    return switch (shape.form()) {
      case NOTHING -> Events.NONE;
      case ONE -> new Events[] {new Events(null, new Object[] {value})};
      case MANY -> new Events[] {new Events(null, values(value, unit))};
      case BY_TOPIC -> {
        if (!(value instanceof Map<?, ?> map)) {
          throw unfit(value, unit);
        }
        List<Events> byTopic = new ArrayList<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          if (entry.getValue() != null) {
            byTopic.add(new Events(String.valueOf(entry.getKey()), values(entry.getValue(), unit)));
          }
        }
        yield byTopic.toArray(Events[]::new);
      }
    };
  }

  private @Nullable Object[] values(Object collection, Unit unit) throws InvalidOutputException {
    if (collection instanceof Collection<?> values) {
      return values.toArray();
    }
    throw unfit(collection, unit);
  }

  private InvalidOutputException unfit(Object value, Unit unit) {
    String declared = Types.name(invoker.definition().method().getGenericReturnType());
    return unit.invalid(
        "returned a " + value.getClass().getSimpleName() + " where it says " + declared,
        "Return what the method declares");
  }

  /// What stands before the offset in each source header, the same for the whole call.
  private byte[] prefix() {
    if (prefix.length == 0) {
      prefix = Provenance.prefix(request.partition().topic(), request.partition().partition());
    }
    return prefix;
  }

  /// A failed batch has done nothing, not even skipped its tombstones.
  private void fail(Failure why) {
    failure = why;
    if (batch) {
      done = 0;
      tombstones = 0;
    }
  }

  private void tell() {
    whenDone.accept(new CallResult(done, outputs, tombstones, failure));
  }

  private synchronized boolean isCancelled() {
    return cancelled;
  }

  private synchronized void enter() {
    if (cancelled) {
      throw new CancellationException("cancelled before the next message was handed over");
    }
    inAuthorsCode = Thread.currentThread();
  }

  /// From here on no interrupt is meant for this thread.
  private synchronized void leave() {
    inAuthorsCode = null;
    Thread.interrupted();
  }
}
