package io.turnpike.launcher;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.launcher.plan.Plan;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TurnpikeTest {

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    Console console =
        new Console(new PrintWriter(out, true), new PrintWriter(err, true), false, false);
    return Turnpike.run(console, arguments);
  }

  @Test
  void withoutACommand_thereIsHelp() {
    assertThat(run()).isZero();
    assertThat(out.toString()).contains("Usage: turnpike", "chat", "./turnpike up");
  }

  @ParameterizedTest
  @ValueSource(strings = {"up", "chat", "status", "logs", "down", "key", "test", "job"})
  void everyHelp_teachesWithAnExample(String command) {
    assertThat(run(command, "--help")).isZero();
    assertThat(out.toString()).contains("For example:", "./turnpike " + command);
    assertThat(out.toString()).doesNotContain("\u001b");
  }

  @Test
  void unknownCommands_suggest() {
    assertThat(run("statsu")).isEqualTo(2);
    assertThat(err.toString()).contains("statsu", "status", "See ./turnpike --help");
  }

  @Test
  void print_showsThePlanOfFileAndFlags_andStartsNothing() throws Exception {
    Path file = folder.resolve("a.yaml");
    Files.writeString(file, "mode: pd\nproxies: 2\nengines: {decode: 3}\n");

    int code =
        run(
            "up",
            "--print",
            "-f",
            file.toString(),
            "--state",
            folder.toString(),
            "--engines",
            "vllm",
            "--model",
            "m",
            "--decode",
            "1",
            "--gpus",
            "none",
            "--",
            "--seed",
            "0");

    assertThat(code).isZero();
    Plan plan = Plan.parse("printed", out.toString());
    assertThat(plan.mode()).isEqualTo("pd");
    assertThat(plan.proxies()).hasSize(2);
    assertThat(plan.engine("decode-2")).isEmpty();
    assertThat(plan.engine("decode-1").orElseThrow().gpus()).isNull();
    assertThat(plan.engines().flags()).containsExactly("--seed", "0");
    assertThat(folder).isDirectoryNotContaining("glob:**.pid");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--engines gpu|--engines: 'gpu' (expected: simulator, vllm or none)",
        "--gpus all|--gpus: 'all' (expected: none, or a number up to 64)",
        "--proxies 65|proxies: 65 (expected: a number from 0 to 64)",
        "--mode fast|mode: 'fast' (expected: one of pd, ppd, adaptive)",
        "--redis nowhere|redis: 'nowhere' (expected: embedded, none, or a URL",
        "--speed fast|Invalid value for option '--speed'",
      })
  void wrongFlags_areOneReadableLine(String example) {
    String[] parts = example.split("\\|", -1);
    String[] flag = parts[0].split(" ", -1);

    assertThat(run("up", "--print", flag[0], flag[1])).isEqualTo(2);
    assertThat(err.toString()).startsWith("turnpike: " + parts[1]);
  }

  @Test
  void logs_listNames_andSuggest() throws Exception {
    String state = folder.toString();
    assertThat(run("logs", "--state", state)).isEqualTo(1);
    assertThat(err.toString()).contains("./turnpike up");

    Files.createDirectories(folder.resolve("logs"));
    Files.writeString(folder.resolve("logs/proxy-1.log"), "one\ntwo\nthree\n");
    assertThat(run("logs", "--state", state)).isZero();
    assertThat(out.toString()).contains("proxy-1");
    assertThat(run("logs", "proxi-1", "--state", state)).isEqualTo(2);
    assertThat(err.toString()).contains("no log 'proxi-1' (expected: proxy-1?)");

    out.getBuffer().setLength(0);
    assertThat(run("logs", "proxy-1", "-n", "2", "--state", state)).isZero();
    assertThat(out.toString().lines()).containsExactly("two", "three");
  }

  @ParameterizedTest
  @ValueSource(strings = {"check", "render", "run", "submit", "list", "status", "logs", "stop"})
  void everyHelpOfJobs_teachesWithAnExample(String command) {
    assertThat(run("job", command, "--help")).isZero();
    assertThat(out.toString()).contains("For example:", "./turnpike job " + command);
  }

  @Test
  void jobCheck_saysAllMistakes_andExitsWithOne() throws Exception {
    Path file = folder.resolve("job.yaml");
    Files.writeString(file, "envz: {}\nreplica: {}\n");
    assertThat(run("job", "check", file.toString())).isEqualTo(1);
    assertThat(err.toString().lines())
        .hasSize(2)
        .anyMatch(line -> line.endsWith("unknown key 'envz' (expected: envs?)"))
        .anyMatch(line -> line.contains("replica.params.model: missing"));

    Files.writeString(file, "replica: {replicas: 2, params: {model: m}}\n");
    assertThat(run("job", "check", file.toString())).isZero();
    assertThat(out.toString()).contains(": fine, 2 replica x 1 GPU; port 8021");
  }

  @Test
  void jobRender_ofAFileWithMistakes_orAnUnknownBackEnd_isRefused() throws Exception {
    Path file = folder.resolve("job.yaml");
    Files.writeString(file, "envz: {}\n");
    assertThat(run("job", "render", file.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("envs?", "no workers");
    assertThat(run("job", "render", file.toString(), "--backend", "slurm")).isEqualTo(2);
    assertThat(err.toString()).contains("--backend: 'slurm' (expected: local, ray, kubernetes)");
  }

  @Test
  void withoutJobs_theListSaysSo_andAnIdIsUnknown() throws Exception {
    String state = folder.toString();
    assertThat(run("job", "list", "--state", state)).isZero();
    assertThat(out.toString()).contains("No jobs.", "./turnpike job run");

    Path ended = Files.createDirectories(folder.resolve("jobs/cluster-ab12/logs"));
    Files.writeString(ended.resolveSibling("job.yaml"), "replica: {}\n");
    Files.writeString(ended.resolve("decode-1.log"), "one\ntwo\n");
    assertThat(run("job", "list", "--state", state)).isZero();
    assertThat(out.toString()).containsPattern("cluster-ab12 +local +ended +0");
    for (String command : new String[] {"status", "logs", "stop"}) {
      assertThat(run("job", command, "cluster-ab13", "--state", state)).isEqualTo(2);
    }
    assertThat(err.toString()).contains("no job 'cluster-ab13' (expected: cluster-ab12?)");
    assertThat(run("job", "status", "cluster-ab12", "--state", state)).isEqualTo(1);
    assertThat(run("job", "stop", "cluster-ab12", "--state", state)).isZero();
    assertThat(out.toString()).contains("cluster-ab12: ended", "Nothing was running.");

    out.getBuffer().setLength(0);
    assertThat(run("job", "logs", "cluster-ab12", "decode-1", "-n", "1", "--state", state))
        .isZero();
    assertThat(out.toString().lines()).containsExactly("two");
  }

  @Test
  void newKey_isPrintedOnce_withTheHashThatLetsItIn() throws Exception {
    assertThat(run("key", "new", "alice")).isZero();
    String secret =
        err.toString().lines().filter(line -> line.startsWith("tp-")).findFirst().orElseThrow();
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(US_ASCII));
    assertThat(secret).matches("tp-[A-Za-z0-9_-]{43}");
    assertThat(out.toString().lines())
        .containsExactly("  - id: alice", "    sha256: " + HexFormat.of().formatHex(hash));

    err.getBuffer().setLength(0);
    assertThat(run("key", "new", "alice")).isZero();
    assertThat(err.toString()).doesNotContain(secret);
    assertThat(run("key", "new", "two words")).isEqualTo(2);
    assertThat(err.toString()).contains("'two words' (expected: 1 to 64 letters");
  }

  @Test
  void withoutAStack_statusAndDownSaySo() {
    String state = folder.resolve("empty").toString();

    assertThat(run("status", "--state", state)).isEqualTo(1);
    assertThat(err.toString()).contains("nothing was started", "./turnpike up");
    assertThat(run("down", "--state", state)).isZero();
    assertThat(out.toString()).contains("Nothing was running.");
  }
}
