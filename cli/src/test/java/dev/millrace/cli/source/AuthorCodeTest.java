package dev.millrace.cli.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.KafkaFunction;
import dev.millrace.cli.files.FilesRead;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorCodeTest {
  private static final String COUNTER =
      """
      import dev.millrace.KafkaFunction;
      import java.util.List;

      public class Counter {
        static int calls;

        @KafkaFunction(name = "counter", topics = "numbers")
        public int count(List<String> messages) {
          return ++calls;
        }
      }
      """;

  @TempDir Path folder;
  private final FilesRead read = new FilesRead();

  @Test
  void aFileBecomesItsClassesWithFunctions() throws Exception {
    // Given
    Path file = source("Counter.java", COUNTER + "record Other(int a) {}\n");

    // When
    try (AuthorCode code = load(file)) {

      // Then
      assertThat(code.classes()).extracting(Class::getName).containsExactly("Counter");
      Method count = code.classes().getFirst().getMethod("count", List.class);
      assertThat(count.getAnnotation(KafkaFunction.class).name()).isEqualTo("counter");
      assertThat(count.getParameters()[0].getName()).isEqualTo("messages");
      assertThat(read.snapshot().files()).containsExactly(file);
      assertThat(code.folderOf(code.classes().getFirst())).isEqualTo(folder);
    }
  }

  @Test
  void severalFilesAreCompiledTogetherWhateverTheirFoldersAndNames() throws IOException {
    // Given: a public class in a file of another name, and a package without its folder
    Path one = source("one/Wrong.java", COUNTER.replace("return ++calls", "return shop.Sale.ONE"));
    Path two =
        source("two/Sale.java", "package shop; public class Sale { public static int ONE = 1; }");

    // When
    try (AuthorCode code = load(one, two)) {

      // Then
      Class<?> counter = code.classes().getFirst();
      assertThat(counter.getName()).isEqualTo("Counter");
      assertThat(code.folderOf(counter)).isEqualTo(folder.resolve("one"));
      assertThat(call(counter)).isEqualTo(1);
    }
  }

  @Test
  void theVersionIsThatOfSourcesAndLibraries() throws IOException {
    // Given
    Path jar = jar("prices.jar", "package shop; public class Sale { public static int ONE = 1; }");
    String first = version(source("one/Counter.java", COUNTER), jar);

    // When
    String copied = version(source("two/Counter.java", COUNTER), jar);

    // Then
    assertThat(first).matches("[0-9a-f]{12}").isEqualTo(copied);
    Path fixed = source("three/Counter.java", COUNTER.replace("++calls", "calls += 2"));
    assertThat(version(fixed, jar)).isNotEqualTo(first);
    assertThat(version(folder.resolve("one/Counter.java"))).isNotEqualTo(first);
  }

  private String version(Path... files) {
    try (AuthorCode code = load(files)) {
      return code.versionOf(code.classes().getFirst());
    }
  }

  @Test
  void aFolderStandsForTheSourcesBelowItWithoutTestsAndBuildResults() throws IOException {
    // Given
    source("app/src/main/java/shop/Counter.java", "package shop;\n" + COUNTER);
    source("app/src/test/java/shop/CounterTest.java", "no Java");
    source("app/target/generated/Old.java", "no Java");
    source("app/.git/Odd.java", "no Java");

    // When
    try (AuthorCode code = load(folder.resolve("app"))) {

      // Then
      Class<?> counter = code.classes().getFirst();
      assertThat(counter.getName()).isEqualTo("shop.Counter");
      assertThat(code.folderOf(String.class)).isEqualTo(folder.resolve("app"));
      assertThat(code.folderOf(counter)).isEqualTo(folder.resolve("app/src/main/java/shop"));
    }
  }

  @Test
  void whatIsNoSourceOfAFolderIsNotReadFromIt() throws IOException {
    // Given
    Path file = source("all/Counter.java", COUNTER);
    for (String other : List.of("CounterTest.java", "._Counter.java", "Counter.java~", "a.txt")) {
      source("all/" + other, "no Java");
    }
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("all"));
    Files.createSymbolicLink(folder.resolve("all/.#Counter.java"), Path.of("nowhere"));

    // When
    try (AuthorCode code = load(link)) {

      // Then
      assertThat(code.classes()).hasSize(1);
      assertThat(read.snapshot().files()).containsExactly(link.resolve("Counter.java"));
      assertThat(AuthorCode.behind(List.of(link))).isEqualTo(read.snapshot().files());
      assertThat(AuthorCode.behind(List.of(file))).containsExactly(file);
    }
  }

  @Test
  void whatTheCompilerCannotStandIsRefused() throws IOException {
    // Given
    Path file =
        source("Counter.java", COUNTER.replace("++calls", "++calls" + " + calls".repeat(50_000)));

    // When
    List<Problem> problems = problems(file);

    // Then
    assertThat(problems)
        .singleElement()
        .asString()
        .contains("[Counter.java] is nested too deeply for the compiler");
  }

  @Test
  void ofAJarTheClassesWithFunctionsAreFound() throws IOException {
    // Given
    Path jar = jar("functions.jar", COUNTER + "record Other(int a) {}\n");

    // When
    try (AuthorCode code = load(jar)) {

      // Then
      assertThat(code.classes()).extracting(Class::getName).containsExactly("Counter");
      assertThat(read.snapshot().files()).containsExactly(jar);
      assertThat(call(code.classes().getFirst())).isEqualTo(1);
    }
  }

  @Test
  void aSourceMayUseAJarNamedBesideIt() throws IOException {
    // Given
    Path jar = jar("library.jar", "package shop; public class Sale { public static int ONE = 7; }");
    Path file = source("Counter.java", COUNTER.replace("return ++calls", "return shop.Sale.ONE"));

    // When
    try (AuthorCode code = load(file, jar)) {

      // Then
      assertThat(call(code.classes().getFirst())).isEqualTo(7);
    }
  }

  @Test
  void aFolderOfClassesIsLoadedAsItIs() throws IOException {
    // Given
    Path classes = Files.createDirectories(folder.resolve("classes"));
    for (CompiledClasses.CompiledClass one : compile(COUNTER)) {
      Files.write(classes.resolve(one.name() + ".class"), one.bytes());
    }

    // When
    try (AuthorCode code = load(classes)) {

      // Then
      assertThat(code.classes()).extracting(Class::getName).containsExactly("Counter");
      assertThat(code.folderOf(code.classes().getFirst())).isEqualTo(classes);
    }
  }

  @Test
  void twoLoadsHaveStaticFieldsOfTheirOwn() throws IOException {
    // Given
    Path file = source("Counter.java", COUNTER);
    try (AuthorCode one = load(file);
        AuthorCode two = load(file)) {
      call(one.classes().getFirst());

      // When
      Object calls = call(two.classes().getFirst());

      // Then
      assertThat(calls).isEqualTo(1);
    }
  }

  @Test
  void nothingOfMillraceButTheApiIsVisible() throws Exception {
    // Given
    try (AuthorCode code = load(source("Counter.java", COUNTER))) {

      // When
      ClassLoader loader = code.classes().getFirst().getClassLoader();

      // Then
      assertThat(Stream.of("dev.millrace.Message", "org.jspecify.annotations.Nullable"))
          .allSatisfy(name -> assertThat(loader.loadClass(name)).isSameAs(Class.forName(name)));
      assertThat(loader.loadClass("java.sql.Connection")).isNotNull();
      assertThat(
              Stream.of(
                  "dev.millrace.engine.problem.Problem",
                  "dev.millrace.cli.source.AuthorCode",
                  "tools.jackson.databind.ObjectMapper",
                  "org.apache.kafka.clients.consumer.Consumer",
                  "org.slf4j.Logger"))
          .allSatisfy(name ->
              assertThatThrownBy(() -> loader.loadClass(name))
                  .isInstanceOf(ClassNotFoundException.class));
      assertThat(loader.getResource("dev/millrace/engine/problem/Problem.class")).isNull();
    }
  }

  @Test
  void everythingWrongWithTheNamesIsSaidAtOnce() throws IOException {
    // Given
    source("HelloWorld.java", COUNTER);
    Path text = source("notes.txt", "");
    Path broken = Files.write(folder.resolve("Latin.java"), new byte[] {'/', '/', (byte) 0xe9});
    Path empty = Files.createDirectories(folder.resolve("empty"));

    // When
    List<Problem> problems =
        problems(
            folder.resolve("HelloWrold.java"),
            folder.resolve("nowhere/A.java"),
            text,
            broken,
            empty,
            folder.resolve("Unlike.java"));

    // Then
    assertThat(problems)
        .extracting(problem -> problem.toString().replace(folder + "/", ""))
        .containsExactly(
            "[HelloWrold.java] does not exist. Perhaps you meant HelloWorld.java.",
            "[nowhere/A.java] does not exist, nor does its folder. Check the path for a typo.",
            "[notes.txt] is neither a Java source nor a jar. Name a .java file, a folder of them,"
                + " or a .jar.",
            "[Latin.java] is not UTF-8 text. Save it as UTF-8.",
            "[empty] holds no Java source. Name a folder with .java files in it or below it.",
            "[Unlike.java] does not exist. Name a .java file, a folder of them, or a .jar.");
  }

  @Test
  void codeWithoutAFunctionIsRefused() throws IOException {
    // Given
    Path file = source("Plain.java", "class Plain {}");

    // When
    List<Problem> problems = problems(file);

    // Then
    assertThat(problems)
        .singleElement()
        .hasToString(
            "["
                + file
                + "] no method carries @KafkaFunction. Put @KafkaFunction(name = \"...\", topics ="
                + " \"...\") on the method that takes the messages.");
  }

  @Test
  void aJarThatLacksWhatItsClassesNeedIsExplained() throws IOException {
    // Given: the class of its parameter is left out
    Path jar =
        jar(
            "functions.jar",
            COUNTER.replace("List<String> messages", "Missing missing") + "class Missing {}",
            "Missing");

    // When
    List<Problem> problems = problems(jar);

    // Then
    assertThat(problems)
        .singleElement()
        .hasToString(
            "[Counter] cannot be loaded: java.lang.NoClassDefFoundError: Missing. Pack what it"
                + " needs into its jar, or name that jar too.");
  }

  @Test
  void aFileThatIsNoJarIsExplained() throws IOException {
    // Given
    Path jar = source("functions.jar", "no zip file");

    // When
    List<Problem> problems = problems(jar);

    // Then
    assertThat(problems)
        .singleElement()
        .satisfies(problem -> {
          assertThat(problem.where()).isEqualTo(jar.toString());
          assertThat(problem.what()).startsWith("cannot be read: ");
        });
  }

  @Test
  void classesCompiledBeforeComeFromTheCache() throws IOException {
    // Given: an entry that says something else than the source does
    Path file = source("Counter.java", COUNTER);
    load(file).close();
    Path entry = entries().getFirst();
    load(source("other/Counter.java", COUNTER.replace("++calls", "42"))).close();
    Path other = entries().stream().filter(path -> !path.equals(entry)).findFirst().orElseThrow();
    Files.move(other, entry, StandardCopyOption.REPLACE_EXISTING);

    // When
    try (AuthorCode code = load(file)) {

      // Then
      assertThat(call(code.classes().getFirst())).isEqualTo(42);
    }
  }

  @Test
  void changedSourcesAreCompiledAgain() throws IOException {
    // Given
    Path file = source("Counter.java", COUNTER);
    load(file).close();
    source("Counter.java", COUNTER.replace("++calls", "42"));

    // When
    try (AuthorCode code = load(file)) {

      // Then
      assertThat(call(code.classes().getFirst())).isEqualTo(42);
      assertThat(entries()).hasSize(2);
    }
  }

  @Test
  void aDamagedEntryIsCompiledAgainAndReplaced() throws IOException {
    // Given
    Path file = source("Counter.java", COUNTER);
    load(file).close();
    Path entry = entries().getFirst();
    byte[] whole = Files.readAllBytes(entry);
    for (byte[] damaged :
        List.of(flipped(whole), Arrays.copyOf(whole, whole.length - 1), new byte[3])) {
      Files.write(entry, damaged);

      // When
      try (AuthorCode code = load(file)) {

        // Then
        assertThat(call(code.classes().getFirst())).isEqualTo(1);
        assertThat(entry).hasBinaryContent(whole);
        assertThat(entries()).containsExactly(entry);
      }
    }
  }

  @Test
  void aCacheThatCannotBeWrittenIsNoError() throws IOException {
    // Given: a file where the folder should be
    Path file = source("Counter.java", COUNTER);
    Path cache = source("cache", "in the way");

    // When
    try (AuthorCode code = AuthorCode.load(List.of(file), cache, notice -> {}, new FilesRead())) {

      // Then
      assertThat(call(code.classes().getFirst())).isEqualTo(1);
    }
  }

  @Test
  void theCacheIsWhereTheEnvironmentSays() {
    assertThat(AuthorCode.cacheFolder(Map.of("MILLRACE_CACHE", "/a", "XDG_CACHE_HOME", "/b")))
        .isEqualTo(Path.of("/a"));
    assertThat(AuthorCode.cacheFolder(Map.of("XDG_CACHE_HOME", "/b")))
        .isEqualTo(Path.of("/b/millrace"));
    assertThat(AuthorCode.cacheFolder(Map.of()))
        .isEqualTo(Path.of(System.getProperty("user.home"), ".cache", "millrace"));
  }

  private static byte[] flipped(byte[] bytes) {
    byte[] changed = bytes.clone();
    changed[bytes.length / 2] ^= 1;
    return changed;
  }

  private AuthorCode load(Path... files) {
    return AuthorCode.load(List.of(files), folder.resolve("cache"), notice -> {}, read);
  }

  private List<Problem> problems(Path... files) {
    return catchThrowableOfType(SetupException.class, () -> load(files).close()).problems();
  }

  private static Object call(Class<?> counter) {
    try {
      return counter
          .getMethod("count", List.class)
          .invoke(counter.getConstructor().newInstance(), List.of());
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("cache/classes"))) {
      return files.sorted().toList();
    }
  }

  private Path source(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private Path jar(String name, String source, String... leftOut) throws IOException {
    Path jar = folder.resolve(name);
    try (OutputStream file = Files.newOutputStream(jar);
        var out = new JarOutputStream(file)) {
      for (CompiledClasses.CompiledClass one : compile(source)) {
        if (!List.of(leftOut).contains(one.name())) {
          out.putNextEntry(new JarEntry(one.name().replace('.', '/') + ".class"));
          out.write(one.bytes());
        }
      }
    }
    return jar;
  }

  private static List<CompiledClasses.CompiledClass> compile(String source) {
    List<Path> classPath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .toList();
    return new SourceCompiler(classPath)
        .compile(List.of(new SourceFile("Source.java", Path.of("Source.java"), source)))
        .classes();
  }
}
