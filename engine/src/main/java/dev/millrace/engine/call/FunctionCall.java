package dev.millrace.engine.call;

import dev.millrace.Verdict;
import dev.millrace.VerdictException;
import dev.millrace.Verdicts;
import dev.millrace.engine.core.Event;
import dev.millrace.engine.core.Failure;
import dev.millrace.engine.core.Ruling;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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
/// A batch is decoded, called, and checked as a whole. Without a list the records are decoded,
/// called and checked one after the other until one fails. Records that cannot be read, and those
/// that the author gave a verdict on, stand apart.
public final class FunctionCall implements Runnable {
  private final FunctionInvoker invoker;
  private final CallRequest request;
  private final Consumer<CallResult> whenDone;
  private final boolean batch;

  // Touched by one thread after the other: the one that runs, then those that complete stages.
  private final List<OutgoingRecord> outputs;
  private byte[] prefix = new byte[0];
  private final List<Event.Apart> apart = new ArrayList<>();
  private int done;
  private int tombstones;

  /// How many records of a batch the call deals with, and where its values are among them.
  private int handled;

  private int[] places = new int[0];
  private List<Object> values = List.of();

  private @Nullable Verdicts verdicts;
  private @Nullable Failure failure;

  /// Whether the failure is that of the record behind the done ones alone.
  private boolean alone;

  // Guarded by this.
  private boolean cancelled;

  /// It takes too long, and hands over no further message.
  private boolean overdue;

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

  /// How far a call has come that may not go on: a batch has dealt with nothing, messages that are
  /// handed over one by one are done up to the one it is at. No further one is handed over.
  ///
  /// @param why it may not go on
  /// @return empty when it is not in the author's code: then it ends by itself. Else it is to be
  ///   cancelled
  public synchronized Optional<CallResult> stopped(Failure why) {
    overdue = true;
    // While it is in there its thread touches nothing before it comes by here.
    if (inAuthorsCode == null && awaited == null) {
      cancelled |= batch || done == 0;
      return Optional.empty();
    }
    return Optional.of(
        batch
            ? new CallResult(0, List.of(), 0, why)
            : new CallResult(
                done, List.copyOf(apart), List.copyOf(outputs), tombstones, why, true));
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
    values = new ArrayList<>(count);
    places = new int[count];
    for (handled = 0; handled < count; handled++) {
      ConsumerRecord<byte[], byte[]> record = records.get(handled);
      if (decoder.skips(record)) {
        tombstones++;
        continue;
      }
      try {
        Object value = decoder.decode(record, request.attempt(), request.origin());
        places[values.size()] = handled;
        values.add(value);
      } catch (UnreadableException e) {
        if (request.upToUnreadable()) {
          failure = new Failure.Unreadable(e);
          alone = true;
          break;
        }
        apart.add(new Event.Apart(handled, new Failure.Unreadable(e)));
      }
    }
    if (values.isEmpty()) {
      done = handled;
      return true;
    }
    // The author may sort or shorten the list; verdicts are looked up in ours.
    return callAuthor(invoker.takesVerdicts() ? new ArrayList<>(values) : values, values);
  }

  private boolean callSingly() {
    List<ConsumerRecord<byte[], byte[]>> records = request.records();
    InputDecoder decoder = invoker.decoder();
    while (failure == null && done < records.size() && mayGoOn()) {
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
        apartOrFailed(new Failure.Unreadable(e), request.upToUnreadable());
        continue;
      }
      if (!callAuthor(input, List.of(input))) {
        return false;
      }
    }
    return true;
  }

  /// What is left when time is up was never called, and is not at fault.
  private synchronized boolean mayGoOn() {
    return !overdue || done == 0;
  }

  /// A record called by itself failed, or was given a verdict.
  private void apartOrFailed(Failure why, boolean ends) {
    if (ends) {
      failure = why;
      alone = true;
    } else {
      apart.add(new Event.Apart(done++, why));
    }
  }

  /// Calls the author's method with one input; false when its outcome will come from a stage.
  ///
  /// @param messages those in it
  private boolean callAuthor(Object input, List<Object> messages) {
    Object returned;
    if (invoker.takesVerdicts()) {
      verdicts = new Verdicts(messages);
      values = messages;
    }
    try {
      enter();
      try {
        returned = invoker.author().invokeExact(input, verdicts);
      } finally {
        leave();
      }
    } catch (Throwable e) {
      fail(thrown(e));
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
          thrown(
              thrown instanceof CompletionException && thrown.getCause() != null
                  ? thrown.getCause()
                  : thrown));
    }
  }

  private static Failure thrown(Throwable thrown) {
    return thrown instanceof VerdictException given
        ? verdict(given.verdict(), given)
        : new Failure.FunctionFailed(thrown);
  }

  private static Failure verdict(Verdict verdict, Throwable cause) {
    return new Failure.Verdict(
        switch (verdict) {
          case Verdict.Skip given -> new Ruling.Skip();
          case Verdict.Retry(var after, String reason) ->
              new Ruling.Retry(after == null ? -1 : Math.max(0, after.toMillis()));
          case Verdict.DeadLetter given -> new Ruling.DeadLetter();
          case Verdict.Stop given -> new Ruling.Stop();
        },
        cause);
  }

  /// Turns what was returned into outputs: all of this unit's, or none.
  private void release(@Nullable Object returned) {
    Unit unit =
        batch
            ? Unit.batch(invoker.definition().name(), request)
            : Unit.single(invoker.definition().name(), request, done, prefix());
    if (verdicts != null && !verdicts.isEmpty()) {
      if (!batch) {
        judged(new VerdictException(verdicts.of(values.getFirst()).orElseThrow()));
        return;
      }
      apart(verdicts);
    }
    if (batch && !apart.isEmpty()) {
      if (apart.size() + tombstones == handled) {
        // No message is simply done, so that the outputs are nobody's.
        done = handled;
        return;
      }
      apart.forEach(one -> unit.withhold(request.records().get(one.index()).offset()));
    }
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
      done = batch ? handled : done + 1;
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
      fail(thrown(e));
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

  private void apart(Verdicts given) {
    for (int i = 0; i < values.size(); i++) {
      Verdict verdict = given.of(values.get(i)).orElse(null);
      if (verdict != null) {
        apart.add(new Event.Apart(places[i], verdict(verdict, new VerdictException(verdict))));
      }
    }
    apart.sort(Comparator.comparingInt(Event.Apart::index));
  }

  /// A record called by itself was given a verdict: the next one is called, unless it must wait.
  private void judged(VerdictException given) {
    boolean ends =
        switch (given.verdict()) {
          case Verdict.Skip verdict -> false;
          case Verdict.DeadLetter verdict -> false;
          case Verdict.Retry verdict -> true;
          case Verdict.Stop verdict -> true;
        };
    apartOrFailed(thrown(given), ends);
  }

  /// A failed batch has done nothing, not even skipped its tombstones. A record called by itself
  /// has failed alone.
  private void fail(Failure why) {
    if (batch) {
      failure = why;
      alone = false;
      done = 0;
      tombstones = 0;
      apart.clear();
    } else if (why instanceof Failure.Verdict(Ruling ruling, VerdictException given)) {
      judged(given);
    } else {
      failure = why;
      alone = true;
    }
  }

  private void tell() {
    whenDone.accept(new CallResult(done, apart, outputs, tombstones, failure, alone));
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
