package io.turnpike.grafana;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The four dashboards. After a change run {@code mvn -pl deploy/grafana test
 * -Dturnpike.dashboards=write}, which writes the files that Grafana reads.
 *
 * <p>Only what has data is drawn: a panel is added together with the metric it shows.
 */
final class Dashboards {

  private Dashboards() {}

  static List<Dashboard> all() {
    return List.of(
        OverviewDashboard.dashboard(),
        RoutingDashboard.dashboard(),
        NodesDashboard.dashboard(),
        GatewayDashboard.dashboard());
  }

  /** Writes each dashboard's file. */
  static void write(Path folder) throws IOException {
    for (Dashboard dashboard : all()) {
      Files.writeString(folder.resolve(dashboard.uid() + ".json"), DashboardJson.of(dashboard));
    }
  }
}
