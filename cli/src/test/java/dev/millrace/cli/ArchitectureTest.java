package dev.millrace.cli;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/// The arrows of ARCHITECTURE.md.
@AnalyzeClasses(packages = "dev.millrace", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule modulesPointDown =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("api")
          .definedBy("dev.millrace", "dev.millrace.plugin")
          .layer("engine")
          .definedBy("dev.millrace.engine..")
          .layer("broker")
          .definedBy("dev.millrace.broker..")
          .layer("testing")
          .definedBy("dev.millrace.testing..")
          .layer("cli")
          .definedBy("dev.millrace.cli..")
          .whereLayer("api")
          .mayNotAccessAnyLayer()
          .whereLayer("engine")
          .mayOnlyAccessLayers("api")
          .whereLayer("broker")
          .mayNotAccessAnyLayer()
          .whereLayer("testing")
          .mayOnlyAccessLayers("api", "engine", "broker");

  @ArchTest
  static final ArchRule enginePackagesPointDown =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("facade")
          .definedBy("dev.millrace.engine")
          .layer("deadletters")
          .definedBy("dev.millrace.engine.deadletters")
          .layer("plugin")
          .definedBy("dev.millrace.engine.plugin")
          .layer("loop")
          .definedBy("dev.millrace.engine.loop")
          .layer("call")
          .definedBy("dev.millrace.engine.call")
          .layer("core")
          .definedBy("dev.millrace.engine.core")
          .layer("schema")
          .definedBy("dev.millrace.engine.schema")
          .layer("kafka")
          .definedBy("dev.millrace.engine.kafka")
          .layer("settings")
          .definedBy("dev.millrace.engine.settings")
          .layer("metrics")
          .definedBy("dev.millrace.engine.metrics")
          .layer("problem")
          .definedBy("dev.millrace.engine.problem")
          .whereLayer("deadletters")
          .mayOnlyAccessLayers("call", "core", "kafka", "metrics", "problem")
          .whereLayer("plugin")
          .mayOnlyAccessLayers("call", "kafka", "settings", "problem")
          .whereLayer("loop")
          .mayOnlyAccessLayers("core", "call", "kafka", "settings")
          .whereLayer("call")
          .mayOnlyAccessLayers("core", "schema", "metrics", "problem")
          .whereLayer("core")
          .mayNotAccessAnyLayer()
          .whereLayer("schema")
          .mayNotAccessAnyLayer()
          .whereLayer("kafka")
          .mayOnlyAccessLayers("problem")
          .whereLayer("settings")
          .mayOnlyAccessLayers("problem")
          .whereLayer("metrics")
          .mayOnlyAccessLayers("problem")
          .whereLayer("problem")
          .mayNotAccessAnyLayer();

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.millrace.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule authorsSeeTheJdkAndJspecifyOnly =
      classes()
          .that()
          .resideInAnyPackage("dev.millrace", "dev.millrace.plugin")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("dev.millrace", "dev.millrace.plugin", "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule theCoreIsPure =
      classes()
          .that()
          .resideInAPackage("dev.millrace.engine.core")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("dev.millrace.engine.core", "java..", "org.jspecify..");

  @ArchTest
  static final ArchRule theLoopIsTheFacadesAndTheSimulationsAlone =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "dev.millrace.engine", "dev.millrace.engine.loop", "dev.millrace.testing.simulation")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.millrace.engine.loop");

  @ArchTest
  static final ArchRule kafkaClientsAreBuiltInOnePlace =
      noClasses()
          .that()
          .resideOutsideOfPackages("dev.millrace.engine.kafka", "dev.millrace.testing.simulation")
          .should()
          .callConstructorWhere(
              target(
                  owner(
                      assignableTo(Consumer.class)
                          .or(assignableTo(Producer.class))
                          .or(assignableTo(Admin.class)))))
          .orShould()
          .callMethod(Admin.class, "create", Properties.class)
          .orShould()
          .callMethod(Admin.class, "create", Map.class);

  @ArchTest
  static final ArchRule metricsAloneKnowMicrometerAndHttp =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.millrace.engine.metrics")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.micrometer..", "com.sun.net.httpserver..");

  @ArchTest
  static final ArchRule schemaAloneKnowsJsonSchema =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.millrace.engine.schema")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.networknt..", "com.github.victools..");

  @ArchTest
  static final ArchRule theCommandLineAloneKnowsTerminals =
      noClasses()
          .that(not(resideInAPackage("dev.millrace.cli..")))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("picocli..", "me.tongfei..", "org.jline..", "de.siegmar..");

  @ArchTest
  static final ArchRule liveAloneKnowsJLine =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.millrace.cli.live")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.jline..");

  @ArchTest
  static final ArchRule oneClassKnowsMavensResolver =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.millrace.cli.source.MavenResolver")
          .and()
          .doNotHaveFullyQualifiedName("dev.millrace.cli.source.MavenResolver$Downloads")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("eu.maveniverse..", "org.eclipse.aether..", "org.apache.maven..");

  @ArchTest
  static final ArchRule testsAloneKnowJunit =
      noClasses()
          .that(
              not(resideInAPackage("dev.millrace.testing"))
                  .and(not(resideInAPackage("dev.millrace.cli.source")))
                  .and(not(belongToAnyOf(AuthorTests.class))))
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.junit..", "org.assertj..", "org.opentest4j..");
}
