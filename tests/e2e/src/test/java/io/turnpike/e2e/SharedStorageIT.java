package io.turnpike.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.e2e.RealEngines.Conversation;
import io.turnpike.e2e.RealEngines.Counters;
import io.turnpike.e2e.SuiteStack.Turn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Turns over real vLLM engines that hand KV over by a folder: connector {@code shared-storage},
 * vLLM's ExampleConnector.
 */
@EnabledIfEnvironmentVariable(named = "TURNPIKE_REAL_ENGINES", matches = ".+")
class SharedStorageIT {

  @TempDir private static Path folder;
  private static RealEngines engines;

  @BeforeAll
  static void start() {
    engines =
        RealEngines.start(
            """
            kv-transfer:
              kv_connector: ExampleConnector
              kv_role: kv_both
              kv_connector_extra_config: {shared_storage_path: "%s"}
            prefill: 1
            decode: 1
            """
                .formatted(folder));
  }

  @AfterAll
  static void stop() {
    if (engines != null) {
      engines.suite.stack.close();
    }
  }

  @Test
  void firstTurnIsLoadedFromTheFolder_laterOnesHitTheCacheOfD() throws IOException {
    Conversation conversation = engines.conversation();
    String truth = conversation.truth();
    Counters ofPrefill = engines.counters(RealEngines.PREFILL);
    Counters before = engines.counters(decode());
    Turn first = conversation.turn();
    Counters loaded = engines.counters(decode()).since(before);
    Counters computed = engines.counters(RealEngines.PREFILL).since(ofPrefill);
    long files = files();
    System.out.println("turn 1: P " + computed + ", D " + loaded + ", " + files + " files");
    assertRight(first, truth, "disaggregated");
    assertThat(computed.computed()).as("P computed").isEqualTo(loaded.all());
    assertThat(loaded.pulled()).as("D loaded all whole blocks").isEqualTo(wholeBlocks(loaded));
    assertThat(files).isPositive();

    conversation.heard(first.text()).ask(60);
    truth = conversation.truth();
    ofPrefill = engines.counters(RealEngines.PREFILL);
    before = engines.counters(decode());
    Turn second = conversation.turn();
    Counters direct = engines.counters(decode()).since(before);
    System.out.println("turn 2: D " + direct + ", " + files() + " files");
    assertRight(second, truth, "decode-direct");
    assertThat(engines.counters(RealEngines.PREFILL)).as("P's counters").isEqualTo(ofPrefill);
    assertThat(direct.pulled()).as("D loaded").isZero();
    assertThat(direct.hit())
        .as("D hit its own cache")
        .isGreaterThanOrEqualTo(wholeBlocks(loaded))
        .isEqualTo(second.cachedTokens());
    assertThat(files())
        .as("D writes what it computes, and nothing is deleted")
        .isGreaterThan(files);
  }

  private static String decode() {
    return engines.decodes().getFirst();
  }

  /** All that may be loaded: an engine computes the last token itself. */
  private static long wholeBlocks(Counters prompt) {
    return (prompt.all() - 1) / RealEngines.BLOCK * RealEngines.BLOCK;
  }

  private static long files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  private static void assertRight(Turn turn, String truth, String route) {
    assertThat(turn.status()).as(turn.answer().body()).isEqualTo(200);
    assertThat(turn.text()).isEqualTo(truth);
    assertThat(turn.header("route")).isEqualTo(route);
  }
}
