package io.turnpike.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.engine.Engines.Engine;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EnginesTest {

  @Test
  void engines_areTakenFromEitherGateway_andNoneFromOthers() {
    assertThat(
            Engines.named(
                    "{\"nodes\":[{\"id\":\"p\",\"role\":\"prefill\",\"url\":\"http://a:1\"}]}")
                .all())
        .containsExactly(new Engine("p", "prefill", URI.create("http://a:1")));
    assertThat(Engines.named("{\"workers\":[{\"id\":\"r\",\"url\":\"http://b:2\"}]}").all())
        .containsExactly(new Engine("r", "replica", URI.create("http://b:2")));
    assertThat(Engines.named("<html>").all()).isEmpty();
    assertThat(Engines.named("{}").all()).isEmpty();
  }

  @Test
  void cacheCounts_areSumsOverSeries_andNullWithoutAny() {
    CacheCounts counts =
        CacheCounts.parse(
            """
            # TYPE vllm:prefix_cache_queries_total counter
            vllm:prefix_cache_queries_total{engine="0",model_name="m"} 1.5e+03
            vllm:prefix_cache_queries_total{engine="1",model_name="m"} 500
            vllm:prefix_cache_hits_total{engine="0",model_name="m"} 512.0
            vllm:prefix_cache_hits_created{engine="0",model_name="m"} 1.7e9
            vllm:external_prefix_cache_hits_total 64
            """);
    assertThat(counts).isEqualTo(new CacheCounts(2000, 512, 64));
    assertThat(CacheCounts.parse("python_info 1\n")).isNull();
  }

  @Test
  void ledger_addsSpells_andKnowsNothingOfARestartedEngine() {
    Engine p = new Engine("p", "prefill", URI.create("http://a:1"));
    Engine d = new Engine("d", "decode", URI.create("http://a:2"));
    CacheLedger ledger = new CacheLedger();
    ledger.add(
        counts(p, new CacheCounts(10, 1, 0), d, new CacheCounts(5, 5, 5)),
        counts(p, new CacheCounts(30, 2, 0), d, new CacheCounts(9, 6, 7)));
    ledger.add(
        counts(p, new CacheCounts(30, 2, 0), d, new CacheCounts(9, 6, 7)),
        counts(p, new CacheCounts(40, 4, 0), d, new CacheCounts(1, 0, 0)));
    assertThat(ledger.byRole().get("prefill")).isEqualTo(new CacheCounts(30, 3, 0));
    assertThat(ledger.byRole()).containsKey("decode");
    assertThat(ledger.byRole().get("decode")).isNull();
  }

  private static Map<Engine, @Nullable CacheCounts> counts(
      Engine a, CacheCounts ofA, Engine b, CacheCounts ofB) {
    Map<Engine, @Nullable CacheCounts> counts = new HashMap<>();
    counts.put(a, ofA);
    counts.put(b, ofB);
    return counts;
  }
}
