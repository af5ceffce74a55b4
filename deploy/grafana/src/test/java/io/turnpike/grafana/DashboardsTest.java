package io.turnpike.grafana;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DashboardsTest {

  private static final Path FOLDER = Path.of("dashboards");

  @Test
  void files_areWhatTheCodeSays() throws IOException {
    if (System.getProperty("turnpike.dashboards", "").equals("write")) {
      Dashboards.write(FOLDER);
    }
    for (Dashboard dashboard : Dashboards.all()) {
      assertThat(Files.readString(FOLDER.resolve(dashboard.uid() + ".json"), UTF_8))
          .as(dashboard.uid() + " (mvn -pl deploy/grafana test -Dturnpike.dashboards=write)")
          .isEqualTo(DashboardJson.of(dashboard));
    }
  }

  @Test
  void everyPanel_hasAUnit_aSentence_andAPlaceOfItsOwn() {
    for (Dashboard dashboard : Dashboards.all()) {
      Set<String> places = new HashSet<>();
      Set<Integer> ids = new HashSet<>();
      for (JsonNode panel : panels(dashboard)) {
        String name = dashboard.uid() + ": " + panel.path("title").asString();
        assertThat(ids.add(panel.path("id").asInt())).as(name).isTrue();
        JsonNode at = panel.path("gridPos");
        for (int x = at.path("x").asInt(); x < at.path("x").asInt() + at.path("w").asInt(); x++) {
          assertThat(x).as(name).isLessThan(24);
          for (int y = at.path("y").asInt(); y < at.path("y").asInt() + at.path("h").asInt(); y++) {
            assertThat(places.add(x + " " + y)).as(name + " lies on another one").isTrue();
          }
        }
        if (!panel.path("type").asString().equals("row")) {
          assertThat(panel.at("/fieldConfig/defaults/unit").asString()).as(name).isNotEmpty();
          assertThat(panel.path("description").asString()).as(name).endsWith(".");
          assertThat(panel.path("targets")).as(name).isNotEmpty();
        }
      }
    }
  }

  @Test
  void linter_hasNothingToSay() throws Exception {
    Path linter = onPath("dashboard-linter");
    assumeTrue(linter != null, "no dashboard-linter on PATH: Grafana's own was not asked");
    for (Dashboard dashboard : Dashboards.all()) {
      Path file = FOLDER.resolve(dashboard.uid() + ".json");
      Process lint =
          new ProcessBuilder(String.valueOf(linter), "lint", "--strict", file.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(lint.getInputStream().readAllBytes(), UTF_8);
      assertThat(lint.waitFor()).as(said).isZero();
    }
  }

  private static @Nullable Path onPath(String program) {
    return Pattern.compile(File.pathSeparator)
        .splitAsStream(System.getenv("PATH"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  private static List<JsonNode> panels(Dashboard dashboard) {
    List<JsonNode> panels = new ArrayList<>();
    JsonMapper.shared().readTree(DashboardJson.of(dashboard)).path("panels").forEach(panels::add);
    assertThat(panels).hasSizeGreaterThan(8);
    return panels;
  }
}
