import dev.millrace.KafkaFunction;
import java.util.List;

public class HelloWorldConsumer {
  @KafkaFunction(name = "hello-world", topics = "some.topic")
  public void helloWorld(List<String> messages) {
    System.out.println("Hello world, I have consumed " + messages);
  }
}
