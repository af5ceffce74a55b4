package io.turnpike.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code turnpike} in a project folder of its own, with a Maven and a JDK of straw. */
class ScriptIT {

  private static final String MAVEN =
      """
      #!/bin/sh
      if [ "$1" = -v ]; then echo "Apache Maven ${MVN_VERSION:-3.9.9} (straw)"; exit 0; fi
      echo "$*" >> "$MVN_CALLS"
      echo "[INFO] Building core 0.1.0-SNAPSHOT                               [1/2]"
      echo "[INFO] --- compiler:3.15.0:compile (default-compile) @ core ---"
      echo "[INFO] Building launcher 0.1.0-SNAPSHOT                           [2/2]"
      if [ -n "${MVN_FAILS:-}" ]; then echo "[ERROR] it does not compile"; exit 1; fi
      for module in registry-service proxy-service replication-service tools/simulator \
      tools/bench tools/launcher; do
        mkdir -p $module/target && echo jar > $module/target/${module##*/}.jar
      done
      """;

  @TempDir Path folder;
  private Path project;
  private Path calls;
  private final Map<String, String> environment = new java.util.HashMap<>();

  @BeforeEach
  void makeProject() throws IOException {
    project = Files.createDirectories(folder.resolve("a project"));
    calls = folder.resolve("calls");
    Path script = project.resolve("turnpike");
    Files.copy(Path.of("../../turnpike"), script);
    makeExecutable(script);
    for (String module : List.of("common", "registry-service", "tools/launcher")) {
      Files.createDirectories(project.resolve(module).resolve("src/main/java"));
      Files.createDirectories(project.resolve(module).resolve("src/test/java"));
    }
    for (String name : List.of("proxy-service", "replication-service", ".mvn")) {
      Files.createDirectories(project.resolve(name));
    }
    Files.writeString(project.resolve("pom.xml"), "<project/>");
    Files.writeString(source(), "class A {}");
    makeJdk(folder.resolve("jdk"), 25);
    program(folder.resolve("maven/mvn"), MAVEN);
    environment.put("JAVA_HOME", folder.resolve("jdk").toString());
    environment.put("PATH", folder.resolve("maven") + ":/usr/bin:/bin");
    environment.put("MVN_CALLS", calls.toString());
    environment.put("HOME", folder.toString());
  }

  private Path source() {
    return project.resolve("common/src/main/java/A.java");
  }

