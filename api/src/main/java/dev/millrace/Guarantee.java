package dev.millrace;

/// What holds for each message when a process dies, or a partition moves to another one.
public enum Guarantee {
  /// Nothing is lost: a message is done when its call has returned and the cluster has acknowledged
  /// everything it returned, and only then is its offset committed. After a crash some messages are
  /// seen again, as many as `millrace explain` says, so the function must have the same effect when
  /// it is called twice with the same message.
  AT_LEAST_ONCE,
  /// Nothing is called again after a crash: the offset is committed *before* the call. So messages
  /// can be lost:
  ///
  /// - what is under way when the process dies, or when a partition moves away before its calls
  ///   have ended, is lost;
  /// - a call that throws is made again in the same process as configured; but once outputs were
  ///   handed over, the call is never made again: what the cluster did not take of them is lost,
  ///   and counted as skipped;
  /// - a message that stopped its partition was called and is not called again: `resume` and a
  ///   restart begin behind it.
  ///
  /// For effects that are worse twice than not at all, and that cannot be made idempotent.
  AT_MOST_ONCE
}
