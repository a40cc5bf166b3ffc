package org.acme;

import dev.millrace.engine.Millrace;
import java.util.Map;

public class Main {
  public static void main(String[] bootstrap) {
    Millrace.run(Map.of("bootstrap", bootstrap[0]), Greetings.class);
  }
}
