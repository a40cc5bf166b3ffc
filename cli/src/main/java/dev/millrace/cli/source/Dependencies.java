package dev.millrace.cli.source;

import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The jars that `//DEPS` stand for: those the lock file names, or those that Maven's resolver
/// finds, which are then locked.
///
/// Maven's resolver is loaded when it is needed first: not for sources without dependencies, and
/// not when every locked jar is where it was the last time.
final class Dependencies implements AutoCloseable {
  private final Path places;
  private final Consumer<Notice> notices;
  private final Supplier<MavenResolver> makeResolver;
  private @Nullable MavenResolver resolver;

  /// @param cacheFolder where Millrace keeps what it can make again
  /// @param makeResolver called once at most
  Dependencies(Path cacheFolder, Supplier<MavenResolver> makeResolver, Consumer<Notice> notices) {
    this.places = cacheFolder.resolve("dependencies");
    this.makeResolver = makeResolver;
    this.notices = notices;
  }

  /// The jars of these files, in the order of the class path; refuses one whose content is not the
  /// locked one.
  List<Path> jars(AuthorFiles files) {
    if (files.dependencies().isEmpty()) {
      return List.of();
    }
    List<String> wanted =
        files.dependencies().stream().map(Dependency::coordinates).sorted().toList();
    LockFile locked = LockFile.read(files.lock());
    if (!locked.dependencies().equals(wanted)) {
      List<ResolvedJar> jars = resolver().resolve(files.dependencies());
      LockFile fresh = new LockFile(wanted, lock(jars, locked, files.lock()));
      write(fresh, files.lock());
      remember(fresh, jars);
      return jars.stream().map(ResolvedJar::file).toList();
    }
    Optional<List<Path>> known = remembered(locked).filter(jars -> areLocked(jars, locked));
    if (known.isPresent()) {
      return known.get();
    }
    List<ResolvedJar> jars = resolver().fetch(locked.jars(), files.lock());
    lock(jars, locked, files.lock());
    remember(locked, jars);
    return jars.stream().map(ResolvedJar::file).toList();
  }

  @Override
  public void close() {
    if (resolver != null) {
      resolver.close();
    }
  }

  private MavenResolver resolver() {
    if (resolver == null) {
      resolver = makeResolver.get();
    }
    return resolver;
  }

  /// The hashes of these jars, unless one differs from what was locked for its coordinates.
  private static List<LockedJar> lock(List<ResolvedJar> jars, LockFile before, Path lock) {
    Map<String, String> known = new HashMap<>();
    before.jars().forEach(jar -> known.put(jar.coordinates(), jar.sha256()));
    List<LockedJar> locked = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    for (ResolvedJar jar : jars) {
      String hash = hash(jar.file());
      String wanted = known.getOrDefault(jar.coordinates(), hash);
      if (!wanted.equals(hash)) {
        problems.add(
            new Problem(
                lock.toString(),
                jar.coordinates()
                    + " is not the jar that was locked: "
                    + jar.file()
                    + " has the SHA-256 "
                    + hash
                    + ", the locked one has "
                    + wanted,
                "Find out who changed it. Delete the jar to download it again, or the lock file to"
                    + " accept the new one"));
      }
      locked.add(new LockedJar(jar.coordinates(), hash));
    }
    if (!problems.isEmpty()) {
      throw new SetupException(problems);
    }
    return List.copyOf(locked);
  }

  private void write(LockFile lock, Path file) {
    try {
      lock.write(file);
    } catch (IOException e) {
      notices.accept(new Notice.NotLocked(file, e.toString()));
    }
  }

  /// Where the jars of a lock were the last time.
  private Optional<List<Path>> remembered(LockFile lock) {
    try {
      return Optional.of(
          Files.readAllLines(places.resolve(hash(lock))).stream().map(Path::of).toList());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void remember(LockFile lock, List<ResolvedJar> jars) {
    try {
      Files.createDirectories(places);
      Files.write(
          places.resolve(hash(lock)), jars.stream().map(jar -> jar.file().toString()).toList());
    } catch (IOException e) {
      // A full disk or a read-only home: the next start asks the resolver again.
    }
  }

  private static boolean areLocked(List<Path> jars, LockFile lock) {
    if (jars.size() != lock.jars().size()) {
      return false;
    }
    for (int i = 0; i < jars.size(); i++) {
      if (!Files.isRegularFile(jars.get(i))
          || !hash(jars.get(i)).equals(lock.jars().get(i).sha256())) {
        return false;
      }
    }
    return true;
  }

  private static String hash(LockFile lock) {
    return HexFormat.of().formatHex(sha256().digest(lock.text().getBytes(StandardCharsets.UTF_8)));
  }

  private static String hash(Path file) {
    MessageDigest digest = sha256();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    } catch (IOException e) {
      throw new SetupException(
          file.toString(), "cannot be read: " + e, "Make it readable, or delete it");
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
