package dev.millrace.cli.source;

import dev.millrace.testing.FunctionTester;
import java.util.List;
import org.apiguardian.api.API;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.platform.commons.annotation.Testable;
import org.opentest4j.AssertionFailedError;

/// What the tests of authors are written with, besides what functions are. Loaded only where there
/// may be tests.
final class TestLibraries {
  /// Begins the names of JUnit's annotations in class files.
  static final String ANNOTATIONS = "Lorg/junit/jupiter/";

  private static final List<String> ROOTS =
      List.of("org.junit.", "org.assertj.", "org.opentest4j.", "org.apiguardian.");

  private TestLibraries() {}

  /// Whether tests see the classes of this package of ours.
  static boolean shows(String packageName) {
    return packageName.equals("dev.millrace.testing")
        || ROOTS.stream().anyMatch(root -> (packageName + ".").startsWith(root));
  }

  /// A class of each jar that a test is compiled with.
  static List<Class<?>> places() {
    return List.of(
        FunctionTester.class,
        Test.class,
        ParameterizedTest.class,
        Testable.class,
        AssertionFailedError.class,
        API.class,
        Assertions.class);
  }
}
