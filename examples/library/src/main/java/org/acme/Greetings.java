package org.acme;

import dev.millrace.KafkaFunction;
import dev.millrace.Output;

public class Greetings {
  public record Guest(String name) {}

  public record Greeting(String text) {}

  @KafkaFunction(name = "greet", topics = "guests", outputs = @Output(topic = "greetings"))
  public Greeting greet(Guest guest) {
    return new Greeting("Good morning, " + guest.name());
  }
}
