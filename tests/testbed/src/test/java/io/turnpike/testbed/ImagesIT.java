package io.turnpike.testbed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the testbed's images are, and what is in them. */
class ImagesIT {

  private static final List<String> SERVICES = List.of("registry", "proxy", "replication");
  private static final String SBOM = "META-INF/sbom/application.cdx.json";

  @TempDir private Path folder;
  private ComposeStack stack;

  @BeforeEach
  void start() {
    stack = ComposeStack.shared();
  }

  private JsonNode inspected(String image) {
    String said = stack.run("docker image inspect turnpike/" + image + ":local");
    return JsonMapper.shared().readTree(said).path(0);
  }

  private static List<String> strings(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  @Test
  void images_runWithoutRootOrShell_askThemselves_andSayWhatTheyAre() {
    for (String name : List.of("registry", "proxy", "replication", "simulator")) {
      JsonNode config = inspected(name).path("Config");
      assertThat(config.path("User").asString()).as(name).isEqualTo("10001:10001");
      assertThat(config.path("StopSignal").asString()).as(name).isEqualTo("SIGTERM");
      assertThat(strings(config.path("Entrypoint"))).as(name).startsWith("java");
      assertThat(strings(config.at("/Healthcheck/Test")))
          .as(name)
          .startsWith("CMD", "java")
          .contains("io.turnpike.probe.HealthProbe");
      assertThat(config.path("Labels").propertyNames())
          .as(name)
          .containsAll(
              Set.of(
                  "org.opencontainers.image.title",
                  "org.opencontainers.image.description",
                  "org.opencontainers.image.vendor",
                  "org.opencontainers.image.version",
                  "org.opencontainers.image.revision"));
    }
  }

  @Test
  void images_carryTheListOfTheirParts_thatLiesBesideThem() throws IOException {
    for (String name : SERVICES) {
      Path jar = folder.resolve(name + ".jar");
      String program = "/app/" + name + "-service.jar";
      String container = stack.run("docker create turnpike/" + name + ":local");
      stack.run("docker cp " + container + ":" + program + " " + jar);
      stack.run("docker rm " + container);
      String inside;
      try (ZipFile files = new ZipFile(jar.toFile())) {
        ZipEntry sbom = files.getEntry(SBOM);
        assertThat(sbom).as(SBOM + " of " + name).isNotNull();
        inside = new String(files.getInputStream(sbom).readAllBytes(), UTF_8);
      }
      Path beside = ComposeStack.root().resolve(name + "-service/target/classes").resolve(SBOM);
      assertThat(inside).as(name).isEqualTo(Files.readString(beside, UTF_8));
      JsonNode parts = JsonMapper.shared().readTree(inside);
      assertThat(parts.path("bomFormat").asString()).isEqualTo("CycloneDX");
      assertThat(parts.path("components").findValuesAsString("name"))
          .as(name)
          .contains("netty-transport", "spring-boot");
    }
  }

  @Test
  void layersOfJars_areTheSame_inEveryBuild() {
    assertThat(jarLayers()).hasSize(2).isEqualTo(jarLayers());
  }

  /** The layers of jars that all three services have, built anew. */
  private List<String> jarLayers() {
    stack.run(
        "docker build -q --no-cache -f deploy/images/Dockerfile --target service -t turnpike/again:"
            + stack.project()
            + " .");
    try {
      String image = "turnpike/again:" + stack.project();
      String said = stack.run("docker image inspect " + image);
      List<String> layers = strings(JsonMapper.shared().readTree(said).at("/0/RootFS/Layers"));
      return layers.subList(layers.size() - 2, layers.size());
    } finally {
      stack.run("docker image rm turnpike/again:" + stack.project());
    }
  }
}
