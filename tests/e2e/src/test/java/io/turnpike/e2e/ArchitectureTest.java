package io.turnpike.e2e;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What may import what, over all modules. */
class ArchitectureTest {

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
    slices().matching("io.turnpike.(*)..").should().beFreeOfCycles().check(all);
  }

  @Test
  void theCore_needsTheJdkAlone_andEachRoomOnlyThoseBelowIt() {
    onlyUses("node");
    onlyUses("connector", "node");
    onlyUses("routing", "node");
    onlyUses("turn", "node", "routing");
  }

  private static void onlyUses(String room, String... below) {
    List<String> allowed = new ArrayList<>(List.of("java..", "org.jspecify.."));
    allowed.add("io.turnpike." + room);
    for (String other : below) {
      allowed.add("io.turnpike." + other);
    }
    ArchRuleDefinition.classes()
        .that(resideInAPackage("io.turnpike." + room))
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(allowed.toArray(String[]::new)))
        .check(all);
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
  void theServices_knowNothingOfTools() {
    noClasses()
        .that(
            resideInAnyPackage(
                "io.turnpike.proxy..",
                "io.turnpike.replication..",
                "io.turnpike.registry..",
                "io.turnpike.gateway..",
                "io.turnpike.engine.."))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "io.turnpike.simulator..", "io.turnpike.launcher..", "io.turnpike.bench.."))
        .check(all);
  }

  @Test
  void decisions_takeTheTimeTheyAreGiven() {
    noClasses()
        .that(
            resideInAnyPackage(
                "io.turnpike.node",
                "io.turnpike.routing",
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
