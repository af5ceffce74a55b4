package io.turnpike.registry.kubernetes;

import io.turnpike.configuration.StartRefused;
import io.turnpike.membership.MembershipDriver;
import io.turnpike.membership.Outcome;
import io.turnpike.membership.Registration;
import io.turnpike.membership.Registration.Origin;
import io.turnpike.node.NodeId;
import io.turnpike.registry.address.AllowedAddresses;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds engines that run as pods: lists them once, then watches, and goes on from the last version
 * that was seen when the watch ends or is cut. Only where the server has forgotten that version
 * ({@code 410 Gone}) does it list again. While the server is away the nodes stay as they are;
 * probes say which of them answer. Thread-safe.
 *
 * <pre>
 *  list ──► watch ──60 s──► watch ──cut──► pause ──► watch ──410──► list
 * </pre>
 *
 * EndpointSlices were rejected: they need a Service for each role, and a pod that ends is shown by
 * them no sooner than by the pod itself.
 */
public final class PodDiscovery implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PodDiscovery.class);
  private static final int PAGE = 250;

  /** The server ends a watch then, so that a connection that died unseen costs no more. */
  private static final Duration WATCH_FOR = Duration.ofSeconds(60);

  private static final Duration SILENCE = Duration.ofSeconds(75);
  private static final Duration AT_START = Duration.ofSeconds(15);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);
  private static final int MOST_DOUBLINGS = 7;

  private final PodSettings settings;

  /** Empty: all. */
  private final String namespace;

  private final ApiServer api;
  private final PodRules rules;
  private final PodTable table;
  private final MembershipDriver driver;

  /** Where the next watch begins; null: a list is needed. Used by one step at a time. */
  private @Nullable String version;

  private int failures;
  private volatile @Nullable Instant lostSince;
  private volatile Disposable following = () -> {};

  public PodDiscovery(PodSettings settings, AllowedAddresses allowed, MembershipDriver driver) {
    this.settings = settings;
    this.namespace = settings.oneNamespace();
    this.api = new ApiServer(settings.access());
    this.rules = settings.rules(allowed);
    this.driver = driver;
    this.table = new PodTable(new DrivenNodes(driver));
  }

  /**
   * Lists the pods once and begins to watch. A server that cannot be reached is asked again later.
   *
   * @throws StartRefused if the registry may not see pods
   */
  public void start() {
    try {
      checkRights().then(list()).block(AT_START);
      LOG.atInfo().addKeyValue("server", api.url()).log("Watching pods");
    } catch (ApiRefusal refusal) {
      if (refusal.isForbidden()) {
        throw refused(String.valueOf(refusal.getMessage()));
      }
      lost(refusal);
    } catch (StartRefused refused) {
      throw refused;
    } catch (RuntimeException fault) {
      lost(fault);
    }
    following =
        Mono.defer(this::step)
            .doOnSuccess(_ -> found())
            .onErrorResume(fault -> Mono.delay(pauseAfter(fault)).then())
            .repeatWhen(done -> done.delayElements(SHORTEST_PAUSE))
            .subscribe();
  }

  /** How long the server has not been in touch; zero while it is. */
  public Duration lostFor() {
    Instant since = lostSince;
    return since == null ? Duration.ZERO : Duration.between(since, driver.time().instant());
  }

  private Mono<Void> checkRights() {
    return Flux.just("list", "watch")
        .filterWhen(verb -> mayI(verb).map(may -> !may))
        .collectList()
        .doOnNext(
            missing -> {
              if (!missing.isEmpty()) {
                throw refused("may not " + String.join(" and ", missing) + " pods");
              }
            })
        .then();
  }

  private StartRefused refused(String what) {
    return StartRefused.property(
        settings.property("enabled"),
        what + " in " + (namespace.isEmpty() ? "all namespaces" : "namespace " + namespace),
        "a service account whose role allows list and watch of pods there");
  }

  private Mono<Boolean> mayI(String verb) {
    ObjectNode review = JsonMapper.shared().createObjectNode();
    review.put("apiVersion", "authorization.k8s.io/v1").put("kind", "SelfSubjectAccessReview");
    ObjectNode asked = review.putObject("spec").putObject("resourceAttributes");
    asked.put("verb", verb).put("resource", "pods").put("namespace", namespace);
    return api.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)
        .map(answer -> answer.path("status").path("allowed").asBoolean(false));
  }

  private Mono<Void> step() {
    return version == null ? list() : watch(version);
  }

  private record Page(List<Pod> pods, String version, String next) {}

  private Mono<Void> list() {
    return page("")
        .expand(page -> page.next().isEmpty() ? Mono.empty() : page(page.next()))
        .collectList()
        .doOnNext(
            pages -> {
              List<Pod> all = new ArrayList<>();
              pages.forEach(page -> all.addAll(page.pods()));
              table.replace(all);
              version = pages.getLast().version();
            })
        .then();
  }

  private Mono<Page> page(String next) {
    String path = path("limit=" + PAGE + (next.isEmpty() ? "" : "&continue=" + encoded(next)));
    return api.get(path)
        .map(
            json -> {
              List<Pod> pods = new ArrayList<>();
              json.path("items").forEach(pod -> pods.add(rules.read(pod)));
              JsonNode about = json.path("metadata");
              return new Page(
                  pods,
                  about.path("resourceVersion").asString(""),
                  about.path("continue").asString(""));
            });
  }

  private Mono<Void> watch(String from) {
    String path =
        path(
            "watch=1&allowWatchBookmarks=true&timeoutSeconds=%d&resourceVersion=%s"
                .formatted(WATCH_FOR.toSeconds(), encoded(from)));
    return api.stream(path, SILENCE).doOnNext(this::take).doOnComplete(table::retry).then();
  }

  private void take(JsonNode event) {
    found();
    JsonNode object = event.path("object");
    switch (event.path("type").asString("")) {
      case "ADDED", "MODIFIED" -> table.changed(rules.read(object));
      case "DELETED" -> table.deleted(rules.read(object));
      case "ERROR" -> throw ApiRefusal.of(500, object);
      default -> {}
    }
    String seen = object.path("metadata").path("resourceVersion").asString("");
    version = seen.isEmpty() ? version : seen;
  }

  private String path(String query) {
    String selector =
        settings.selector().isBlank() ? "" : "&labelSelector=" + encoded(settings.selector());
    return (namespace.isEmpty() ? "/api/v1/pods?" : "/api/v1/namespaces/" + namespace + "/pods?")
        + query
        + selector;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private void found() {
    failures = 0;
    if (lostSince != null) {
      lostSince = null;
      LOG.atInfo().addKeyValue("server", api.url()).log("Watching pods again");
    }
  }

  private Duration pauseAfter(Throwable fault) {
    if (fault instanceof ApiRefusal refusal) {
      version = null;
      if (refusal.isGone()) {
        LOG.atInfo().log("The API server has forgotten what was seen last, listing pods anew");
        return Duration.ZERO;
      }
    }
    lost(fault);
    Duration pause = SHORTEST_PAUSE.multipliedBy(1L << Math.min(failures++, MOST_DOUBLINGS));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  private void lost(Throwable fault) {
    if (lostSince == null) {
      lostSince = driver.time().instant();
      LOG.atWarn()
          .addKeyValue("server", api.url())
          .addKeyValue("reason", String.valueOf(fault.getMessage()))
          .log("Cannot watch pods, going on with those that are known");
    }
  }

  @Override
  public void close() {
    following.dispose();
  }

  /** The registry's own table. */
  private record DrivenNodes(MembershipDriver driver) implements PodTable.Nodes {

    @Override
    public Outcome announce(Registration registration) {
      return driver.announce(registration);
    }

    @Override
    public void withdraw(NodeId node) {
      driver.withdraw(node);
    }

    @Override
    public Set<NodeId> discovered() {
      Map<NodeId, Registration> all = driver.registrations();
      return all.entrySet().stream()
          .filter(entry -> entry.getValue().origin() == Origin.DISCOVERED)
          .map(Map.Entry::getKey)
          .collect(Collectors.toSet());
    }
  }
}
