package dev.millrace.cli;

import java.io.PrintStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Prints records, one on each line.
interface RecordPrinter {
  void print(ConsumerRecord<byte[], byte[]> next, PrintStream out);
}