  private static void makeJdk(Path jdk, int version) throws IOException {
    program(jdk.resolve("bin/java"), "#!/bin/sh\necho java of " + version + ": $*\n");
    program(jdk.resolve("bin/javac"), "#!/bin/sh\n");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + ".0.1\"\n");
  }

  private static void program(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    makeExecutable(file);
  }

  private static void makeExecutable(Path file) {
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** What a run printed and its exit code. */
  private record Ran(String output, int code) {}

  private Ran run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(project.resolve("turnpike").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().keySet().retainAll(List.of("LANG"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Ran(output, process.exitValue());
  }

  private int builds() throws IOException {
    return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
  }

  @Test
  void up_buildsOnce_andStartsTheLauncher() throws Exception {
    Ran first = run("up", "--mode", "pd");
    assertThat(first.output()).contains("building").contains("java of 25").contains("up --mode pd");
    assertThat(first.output())
        .contains("building 1/2: core (0 s)\n", "building 2/2: launcher (")
        .doesNotContain("compile");
    assertThat(Files.readString(project.resolve(".turnpike/build.log"))).contains("compile");
    assertThat(first.output()).contains("-Dturnpike.root=" + project.toRealPath());
    assertThat(builds()).isEqualTo(1);

    assertThat(run("up").output()).doesNotContain("building");
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void changes_areBuilt_andWhatIsNoChange_isNot() throws Exception {
    run("up");

    Files.setLastModifiedTime(source(), FileTime.from(Instant.EPOCH));
    Files.writeString(project.resolve("common/src/test/java/ATest.java"), "class ATest {}");
    run("up");
    assertThat(builds()).isEqualTo(1);

    Files.writeString(source(), "class A { }");
    run("up");
    assertThat(builds()).isEqualTo(2);

    Files.writeString(project.resolve("common/src/main/java/B.java"), "class B {}");
    run("up");
    assertThat(builds()).isEqualTo(3);

    Files.delete(project.resolve("common/src/main/java/B.java"));
    run("up");
    assertThat(builds()).isEqualTo(4);

    Files.writeString(project.resolve("tools/launcher/target/launcher.jar"), "another build");
    run("up");
    assertThat(builds()).isEqualTo(5);

    Files.delete(project.resolve("tools/simulator/target/simulator.jar"));
    run("up");
    assertThat(builds()).isEqualTo(6);
  }

  @Test
  void aBuildThatFails_isShown_andTriedAgain() throws Exception {
    environment.put("MVN_FAILS", "yes");
    Ran failed = run("up");
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.output()).contains("[ERROR] it does not compile").contains("build.log");

    environment.remove("MVN_FAILS");
    assertThat(run("up").code()).isZero();
  }

  @Test
  void down_doesNotBuild_whenTheLauncherIsThere() throws Exception {
    run("up");
    Files.writeString(source(), "class A { int changed; }");

    assertThat(run("down").output()).contains("java of 25").contains("down");
    assertThat(builds()).isEqualTo(1);
  }

  @Test
  void job_buildsWhatItStarts_andReadsFilesWithWhatIsThere() throws Exception {
    run("up");
    Files.writeString(source(), "class A { int changed; }");

    assertThat(run("job", "check", "a.yaml").output()).contains("java of 25").contains("job check");
    assertThat(builds()).isEqualTo(1);
    assertThat(run("job", "run", "a.yaml").output()).contains("job run a.yaml");
    assertThat(builds()).isEqualTo(2);
  }

  @Test
  void aJavaHomeThatIsTooOld_isPassedOver_forTheJdkOnPath() throws Exception {
    makeJdk(folder.resolve("old"), 17);
    makeJdk(folder.resolve("newer"), 26);
    environment.put("PATH", folder.resolve("newer/bin") + ":" + environment.get("PATH"));
    environment.put("JAVA_HOME", folder.resolve("old").toString());

    assertThat(run("up").output()).contains("java of 26");
  }

  /** Whatever other Maven this machine has does not work with a JDK of straw. */
  @Test
  void aMavenThatIsTooOld_isNamed_withThePlacesLookedAt() throws Exception {
    environment.put("MVN_VERSION", "3.6.3");

    Ran ran = run("up");

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.output())
        .contains("Maven 3.8 or newer is missing")
        .contains("maven/mvn is 3.6.3")
        .contains("/usr/share");
  }

  @Test
  void withoutABuild_helpIsShortAndQuick() throws Exception {
    Ran none = run();
    assertThat(none.code()).isZero();
    assertThat(none.output()).contains("Usage: ./turnpike COMMAND");
    assertThat(run("test", "--help").output()).contains("run every test");
    assertThat(run("upp").code()).isEqualTo(2);
    assertThat(builds()).isZero();
  }

  @Test
  void test_countsWhatTheRunnerReported() throws Exception {
    program(
        folder.resolve("maven/mvn"),
        """
        #!/bin/sh
        if [ "$1" = -v ]; then echo "Apache Maven 3.9.9"; exit 0; fi
        echo "$* real=${TURNPIKE_REAL_ENGINES:-no}"
        mkdir -p common/target/surefire-reports tools/launcher/target/failsafe-reports
        for n in 1 2; do
          cat > common/target/surefire-reports/TEST-$n.xml <<END
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuite xmlns:xsi="http://x"
          name="a" time="1.0" tests="5" errors="1" skipped="2" failures="0">
          <testcase name="tests" tests="100"/>
        END
        done
        echo '<testsuite name="b" tests="3" errors="0" skipped="0" failures="3"><properties/>' \
          > tools/launcher/target/failsafe-reports/TEST-3.xml
        exit 1
        """);
    Path stale = project.resolve("common/target/surefire-reports/TEST-stale.xml");
    Files.createDirectories(stale.getParent());
    Files.writeString(stale, "<testsuite tests=\"77\" errors=\"0\" skipped=\"0\" failures=\"0\">");
    Files.setLastModifiedTime(stale, FileTime.from(Instant.EPOCH));

    Ran ran = run("test", "--", "-pl", "common");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.output())
        .contains("--fail-at-end verify -pl common real=no")
        .containsPattern("common +10 +0 +2 +4\n")
        .containsPattern("tools/launcher +3 +3 +0 +0\n")
        .containsPattern("all +13 +3 +2 +4\n");
  }

  @Test
  void realEngines_needAVllm() throws Exception {
    Ran without = run("test", "--real-engines");
    assertThat(without.code()).isEqualTo(2);
    assertThat(without.output()).contains("--real-engines needs vLLM");

    environment.put("VLLM", folder.resolve("missing").toString());
    assertThat(run("test", "--real-engines").output()).contains("missing is no program");

    program(folder.resolve("vllm"), "#!/bin/sh\n");
    environment.put("VLLM", folder.resolve("vllm").toString());
    assertThat(run("test", "--real-engines").output()).contains("needs a small model");
    environment.put("TURNPIKE_REAL_MODEL", folder.toString());
    run("test", "--real-engines");
    assertThat(Files.readString(calls)).contains("verify");
  }
}
