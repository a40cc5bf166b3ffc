package dev.millrace.bench.contender;

/// One way to bring every record of a topic through a function that waits, the records of a key in
/// their order.
interface KeyContender {
  /// Calls the function until `stop` is requested. Runs alone in its JVM.
  ///
  /// @throws Exception whatever went wrong; the process then ends with its stack
  void run(KeyTask task, Stop stop) throws Exception;
}
