package io.turnpike.proxy;

import io.turnpike.configuration.StartRefused;
import io.turnpike.cost.CostBook;
import io.turnpike.cost.EngineCosts;
import io.turnpike.cost.EngineProfile;
import io.turnpike.cost.HandoffCosts;
import io.turnpike.node.Node;
import java.io.IOException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;

/** Engines all cost what a profile says, and handoffs what their connector does. */
final class ProfiledCosts implements CostBook {

  private static final String PROFILE = "turnpike.costs.profile";
  private static final String EXPECTED = "a built-in profile, or a YAML file of one";

  private final EngineCosts reading;
  private final EngineCosts sending;

  private ProfiledCosts(EngineProfile profile, double gigabytesPerSecond) {
    reading = EngineCosts.of(profile, HandoffCosts.NIXL, gigabytesPerSecond, 0);
    sending = EngineCosts.of(profile, HandoffCosts.P2P_NCCL, gigabytesPerSecond, 0);
  }

  /**
   * The costs that are configured; {@link CostBook#EMPTY}: none are.
   *
   * @throws StartRefused naming the property that is wrong
   */
  static CostBook of(CostSettings settings) {
    if (settings.profile().isBlank()) {
      return EMPTY;
    }
    if (!(settings.gigabytesPerSecond() > 0)) {
      throw StartRefused.property(
          "turnpike.costs.gigabytes-per-second",
          Double.toString(settings.gigabytesPerSecond()),
          "above 0");
    }
    return new ProfiledCosts(profile(settings.profile()), settings.gigabytesPerSecond());
  }

  /** P2pNccl sends; all others are read. */
  @Override
  public EngineCosts costs(Node node) {
    return node.connector().needsZmqAddress() ? sending : reading;
  }

  private static EngineProfile profile(String nameOrPath) {
    try {
      Resource resource = new ClassPathResource(nameOrPath + ".yaml", EngineProfile.class);
      if (!resource.exists()) {
        resource = new FileSystemResource(nameOrPath);
      }
      PropertySource<?> yaml = new YamlPropertySourceLoader().load(nameOrPath, resource).getFirst();
      ConfigurationPropertySource source = ConfigurationPropertySource.from(yaml);
      if (source != null) {
        return new Binder(source).bind("", EngineProfile.class).get();
      }
    } catch (IOException | RuntimeException wrong) {
      throw refused(nameOrPath);
    }
    throw refused(nameOrPath);
  }

  private static StartRefused refused(String nameOrPath) {
    return StartRefused.property(PROFILE, '"' + nameOrPath + '"', EXPECTED);
  }
}
