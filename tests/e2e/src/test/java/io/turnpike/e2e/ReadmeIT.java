package io.turnpike.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every {@code sh} block of the README runs as it stands there; only the ports are this suite's.
 */
class ReadmeIT {

  private static final Pattern BLOCK = Pattern.compile("(?s)```sh\\n(.*?)```");

  @TestFactory
  List<DynamicTest> everyBlockRuns() throws Exception {
    String readme = Files.readString(SuiteStack.root().resolve("README.md"), UTF_8);
    List<String> blocks = BLOCK.matcher(readme).results().map(found -> found.group(1)).toList();
    assertThat(blocks).hasSizeGreaterThan(4);
    return blocks.stream()
        .map(
            block ->
                DynamicTest.dynamicTest(block.lines().findFirst().orElse(""), () -> run(block)))
        .toList();
  }

  private static void run(String block) throws Exception {
    SuiteStack suite = SuiteStack.shared();
    String here =
        block
            .replace("localhost:10001", suite.proxies().getFirst().getAuthority())
            .replace("localhost:10002", suite.stack.url("replication").getAuthority())
            .replace("localhost:10003", suite.stack.url("registry").getAuthority());
    Path out = Files.createTempFile("readme", ".out");
    Process shell =
        new ProcessBuilder("sh", "-e", "-c", here)
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    assertThat(shell.waitFor(60, TimeUnit.SECONDS)).isTrue();
    String said = Files.readString(out, UTF_8);
    assertThat(shell.exitValue()).as(said).isZero();
    assertThat(said).isNotBlank().doesNotContain("\"error\"").doesNotContain("HTTP/1.1 4");
    if (block.contains("-i")) {
      assertThat(said).contains("HTTP/1.1 200").contains("x-turnpike-route: ");
    }
  }
}
