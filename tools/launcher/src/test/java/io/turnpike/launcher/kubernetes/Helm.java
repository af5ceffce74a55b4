package io.turnpike.launcher.kubernetes;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Helm, which needs no cluster to lint and to render: that of {@code TURNPIKE_TEST_KUBE}, else the
 * one on the PATH.
 */
final class Helm {

  private static final int BOUND_SECONDS = 60;
  private static final Path CHART =
      Path.of("../../deploy/helm/turnpike").toAbsolutePath().normalize();

  private final Path folder;

  private Helm(Path folder) {
    this.folder = folder;
  }

  /** Finds it; skips the test where there is none. */
  static Helm in(Path folder) {
    Helm helm = new Helm(folder);
    assumeTrue(
        helm.end("command -v helm") == 0,
        "no helm (expected: on the PATH, or in what TURNPIKE_TEST_KUBE names)");
    return helm;
  }

  /** What {@code helm lint} says, for values or for none. */
  String lint(String values) {
    return run("helm lint --strict %s -f %s".formatted(CHART, file(values)));
  }

  /** The manifests of a release. */
  String template(String release, String values) {
    return run("helm template %s %s -f %s".formatted(release, CHART, file(values)));
  }

  /** The chart with values, as words of a command. */
  String chart(String values) {
    return CHART + " -f " + file(values);
  }

  private Path file(String values) {
    try {
      return Files.writeString(folder.resolve("values.yaml"), values);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String run(String line) {
    if (end(line) != 0) {
      throw new IllegalStateException(line + ": " + read("out") + read("errors"));
    }
    return read("out");
  }

  private String read(String name) {
    try {
      return Files.readString(folder.resolve(name), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The exit code; what it says goes to files, because helm tells of links beside its output. */
  private int end(String line) {
    String cluster = System.getenv("TURNPIKE_TEST_KUBE");
    String path = cluster == null ? "" : ". '" + cluster + "/env' && ";
    try {
      Process process =
          new ProcessBuilder("bash", "-c", path + line)
              .redirectOutput(folder.resolve("out").toFile())
              .redirectError(folder.resolve("errors").toFile())
              .start();
      if (!process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(line + " has not ended in " + BOUND_SECONDS + " s");
      }
      return process.exitValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
