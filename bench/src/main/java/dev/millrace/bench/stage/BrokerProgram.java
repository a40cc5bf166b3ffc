package dev.millrace.bench.stage;

import dev.millrace.broker.EmbeddedKafka;
import java.io.IOException;

/// A broker with all of its JVM's compilers, which the one for development does without: prints
/// where clients connect, ends when its standard input does.
public final class BrokerProgram {
  private BrokerProgram() {}

  public static void main(String[] args) throws IOException {
    EmbeddedKafka kafka = EmbeddedKafka.start();
    // Ctrl-C reaches this process too, and its folder may be many gigabytes.
    Runtime.getRuntime().addShutdownHook(new Thread(kafka::close));
    System.out.println(kafka.bootstrap());
    while (System.in.read() >= 0) {}
    System.exit(0);
  }
}
