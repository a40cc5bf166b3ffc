package dev.millrace.bench.contender;

/// One way to bring every record of a topic through a function into another topic.
interface Contender {
  /// Passes records through until `stop` is requested. Runs alone in its JVM.
  ///
  /// @throws Exception whatever went wrong; the process then ends with its stack
  void run(Task task, Stop stop) throws Exception;
}
