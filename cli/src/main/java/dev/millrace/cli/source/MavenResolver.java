package dev.millrace.cli.source;

import dev.millrace.engine.problem.NearestName;
import dev.millrace.engine.problem.Problem;
import dev.millrace.engine.problem.SetupException;
import eu.maveniverse.maven.mima.context.Context;
import eu.maveniverse.maven.mima.context.ContextOverrides;
import eu.maveniverse.maven.mima.context.Runtimes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositoryException;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.collection.DependencyCollectionException;
import org.eclipse.aether.graph.DependencyNode;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactDescriptorException;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.resolution.DependencyResolutionException;
import org.eclipse.aether.resolution.DependencyResult;
import org.eclipse.aether.resolution.VersionRangeRequest;
import org.eclipse.aether.resolution.VersionRangeResolutionException;
import org.eclipse.aether.transfer.AbstractTransferListener;
import org.eclipse.aether.transfer.ArtifactNotFoundException;
import org.eclipse.aether.transfer.TransferEvent;
import org.eclipse.aether.transfer.TransferResource;
import org.eclipse.aether.util.repository.SimpleResolutionErrorPolicy;
import org.jspecify.annotations.Nullable;

/// Maven's own resolver with the user's settings: mirrors, proxies, credentials, the local
/// repository, all as `settings.xml` says. The only class that knows it.
final class MavenResolver implements AutoCloseable {
  private static final String CONNECT =
      "Connect to the network, or correct mirrors, proxies and credentials in ~/.m2/settings.xml";

  /// User and password in an address.
  private static final Pattern CREDENTIALS = Pattern.compile("://[^/\\s]*@");

  private final Context maven;
  private final RepositorySystem system;
  private final RepositorySystemSession session;
  private final List<RemoteRepository> repositories;

  private MavenResolver(Context maven) {
    this.maven = maven;
    this.system = maven.repositorySystem();
    // What could not be had a minute ago is asked for again: its author may just have published it.
    this.session =
        new DefaultRepositorySystemSession(maven.repositorySystemSession())
            .setResolutionErrorPolicy(new SimpleResolutionErrorPolicy(false, false));
    this.repositories = maven.remoteRepositories();
  }

  /// With the settings in `.m2` below this folder.
  static MavenResolver of(Path home, Consumer<Notice> notices) {
    Path userHome = home.resolve(".m2");
    return new MavenResolver(
        Runtimes.INSTANCE
            .getRuntime()
            .create(
                ContextOverrides.create()
                    .withUserSettings(true)
                    .withMavenUserHomeOverride(userHome)
                    .transferListener(new Downloads(notices))
                    .build()));
  }

  /// The jars of these dependencies and of all that they need in turn. Where several versions of a
  /// library are asked for, the nearest to the source wins, as in Maven.
  ///
  /// @throws SetupException with everything that cannot be had
  List<ResolvedJar> resolve(List<Dependency> dependencies) {
    CollectRequest request = new CollectRequest();
    dependencies.forEach(one ->
        request.addDependency(new org.eclipse.aether.graph.Dependency(artifact(one), "compile")));
    request.setRepositories(repositories);
    try {
      DependencyResult result =
          system.resolveDependencies(session, new DependencyRequest(request, null));
      return result.getArtifactResults().stream().map(MavenResolver::jar).toList();
    } catch (DependencyResolutionException e) {
      throw new SetupException(problems(e, dependencies));
    }
  }

  /// These very jars, without asking what they need.
  List<ResolvedJar> fetch(List<LockedJar> jars, Path lock) {
    List<ArtifactRequest> requests =
        jars.stream()
            .map(jar ->
                new ArtifactRequest(new DefaultArtifact(jar.coordinates()), repositories, null))
            .toList();
    try {
      return system.resolveArtifacts(session, requests).stream().map(MavenResolver::jar).toList();
    } catch (ArtifactResolutionException e) {
      throw new SetupException(
          e.getResults().stream()
              .filter(result -> !result.isResolved())
              .map(result ->
                  new Problem(
                      lock.toString(),
                      failure(result.getArtifact(), result.getExceptions()),
                      advice(result.getArtifact(), result.getExceptions())))
              .toList());
    }
  }

  @Override
  public void close() {
    maven.close();
  }

  private static Artifact artifact(Dependency dependency) {
    String[] library = dependency.library().split(":", -1);
    return new DefaultArtifact(
        library[0], library[1], dependency.classifier(), "jar", dependency.version());
  }

  private static ResolvedJar jar(ArtifactResult result) {
    Artifact artifact = result.getArtifact();
    return new ResolvedJar(artifact.toString(), artifact.getFile().toPath());
  }

