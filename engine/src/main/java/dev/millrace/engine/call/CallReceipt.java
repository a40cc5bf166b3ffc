package dev.millrace.engine.call;

import dev.millrace.engine.core.Event;
import dev.millrace.engine.core.Failure;
import dev.millrace.plugin.Delivery;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The outputs of one call on their way. Counts acknowledgements for the call as a whole: no future
/// per record, yet every failure is seen.
public final class CallReceipt implements Delivery.Receipt {
  private final long call;
  private final Mailbox mailbox;
  private final AtomicInteger open;
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile boolean returned;
  private volatile @Nullable Failure failure;

  private CallReceipt(long call, Mailbox mailbox, int outputs) {
    this.call = call;
    this.mailbox = mailbox;
    // One more than the outputs, so that the end cannot be told before the call's return is.
    this.open = new AtomicInteger(outputs + 1);
  }

  /// Hands the outputs of a call to the sender, then posts its return, and its delivery when all
  /// are acknowledged.
  public static void send(long call, CallResult result, Delivery.Sender sender, Mailbox mailbox) {
    List<OutgoingRecord> outputs = result.outputs();
    int count = outputs.size();
    if (count == 0) {
      mailbox.post(new Event.Returned<>(call, result.done(), 0, 0, result.failure()));
      return;
    }
    CallReceipt receipt = new CallReceipt(call, mailbox, count);
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      bytes += outputs.get(i).size();
    }
    try {
      sender.send(outputs, receipt);
    } catch (RuntimeException e) {
      receipt.failure = new Failure.Unavailable(e);
    }
    mailbox.post(new Event.Returned<>(call, result.done(), count, bytes, result.failure()));
    receipt.returned = true;
    receipt.end();
  }

  @Override
  public void acknowledged() {
    end();
  }

  @Override
  public void failed(Exception reason) {
    failure = new Failure.Unavailable(reason);
    end();
  }

  @Override
  public void refused(Exception reason) {
    failure = new Failure.InvalidOutput(reason);
    end();
  }

  @Override
  public boolean hasFailed() {
    return failure != null;
  }

  /// A failure is told at once: until the engine knows of it, later calls go on and send theirs.
  private void end() {
    boolean all = open.decrementAndGet() == 0;
    Failure failed = failure;
    if ((all || (failed != null && returned)) && told.compareAndSet(false, true)) {
      mailbox.post(
          failed == null ? new Event.Delivered<>(call) : new Event.DeliveryFailed<>(call, failed));
    }
  }
}
