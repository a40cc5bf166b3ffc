package dev.millrace.cli.source;

import dev.millrace.cli.source.CompiledClasses.CompiledClass;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/// A Maven repository in a folder, with jars compiled for a test, and a home whose settings know no
/// other.
final class TestRepository {
  private final Path folder;
  private final Path home;

  TestRepository(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder.resolve("repository"));
    this.home = folder.resolve("home");
    Files.createDirectories(home.resolve(".m2"));
    Files.writeString(
        home.resolve(".m2/settings.xml"),
        """
        <settings>
          <localRepository>%s</localRepository>
          <mirrors>
            <mirror><id>test</id><mirrorOf>*</mirrorOf><url>%s</url></mirror>
          </mirrors>
        </settings>
        """
            .formatted(local(), this.folder.toUri()));
  }

  /// Publishes a library of one source.
  ///
  /// @param needs the coordinates of what it depends on
  TestRepository publish(String coordinates, String source, String... needs) throws IOException {
    String[] parts = coordinates.split(":", -1);
    Path place =
        Files.createDirectories(
            folder.resolve(parts[0].replace('.', '/')).resolve(parts[1]).resolve(parts[2]));
    Path jar = place.resolve(parts[1] + "-" + parts[2] + ".jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (CompiledClass one : compile(source)) {
        out.putNextEntry(new JarEntry(one.name().replace('.', '/') + ".class"));
        out.write(one.bytes());
      }
    }
    StringBuilder dependencies = new StringBuilder();
    for (String need : needs) {
      dependencies.append("<dependency>").append(gav(need)).append("</dependency>");
    }
    Files.writeString(
        place.resolve(parts[1] + "-" + parts[2] + ".pom"),
        "<project><modelVersion>4.0.0</modelVersion>%s<dependencies>%s</dependencies></project>"
            .formatted(gav(coordinates), dependencies));
    List<String> versions = new ArrayList<>();
    try (var all = Files.list(place.resolveSibling(""))) {
      all.filter(Files::isDirectory)
          .map(version -> "<version>" + version.getFileName() + "</version>")
          .sorted()
          .forEach(versions::add);
    }
    Files.writeString(
        place.resolveSibling("maven-metadata.xml"),
        "<metadata><groupId>%s</groupId><artifactId>%s</artifactId><versioning><versions>%s</versions></versioning></metadata>"
            .formatted(parts[0], parts[1], String.join("", versions)));
    return this;
  }

  /// Takes everything away: whoever asks now is refused.
  void shut() throws IOException {
    Files.move(folder, folder.resolveSibling("elsewhere"));
  }

  /// The user's local repository.
  Path local() {
    return home.resolve("local");
  }

  /// The dependencies as a user with this home gets them.
  Dependencies dependencies(Path cache, Consumer<Notice> notices) {
    return new Dependencies(cache, () -> MavenResolver.of(home, notices), notices);
  }

  private static String gav(String coordinates) {
    String[] parts = coordinates.split(":", -1);
    return "<groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version>"
        .formatted(parts[0], parts[1], parts[2]);
  }

  private static List<CompiledClass> compile(String source) {
    return new SourceCompiler(List.of())
        .compile(List.of(new SourceFile("Library.java", Path.of("Library.java"), source)))
        .classes();
  }
}
