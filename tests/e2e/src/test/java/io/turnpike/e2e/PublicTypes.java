package io.turnpike.e2e;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which public types are public for somebody: a class of another package uses them, tests of all
 * modules included, or a framework finds them by name.
 */
final class PublicTypes {

  /** Names that frameworks find: programs, and configuration that Boot or an import reads. */
  private static final Set<String> FOUND_BY_NAME =
      Set.of(
          "org.springframework.boot.autoconfigure.SpringBootApplication",
          "org.springframework.boot.autoconfigure.AutoConfiguration");

  /**
   * Types that the compiler needs to see although no class file says so (the type of a local), or
   * that still wait to be hidden by whoever next works on their package.
   */
  static final List<String> ALLOWED =
      List.of(
          "io.turnpike.conversation.ConversationKey",
          "io.turnpike.simulator.replay.EngineSpec",
          "io.turnpike.simulator.replay.RunFacts",
          "io.turnpike.simulator.workload.TraceException");

  private final JavaClasses main;

  PublicTypes(JavaClasses main) {
    this.main = main;
  }

  /** Their full names. */
  List<String> usedByNoOtherPackage() throws IOException {
    Set<String> used = new HashSet<>();
    main.forEach(type -> addUsed(type, used));
    new ClassFileImporter().importPaths(testClasses()).forEach(type -> addUsed(type, used));
    return main.stream()
        .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
        .filter(type -> !type.getPackageName().startsWith("io.turnpike.fixtures"))
        .filter(type -> !isFoundByName(type) && !used.contains(type.getName()))
        .map(JavaClass::getName)
        .toList();
  }

  private static boolean isFoundByName(JavaClass type) {
    return type.getAnnotations().stream()
            .anyMatch(it -> FOUND_BY_NAME.contains(it.getRawType().getName()))
        || type.getMethods().stream().anyMatch(method -> method.getName().equals("main"));
  }

  private static void addUsed(JavaClass type, Set<String> used) {
    for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
      JavaClass target = dependency.getTargetClass().getBaseComponentType();
      if (!target.getPackageName().equals(type.getPackageName())) {
        used.add(outermost(target.getName()));
      }
    }
  }

  private static String outermost(String name) {
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }

  /** The compiled tests of all modules. */
  private static List<Path> testClasses() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("turnpike"))) {
      root = root.getParent();
    }
    try (Stream<Path> found =
        Files.find(root, 5, (path, _) -> path.endsWith("target/test-classes"))) {
      return found.toList();
    }
  }
}
