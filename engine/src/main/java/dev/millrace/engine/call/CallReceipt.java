package dev.millrace.engine.call;

import dev.millrace.engine.core.Event;
import dev.millrace.engine.core.Failure;
import dev.millrace.plugin.Delivery;
import dev.millrace.plugin.Outgoing;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;

/// The outputs of one call, or some dead letters, on their way. Counts acknowledgements for all
/// together: no future per record, yet every failure is seen. Thread-safe.
public final class CallReceipt implements Delivery.Receipt {
  private final long call;
  private final Mailbox mailbox;
  private final Consumer<OutgoingRecord> delivered;
  private final boolean letters;
  private final AtomicInteger open;
  private final AtomicBoolean told = new AtomicBoolean();

  /// The first: what comes behind may be its consequence.
  private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

  private volatile boolean returned;

  /// Of key and value of all of them.
  private final long bytes;

  private final OutgoingRecord largest;
  private final OutgoingRecord last;

  /// Empty once nobody asks for one of them. Guarded by this.
  private List<OutgoingRecord> outputs;

  /// Which outputs have not been acknowledged; null until a delivery says which one is. Guarded by
  /// this.
  private @Nullable Map<Outgoing, Boolean> missing;

  private CallReceipt(
      long call,
      Mailbox mailbox,
      List<OutgoingRecord> outputs,
      Consumer<OutgoingRecord> delivered,
      boolean letters) {
    this.call = call;
    this.mailbox = mailbox;
    this.outputs = outputs;
    this.delivered = delivered;
    this.letters = letters;
    // One more than the outputs, so that the end cannot be told before the call's return is.
    int count = outputs.size();
    this.open = new AtomicInteger(count + 1);
    long sum = 0;
    OutgoingRecord largestYet = outputs.getFirst();
    int most = largestYet.size();
    for (int i = 0; i < count; i++) {
      int size = outputs.get(i).size();
      sum += size;
      if (size > most) {
        most = size;
        largestYet = outputs.get(i);
      }
    }
    this.bytes = sum;
    this.largest = largestYet;
    this.last = outputs.getLast();
  }

  /// Hands the outputs of a call to the sender, then posts its return, and its delivery when all
  /// are acknowledged.
  public static void send(long call, CallResult result, Delivery.Sender sender, Mailbox mailbox) {
    send(call, result, sender, mailbox, last -> {});
  }

  /// The same.
  ///
  /// @param delivered told the last output once when all are acknowledged, before that is posted;
  ///   not if there are none. Held until then
  static void send(
      long call,
      CallResult result,
      Delivery.Sender sender,
      Mailbox mailbox,
      Consumer<OutgoingRecord> delivered) {
    List<OutgoingRecord> outputs = result.outputs();
    if (outputs.isEmpty()) {
      post(call, result, 0, mailbox);
      return;
    }
    CallReceipt receipt = new CallReceipt(call, mailbox, outputs, delivered, false);
    receipt.handOver(outputs, sender);
    post(call, result, receipt.bytes, mailbox);
    receipt.returned = true;
    receipt.end();
  }

  private static void post(long call, CallResult result, long bytes, Mailbox mailbox) {
    mailbox.post(
        new Event.Returned<>(
            call,
            result.done(),
            result.apart(),
            result.outputs().size(),
            bytes,
            result.failure(),
            result.alone()));
  }

  /// Hands dead letters to the sender and posts their delivery when all are acknowledged.
  ///
  /// @param id of the letters
  /// @param letters at least one
  public static void sendLetters(
      long id, List<OutgoingRecord> letters, Delivery.Sender sender, Mailbox mailbox) {
    CallReceipt receipt = new CallReceipt(id, mailbox, letters, last -> {}, true);
    receipt.handOver(letters, sender);
    receipt.returned = true;
    receipt.end();
  }

  private void handOver(List<OutgoingRecord> all, Delivery.Sender sender) {
    try {
      sender.send(all, this);
    } catch (Throwable e) {
      // Errors too, such as a class that a plug-in misses: the call must return.
      fail(new Failure.Unavailable(e));
    }
  }

  @Override
  public void acknowledged(Outgoing output) {
    Boolean wasMissing = remove(output);
    if (wasMissing == null) {
      failed(
          new IllegalArgumentException("the delivery acknowledged what is no output of the call"));
    } else if (wasMissing) {
      acknowledged();
    }
  }

  /// One of the outputs, whichever, is safely in Kafka; for who tells each exactly once.
  void acknowledged() {
    end();
  }

  /// From here on each output is told by number only, so that they need not stay in memory until
  /// all are acknowledged; for who tells each exactly once.
  synchronized void forgetOutputs() {
    outputs = List.of();
  }

  /// The output that is meant where one is too large.
  OutgoingRecord largest() {
    return largest;
  }

  /// Null for what is none of the outputs.
  private synchronized @Nullable Boolean remove(Outgoing output) {
    if (missing == null) {
      missing = new IdentityHashMap<>();
      for (OutgoingRecord one : outputs) {
        missing.put(one, true);
      }
    }
    return missing.replace(output, false);
  }

  @Override
  public void failed(Exception reason) {
    // An output waits for the right to be written; a dead letter would hold up its partition
    // without a word.
    fail(
        letters && reason instanceof AuthorizationException
            ? new Failure.InvalidOutput(reason)
            : new Failure.Unavailable(reason));
    end();
  }

  @Override
  public void refused(Exception reason) {
    fail(
        new Failure.InvalidOutput(
            reason, reason instanceof InvalidOutputException e ? e.offset() : -1));
    end();
  }

  private void fail(Failure why) {
    failure.compareAndSet(null, why);
  }

  @Override
  public boolean hasFailed() {
    return failure.get() != null;
  }

  /// A failure is told at once: until the engine knows of it, later calls go on and send theirs.
  private void end() {
    boolean all = open.decrementAndGet() == 0;
    Failure failed = failure.get();
    if ((all || (failed != null && returned)) && told.compareAndSet(false, true)) {
      if (failed == null) {
        delivered.accept(last);
        mailbox.post(new Event.Delivered<>(call));
      } else {
        mailbox.post(new Event.DeliveryFailed<>(call, failed));
      }
    }
  }
}