  /// Each missing artifact at the line that asked for it, itself or through others.
  private List<Problem> problems(
      DependencyResolutionException failed, List<Dependency> dependencies) {
    List<Problem> problems = new ArrayList<>();
    DependencyNode root = failed.getResult() == null ? null : failed.getResult().getRoot();
    if (failed.getCause() instanceof ArtifactResolutionException missing) {
      for (ArtifactResult result : missing.getResults()) {
        if (!result.isResolved()) {
          Artifact artifact = result.getRequest().getArtifact();
          problems.add(
              line(artifact, dependencies, root)
                  .problem(
                      failure(artifact, result.getExceptions()),
                      advice(artifact, result.getExceptions())));
        }
      }
    } else if (failed.getCause() instanceof DependencyCollectionException broken) {
      for (Exception cause : broken.getResult().getExceptions()) {
        if (cause instanceof ArtifactDescriptorException unread) {
          Artifact artifact = unread.getResult().getArtifact();
          problems.add(
              line(artifact, dependencies, broken.getResult().getRoot())
                  .problem(failure(artifact, List.of(cause)), CONNECT));
        }
      }
    }
    if (problems.isEmpty()) {
      problems.add(
          dependencies
              .getFirst()
              .line()
              .problem(
                  "the dependencies cannot be resolved: "
                      + withoutCredentials(String.valueOf(failed.getMessage())),
                  CONNECT));
    }
    return problems;
  }

  private static SourceLine line(
      Artifact missing, List<Dependency> dependencies, @Nullable DependencyNode root) {
    List<DependencyNode> asked = root == null ? List.of() : root.getChildren();
    for (Dependency dependency : dependencies) {
      Artifact artifact = artifact(dependency);
      if (isOf(missing, artifact)
          || asked.stream()
              .anyMatch(node -> isOf(node.getArtifact(), artifact) && needs(node, missing))) {
        return dependency.line();
      }
    }
    return dependencies.getFirst().line();
  }

  private static boolean needs(DependencyNode node, Artifact artifact) {
    return isOf(node.getArtifact(), artifact)
        || node.getChildren().stream().anyMatch(child -> needs(child, artifact));
  }

  private static boolean isOf(Artifact one, Artifact other) {
    return one.getGroupId().equals(other.getGroupId())
        && one.getArtifactId().equals(other.getArtifactId())
        && one.getClassifier().equals(other.getClassifier());
  }

  private String failure(Artifact artifact, List<Exception> reasons) {
    String name = artifact.getGroupId() + ":" + artifact.getArtifactId();
    String places =
        repositories.isEmpty()
            ? "the local repository"
            : repositories.stream()
                .map(repository -> repository.getId() + " (" + repository.getUrl() + ")")
                .collect(Collectors.joining(", "));
    return withoutCredentials(
        isUnknown(reasons)
            ? "there is no " + name + " of version " + artifact.getVersion() + " in " + places
            : name + " " + artifact.getVersion() + " cannot be downloaded: " + words(reasons));
  }

  private static String withoutCredentials(String text) {
    return CREDENTIALS.matcher(text).replaceAll("://***@");
  }

  private String advice(Artifact artifact, List<Exception> reasons) {
    if (!isUnknown(reasons)) {
      return CONNECT;
    }
    List<String> versions = versions(artifact);
    if (versions.isEmpty()) {
      return "Check group and artifact for a typo. Repositories are added in ~/.m2/settings.xml";
    }
    Optional<String> near = NearestName.of(artifact.getVersion(), versions);
    return near.map(
            version -> "Perhaps you meant " + version + "; the newest is " + versions.getLast())
        .orElse("The newest is " + versions.getLast());
  }

  /// All versions there are, the oldest first.
  private List<String> versions(Artifact artifact) {
    try {
      return system
          .resolveVersionRange(
              session, new VersionRangeRequest(artifact.setVersion("[0,)"), repositories, null))
          .getVersions()
          .stream()
          .map(Object::toString)
          .toList();
    } catch (VersionRangeResolutionException e) {
      return List.of(); // It only serves a hint.
    }
  }

  private static boolean isUnknown(List<Exception> reasons) {
    return !reasons.isEmpty()
        && reasons.stream().allMatch(reason -> reason instanceof ArtifactNotFoundException);
  }

  /// The innermost reasons, which name host or status.
  private static String words(List<? extends Exception> reasons) {
    return reasons.stream()
        .map(reason -> {
          Throwable cause = reason;
          while (cause.getCause() instanceof RepositoryException inner) {
            cause = inner;
          }
          return String.valueOf(cause.getMessage());
        })
        .distinct()
        .collect(Collectors.joining("; "));
  }

  private static final class Downloads extends AbstractTransferListener {
    private final Consumer<Notice> notices;

    Downloads(Consumer<Notice> notices) {
      this.notices = notices;
    }

    @Override
    public void transferStarted(TransferEvent event) {
      tell(event, 0);
    }

    @Override
    public void transferProgressed(TransferEvent event) {
      tell(event, event.getDataLength());
    }

    private void tell(TransferEvent event, int added) {
      TransferResource resource = event.getResource();
      String name = resource.getResourceName();
      notices.accept(
          new Notice.Downloading(
              name.substring(name.lastIndexOf('/') + 1), added, resource.getContentLength()));
    }
  }
}
