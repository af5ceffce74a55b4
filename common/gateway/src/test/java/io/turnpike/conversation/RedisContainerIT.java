package io.turnpike.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.turnpike.fixtures.redis.RedisAddress;
import io.turnpike.redis.RedisLink;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** The same contract with the Redis that deployments run, where a Docker engine answers. */
class RedisContainerIT extends ConversationStoreContract {

  private static final int PORT = 6379;
  private static final Duration BOUND = Duration.ofSeconds(60);

  private static GenericContainer<?> container;
  private static RedisLink link;
  private static RedisConversationStore store;

  @BeforeAll
  static void start() {
    assumeTrue(
        DockerClientFactory.instance().isDockerAvailable(),
        "no Docker engine answers (DOCKER_HOST or /var/run/docker.sock): the contract ran on the"
            + " embedded Redis only");
    container =
        new GenericContainer<>(DockerImageName.parse("redis:7.4-alpine"))
            .withExposedPorts(PORT)
            .waitingFor(
                Wait.forLogMessage(".*Ready to accept connections.*", 1).withStartupTimeout(BOUND));
    try {
      container.start();
    } catch (ContainerFetchException e) {
      abort("the image is not here and cannot be fetched: " + e.getMessage());
    }
    link =
        new RedisLink(
            RedisAddress.of(
                "redis://" + container.getHost() + ":" + container.getMappedPort(PORT)));
    store = new RedisConversationStore(link, "test", Duration.ofHours(1), event -> {});
    assertThat(link.ask(redis -> redis.ping(), BOUND).block(BOUND)).isEqualTo("PONG");
  }

  @AfterAll
  static void stop() {
    if (container != null) {
      if (link != null) {
        link.close();
      }
      container.stop();
    }
  }

  @Override
  ConversationStore store() {
    return store;
  }
}
