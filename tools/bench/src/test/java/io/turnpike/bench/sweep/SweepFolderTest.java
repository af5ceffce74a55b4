package io.turnpike.bench.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.turnpike.bench.engine.ServerFacts;
import io.turnpike.bench.load.SelfCheck;
import io.turnpike.bench.prompt.PromptLengths;
import io.turnpike.bench.report.Environment;
import io.turnpike.bench.report.Trust;
import io.turnpike.bench.run.LoadConfig;
import io.turnpike.bench.sweep.SweepFolder.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepFolderTest {

  private static final ServerFacts PD = server("pd", "0.32.0");

  @TempDir private Path folder;

  @Test
  void aPoint_isTakenUpAgain_onlyIfAllIsTheSame() throws IOException {
    LoadConfig asked = asked("http://a", 50, 1);
    measure(asked, PD);
    assertThat(place(asked, PD).done()).isNotNull();
    assertThat(place(asked("http://b", 50, 1), PD).done()).as("url").isNull();
    assertThat(place(asked("http://a", 9, 1), PD).done()).as("requests").isNull();
    assertThat(place(asked("http://a", 50, 2), PD).done()).as("seed").isNull();
    assertThat(place(asked, server("ppd", "0.32.0")).done()).as("mode").isNull();
    assertThat(place(asked, server("pd", "0.33.0")).done()).as("engine").isNull();
  }

  @Test
  void aPointMeasuredOtherwise_isKept_andTheNewOneGetsFilesOfItsOwn() throws IOException {
    measure(asked("http://a", 50, 1), PD);
    Place second = measure(asked("http://b", 50, 1), PD);
    assertThat(second.json().getFileName()).hasToString("run_org_m_c4_p64_o8_2.json");
    assertThat(second.others()).containsExactly(folder.resolve("run_org_m_c4_p64_o8.csv"));
    assertThat(place(asked("http://a", 50, 1), PD).json().getFileName())
        .hasToString("run_org_m_c4_p64_o8.json");
    assertThat(place(asked("http://b", 50, 1), PD).done()).isNotNull();
  }

  @Test
  void aFileOfSomethingElse_isNeverOverwritten() throws IOException {
    Path foreign = folder.resolve("run_org_m_c4_p64_o8.csv");
    Files.writeString(foreign, "mine\n");
    measure(asked("http://a", 50, 1), PD);
    assertThat(foreign).hasContent("mine\n");
    assertThat(folder.resolve("run_org_m_c4_p64_o8_2.csv")).exists();
  }

  @Test
  void pictures_showEarlierPoints_ofTheSameConditions() throws IOException {
    measure(asked("http://a", 50, 1), PD);
    measure(asked("http://b", 50, 1), PD);
    LoadConfig longer = asked("http://a", 50, 1, 1024);
    measure(longer, PD);
    assertThat(new SweepFolder(folder).comparable(longer, PD))
        .extracting(point -> point.path("asked").path("prompt_tokens").asInt())
        .containsExactlyInAnyOrder(64, 1024);
  }

  @Test
  void csv_hasTheOriginalsColumns_inItsUnits() throws IOException {
    measure(asked("http://a", 50, 1), PD);
    assertThat(Files.readAllLines(folder.resolve("run_org_m_c4_p64_o8.csv")))
        .containsExactly(
            "p50_ttft,p95_ttft,min_ttft,max_ttft,p50_tps,p95_tps,mean_tps,total_tokens,"
                + "wall_time_sec,aggregate_throughput,failures,valid",
            "0.093000,0.120000,0.080000,0.125000,120.000,130.000,119.000,400,2.500,160.000,1,true");
  }

  private Place place(LoadConfig asked, ServerFacts server) throws IOException {
    return new SweepFolder(folder).place(asked, server);
  }

  private Place measure(LoadConfig asked, ServerFacts server) throws IOException {
    Place place = place(asked, server);
    SweepPoint.Figures figures =
        new SweepPoint.Figures(
            0.093, 0.12, 0.08, 0.125, 120, 130, 119, 400, 2.5, 160, Map.of("cut", 1L));
    new SweepFolder(folder)
        .write(
            place.json(),
            new SweepPoint(
                "now",
                asked,
                server,
                Environment.of(List.of()),
                figures,
                Trust.of(new SelfCheck(1, 2, 0.1, Double.NaN))));
    return place;
  }

  private static ServerFacts server(String mode, String version) {
    return new ServerFacts(
        mode, List.of(new ServerFacts.Engine("d", "decode", version, "100", true)));
  }

  private static LoadConfig asked(String url, int requests, long seed) {
    return asked(url, requests, seed, 64);
  }

  private static LoadConfig asked(String url, int requests, long seed, int promptTokens) {
    return new LoadConfig(
        url,
        "org/m",
        "chat",
        requests,
        null,
        4,
        promptTokens,
        8,
        1,
        true,
        PromptLengths.assumed(),
        0,
        false,
        600,
        seed);
  }
}
