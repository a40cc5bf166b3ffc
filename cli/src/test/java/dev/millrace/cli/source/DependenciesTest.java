package dev.millrace.cli.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import dev.millrace.cli.files.FilesRead;
import dev.millrace.engine.call.CallRequest;
import dev.millrace.engine.call.CallResult;
import dev.millrace.engine.call.FunctionDefinition;
import dev.millrace.engine.call.FunctionInstances;
import dev.millrace.engine.call.FunctionInvoker;
import dev.millrace.engine.call.FunctionScanner;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DependenciesTest {
  private static final String GREETING =
      """
      package words;
      public class Greeting {
        public static String %s(String name) { return "%s " + name; }
      }
      """;

  /// The very class that our own Jackson has, and nothing of what it does.
  private static final String OLD_JACKSON =
      """
      package tools.jackson.databind.json;
      public class JsonMapper {
        public static String age() { return "old"; }
      }
      """;

  @TempDir private Path folder;
  private final FilesRead read = new FilesRead();
  private TestRepository repository;
  private final List<Notice> notices = new ArrayList<>();

  @BeforeEach
  void publish() throws IOException {
    repository =
        new TestRepository(folder)
            .publish("test.words:greeting:1.0", GREETING.formatted("hello", "hello"))
            .publish("test.words:greeting:2.0", GREETING.formatted("hi", "hi"))
            .publish("tools.jackson.core:jackson-databind:0.1", OLD_JACKSON)
            .publish(
                "test.words:polite:1.0",
                "package words; public class Polite { }",
                "test.words:greeting:1.0");
  }

  @Test
  void functionsWhoseLibrariesConflictWithEachOtherAndWithOursRunSideBySide() throws Exception {
    // Given
    Path one =
        function(
            "One",
            "//DEPS test.words:greeting:1.0 tools.jackson.core:jackson-databind:0.1",
            "words.Greeting.hello(who.name() + \", \" +"
                + " tools.jackson.databind.json.JsonMapper.age())");
    Path two = function("Two", "//DEPS test.words:greeting:2.0", "words.Greeting.hi(who.name())");
    Path plain = function("Plain", "", "who.name()");

    // When
    Map<String, String> outputs = new TreeMap<>();
    try (AuthorCode code = load(one, two, plain)) {
      List<FunctionDefinition> definitions = FunctionScanner.scan(code.classes(), code::folderOf);
      try (FunctionInstances instances = FunctionInstances.create(definitions)) {
        for (FunctionDefinition definition : definitions) {
          outputs.put(definition.name(), call(new FunctionInvoker(definition, instances)));
        }
      }
    }

    // Then
    assertThat(outputs)
        .isEqualTo(
            Map.of(
                "One", "{\"text\":\"hello Ann, old\"}",
                "Two", "{\"text\":\"hi Ann\"}",
                "Plain", "{\"text\":\"Ann\"}"));
  }

  @Test
  void theLockNamesEveryJarWithItsHash() throws Exception {
    // Given
    Path file = function("One", "//DEPS test.words:polite:1.0", "words.Greeting.hello(\"\")");

    // When
    load(file).close();

    // Then
    assertThat(Files.readString(folder.resolve("One.java.lock")))
        .contains("deps test.words:polite:1.0\n")
        .containsPattern("jar test.words:polite:jar:1.0 sha256:[0-9a-f]{64}\n")
        .containsPattern("jar test.words:greeting:jar:1.0 sha256:[0-9a-f]{64}\n");
    assertThat(notices)
        .filteredOn(notice -> notice instanceof Notice.Downloading one && one.size() > 0)
        .extracting(notice -> ((Notice.Downloading) notice).file())
        .contains("polite-1.0.jar", "greeting-1.0.jar");
  }

  @Test
  void whatIsLockedAndThereIsNotAskedForAgain() throws Exception {
    // Given
    Path file = function("One", "//DEPS test.words:greeting:1.0", "words.Greeting.hello(\"\")");
    load(file).close();
    repository.shut();
    notices.clear();

    // When: from what the cache remembers, and from the lock alone
    load(file).close();
    loadWithoutCache(file).close();

    // Then
    assertThat(notices).isEmpty();
  }

  @Test
  void aLockedJarThatIsNotThereIsDownloaded() throws Exception {
    // Given
    Path file = function("One", "//DEPS test.words:greeting:1.0", "words.Greeting.hello(\"\")");
    load(file).close();
    Files.delete(repository.local().resolve("test/words/greeting/1.0/greeting-1.0.jar"));

    // When
    load(file).close();

    // Then
    assertThat(repository.local().resolve("test/words/greeting/1.0/greeting-1.0.jar")).exists();
  }

  @Test
  void aChangedJarIsRefused() throws Exception {
    // Given
    Path file = function("One", "//DEPS test.words:greeting:1.0", "words.Greeting.hello(\"\")");
    load(file).close();
    Path jar = repository.local().resolve("test/words/greeting/1.0/greeting-1.0.jar");
    Files.copy(
        folder.resolve("repository/test/words/greeting/2.0/greeting-2.0.jar"),
        jar,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    // When
    List<Problem> problems = problems(file);

    // Then
    assertThat(problems)
        .singleElement()
        .satisfies(problem ->
            assertThat(problem.toString())
                .contains(
                    "One.java.lock", "test.words:greeting:jar:1.0", "is not the jar", "Delete"));
  }

  @Test
  void aJarThatChangedIsRefusedAlsoWhenOtherLinesChange() throws Exception {
    // Given
    load(function("One", "//DEPS test.words:greeting:1.0", "words.Greeting.hello(\"\")")).close();
    Files.copy(
        folder.resolve("repository/test/words/greeting/2.0/greeting-2.0.jar"),
        repository.local().resolve("test/words/greeting/1.0/greeting-1.0.jar"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    // When
    List<Problem> problems =
        problems(function("One", "//DEPS test.words:polite:1.0", "words.Greeting.hello(\"\")"));

    // Then
    assertThat(problems)
        .extracting(Problem::what)
        .singleElement()
        .asString()
        .contains("is not the jar");
  }

  @Test
  void changedLinesAreResolvedAndLockedAgain() throws Exception {
    // Given
    load(function("One", "//DEPS test.words:greeting:1.0", "words.Greeting.hello(\"\")")).close();

    // When
    load(function("One", "//DEPS test.words:greeting:2.0", "words.Greeting.hi(\"\")")).close();

    // Then
    assertThat(Files.readString(folder.resolve("One.java.lock")))
        .contains("deps test.words:greeting:2.0\n", "jar test.words:greeting:jar:2.0 sha256:")
        .doesNotContain("1.0");
  }

  @Test
  void aLockThatCannotBeWrittenIsSaidAndDoesNotMatter() throws Exception {
    // Given: a folder where the file should be, which not even root can write over
    Path file = function("One", "//DEPS test.words:greeting:1.0", "words.Greeting.hello(\"\")");
    Files.createDirectories(folder.resolve("One.java.lock.tmp/in-the-way"));

    // When
    try (AuthorCode code = load(file)) {

      // Then
      assertThat(code.classes()).hasSize(1);
      assertThat(notices).anyMatch(notice -> notice instanceof Notice.NotLocked);
    }
  }

  @Test
  void everythingThatCannotBeHadIsSaidAtItsLine() throws Exception {
    // Given
    Path one =
        function("One", "//DEPS test.words:greeting:1.1\n//DEPS test.nobody:nothing:1", "\"\"");
    Path two = function("Two", "//DEPS test.words:unpolite:3", "\"\"");

    // When
    List<Problem> problems = problems(one, two);

    // Then
    assertThat(problems)
        .extracting(Problem::where)
        .containsExactly("One.java:1", "One.java:2", "Two.java:1");
    assertThat(problems.getFirst().toString())
        .contains(
            "no test.words:greeting of version 1.1", "Perhaps you meant 1.0; the newest is 2.0")
        .endsWith("//DEPS test.words:greeting:1.1\n       ^");
  }

  @Test
  void aRepositoryThatCannotBeReachedIsSaidAtEachLine() throws Exception {
    // Given: nobody listens on port 1
    mirror("http://localhost:1/");
    Path one =
        function("One", "//DEPS test.words:greeting:1.0\n//DEPS test.words:polite:1.0", "\"\"");

    // When
    List<Problem> problems = problems(one);

    // Then
    assertThat(problems).extracting(Problem::where).containsExactly("One.java:1", "One.java:2");
    assertThat(problems.getFirst().toString())
        .contains("test.words:greeting 1.0 cannot be downloaded", "localhost:1", "settings.xml");
  }

  @Test
  void credentialsInTheAddressOfARepositoryAreNotSaid() throws Exception {
    // Given a repository that has nothing, and one that is gone
    HttpServer empty =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            folder.toRealPath(),
            SimpleFileServer.OutputLevel.NONE);
    empty.start();
    List<Problem> unknown;
    List<Problem> unreachable;
    try {
      Path one = function("One", "//DEPS test.words:greeting:1.0", "\"\"");
      // When
      mirror("http://reader:sesame@localhost:" + empty.getAddress().getPort() + "/none");
      unknown = problems(one);
      mirror("http://reader:sesame@localhost:1/");
      unreachable = problems(one);
    } finally {
      empty.stop(0);
    }
    // Then
    assertThat(unknown.toString())
        .contains("no test.words:greeting of version 1.0 in gone (http://***@localhost:")
        .doesNotContain("sesame");
    assertThat(unreachable.toString()).contains("localhost:1").doesNotContain("sesame");
  }

  private void mirror(String address) throws IOException {
    Files.writeString(
        folder.resolve("home/.m2/settings.xml"),
        """
        <settings>
          <localRepository>%s</localRepository>
          <mirrors>
            <mirror><id>gone</id><mirrorOf>*</mirrorOf><url>%s</url></mirror>
          </mirrors>
        </settings>
        """
            .formatted(repository.local(), address));
  }

  @Test
  void malformedLinesAreSaidWithTheirPlaceAllAtOnce() throws Exception {
    // Given
    Path one = function("One", "//DEPS words:greeting a:b:[1,2)\n// DEPS a:b:1\n//DEPS", "\"\"");
    Path two = function("Two", "//SOURCES Too.java\n//DEPS a:b:1 a:b:2", "\"\"");

    // When
    List<Problem> problems = problems(one, two);

    // Then
    assertThat(problems)
        .extracting(problem -> problem.where() + " " + problem.what())
        .containsExactly(
            "One.java:1 'words:greeting' is not group:artifact:version with a single version",
            "One.java:1 'a:b:[1' is not group:artifact:version with a single version",
            "One.java:1 '2)' is not group:artifact:version with a single version",
            "One.java:2 this line is a comment only",
            "One.java:3 //DEPS names nothing",
            "Two.java:1 'Too.java' is no Java file that is there",
            "Two.java:2 a:b is asked for in two versions, first 1 at Two.java:2");
    assertThat(problems.get(5).advice()).isEqualTo("Perhaps you meant Two.java");
    assertThat(problems.getFirst().excerpt())
        .containsExactly("//DEPS words:greeting a:b:[1,2)", "       ^");
  }

  @Test
  void sourcesBelongToTheWorldAndBringTheirOwnLines() throws Exception {
    // Given
    Files.writeString(
        Files.createDirectories(folder.resolve("more")).resolve("Words.java"),
        """
        //DEPS test.words:greeting:1.0
        public class Words {
          static String of(String name) { return words.Greeting.hello(name); }
        }
        """);
    Path file = function("One", "//SOURCES more/Words.java", "Words.of(who.name())");

    // When
    try (AuthorCode code = load(file)) {

      // Then
      assertThat(code.classes()).extracting(Class::getName).containsExactly("One");
      assertThat(read.snapshot().files())
          .containsExactlyInAnyOrder(file, folder.resolve("more/Words.java"));
    }
  }

  @Test
  void withoutDependenciesTheResolverIsNotEvenMade() throws Exception {
    // Given
    Path plain = function("Plain", "", "\"\"");
    Dependencies none =
        new Dependencies(
            folder,
            () -> {
              throw new AssertionError("made");
            },
            notices::add);

    // When
    try (AuthorCode code =
        AuthorCode.load(List.of(plain), folder.resolve("cache"), false, none, new FilesRead())) {

      // Then
      assertThat(code.classes()).hasSize(1);
    }
  }

  private static String call(FunctionInvoker invoker) {
    byte[] value = "{\"name\":\"Ann\"}".getBytes(StandardCharsets.UTF_8);
    List<CallResult> results = new ArrayList<>();
    invoker.invoke(
        new CallRequest(
            new TopicPartition("in", 0),
            List.of(new ConsumerRecord<>("in", 0, 0, null, value)),
            1,
            true,
            "cluster/topic"),
        results::add);
    assertThat(results.getFirst().failure()).isNull();
    return new String(results.getFirst().outputs().getFirst().value(), StandardCharsets.UTF_8);
  }

  /// A file with a function of the same name that makes text of a record.
  private Path function(String name, String directives, String expression) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".java"),
        """
        %s
        import dev.millrace.KafkaFunction;
        import dev.millrace.Output;
        public class %s {
          public record Who(String name) {}
          public record Said(String text) {}
          @KafkaFunction(name = "%s", topics = "in", outputs = @Output(topic = "out"))
          public Said say(Who who) { return new Said(%s); }
        }
        """
            .formatted(directives, name, name, expression));
  }

  private AuthorCode load(Path... files) {
    return loadWith(folder.resolve("cache"), files);
  }

  private AuthorCode loadWithoutCache(Path... files) {
    return loadWith(folder.resolve("other-cache"), files);
  }

  private AuthorCode loadWith(Path cache, Path... files) {
    try (Dependencies dependencies = repository.dependencies(cache, notices::add)) {
      return AuthorCode.load(Stream.of(files).toList(), cache, false, dependencies, read);
    }
  }

  private List<Problem> problems(Path... files) {
    return catchThrowableOfType(SetupException.class, () -> load(files).close()).problems();
  }
}
