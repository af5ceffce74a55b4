package io.turnpike.e2e;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What may import what, over all modules. */
class ArchitectureTest {

  private static final String[] JDK = {"java..", "org.jspecify.."};

  private static final String[] GATEWAY = {
    "io.turnpike.conversation..",
    "io.turnpike.openai..",
    "io.turnpike.engine..",
    "io.turnpike.receipt..",
    "io.turnpike.trace..",
    "io.turnpike.caller..",
    "io.turnpike.admission..",
    "io.turnpike.gateway.."
  };

  private static final String[] TOOLS = {
    "io.turnpike.simulator..", "io.turnpike.launcher..", "io.turnpike.bench.."
  };

  private static JavaClasses all;

  @BeforeAll
  static void read() {
    all =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.turnpike");
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.turnpike.(**)").should().beFreeOfCycles().check(all);
  }

  /** What a package of the core may see of ours; everything else it sees is the JDK. */
  static Stream<Arguments> core() {
    return Stream.of(
        Arguments.of("node", List.of()),
        Arguments.of("routing", List.of("node", "cost")),
        Arguments.of("cost", List.of("node")),
        Arguments.of("connector", List.of("node")),
        Arguments.of("turn", List.of("node", "cost", "routing")));
  }

  @ParameterizedTest
  @MethodSource("core")
  void theCore_isPure(String name, List<String> seen) {
    String[] allowed =
        Stream.concat(
                Stream.of(JDK),
                Stream.concat(Stream.of(name), seen.stream()).map(it -> "io.turnpike." + it))
            .toArray(String[]::new);
    check(
        classes()
            .that(resideInAPackage("io.turnpike." + name))
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(allowed)));
  }

  @Test
  void modulesDependOneWay() {
    String[] core = {
      "io.turnpike.node",
      "io.turnpike.routing",
      "io.turnpike.cost",
      "io.turnpike.connector",
      "io.turnpike.turn"
    };
    String[] service = {
      "io.turnpike.configuration..",
      "io.turnpike.control..",
      "io.turnpike.error..",
      "io.turnpike.redis.."
    };
    String[] services = {
      "io.turnpike.registry..", "io.turnpike.proxy..", "io.turnpike.replication.."
    };
    noneSees(service, core, new String[] {"io.turnpike.membership"}, GATEWAY, services, TOOLS);
    noneSees(new String[] {"io.turnpike.membership"}, GATEWAY, services, TOOLS);
    noneSees(GATEWAY, services, TOOLS);
    noneSees(new String[] {"io.turnpike.registry.."}, GATEWAY, TOOLS);
    noneSees(services, TOOLS);
    noneSees(TOOLS, service, new String[] {"io.turnpike.membership"}, GATEWAY, services);
  }

  private static void noneSees(String[] packages, String[]... others) {
    check(
        noClasses()
            .that(resideInAnyPackage(packages))
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(Stream.of(others).flatMap(Stream::of).toArray(String[]::new))));
  }

  /** Also where a package of the plan is still empty. */
  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(all);
  }

  /** Types that are public for nobody hide what a package is for. */
  @Test
  void publicOnly_ifAnotherPackageUsesIt() throws IOException {
    assertThat(new PublicTypes(all).usedByNoOtherPackage())
        .as("public types that only their own package uses")
        .isSubsetOf(PublicTypes.ALLOWED);
  }

  @Test
  void zeroMq_isTheBusinessOfTwoPackages() {
    noClasses()
        .that(resideInAPackage("io.turnpike.."))
        .and()
        .resideOutsideOfPackages("io.turnpike.registry.zmq", "io.turnpike.simulator.zmq")
        .should()
        .dependOnClassesThat(resideInAPackage("org.zeromq.."))
        .check(all);
  }

  @Test
  void decisions_takeTheTimeTheyAreGiven() {
    noClasses()
        .that(
            resideInAnyPackage(
                "io.turnpike.node",
                "io.turnpike.routing",
                "io.turnpike.cost",
                "io.turnpike.connector",
                "io.turnpike.turn",
                "io.turnpike.openai",
                "io.turnpike.conversation",
                "io.turnpike.simulator.engine..",
                "io.turnpike.simulator.cache.."))
        .should()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .check(all);
  }

  @Test
  void classesAreNamedByWhatTheyAre() {
    noClasses()
        .should()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Manager")
        .check(all);
  }
}
