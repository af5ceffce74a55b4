package io.turnpike.registry.http;

import io.turnpike.control.ControlJson;
import io.turnpike.membership.Change;
import io.turnpike.membership.MembershipDriver;
import io.turnpike.membership.MembershipDriver.Published;
import io.turnpike.membership.NodeCodec;
import io.turnpike.membership.Registration;
import io.turnpike.node.NodeId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The watch: a snapshot, then changes, each with the table's version. A watcher that does not keep
 * up loses updates, which shows as a gap in the versions, and then gets a fresh snapshot: a watcher
 * is never wrong for longer than a heartbeat, and never costs more than its bounded queue.
 */
public final class WatchFeed {

  private static final Duration HEARTBEAT = Duration.ofSeconds(5);
  private static final int QUEUED_UPDATES = 64;

  private final MembershipDriver driver;
  private final Sinks.Many<Signal> updates = Sinks.many().multicast().directBestEffort();
  private final AtomicInteger watchers = new AtomicInteger();

  /** Something that may make a watcher be told something. */
  private sealed interface Signal {}

  private record Update(long version, String data) implements Signal {}

  private record Beat() implements Signal {}

  public WatchFeed(MembershipDriver driver) {
    this.driver = driver;
    driver.listen(this::publish);
  }

  /** How many watch at this moment. */
  public int watchers() {
    return watchers.get();
  }

  @ControlJson
  private record Changes(long version, List<ShownChange> changes) {}

  @ControlJson
  private record ShownChange(String kind, String reason, ObjectNode node) {

    static ShownChange of(Change change, @Nullable Registration registration) {
      return new ShownChange(
          change.kind().word(), change.reason(), NodeCodec.write(change.node(), registration));
    }
  }

  /** Called under the driver's lock, so one at a time and in order. */
  private void publish(Published published, List<Change> changes) {
    if (updates.currentSubscriberCount() > 0) {
      Map<NodeId, Registration> registrations = driver.registrations();
      List<ShownChange> shown =
          changes.stream()
              .map(it -> ShownChange.of(it, registrations.get(it.node().id())))
              .toList();
      String data = JsonMapper.shared().writeValueAsString(new Changes(published.version(), shown));
      updates.tryEmitNext(new Update(published.version(), data));
    }
  }

  /** One watcher's events. The first comes when the nodes known at the start were asked once. */
  Flux<ServerSentEvent<String>> watch() {
    return Mono.fromCompletionStage(driver::settled)
        .thenMany(Flux.defer(() -> events(Schedulers.parallel())))
        .doOnSubscribe(_ -> watchers.incrementAndGet())
        .doFinally(_ -> watchers.decrementAndGet());
  }

  private Flux<ServerSentEvent<String>> events(Scheduler timer) {
    Flux<Signal> beats =
        Flux.interval(Duration.ZERO, HEARTBEAT, timer)
            .onBackpressureDrop()
            .map(_ -> (Signal) new Beat());
    Watcher watcher = new Watcher();
    // Merged in this order: updates are queued before the first beat asks for a snapshot.
    return Flux.merge(QUEUED_UPDATES, updates.asFlux(), beats).concatMapIterable(watcher::tell, 1);
  }

  /** What one watcher was told last. Used by one thread at a time, as streams are. */
  private final class Watcher {
    private long told = -1;

    List<ServerSentEvent<String>> tell(Signal signal) {
      return switch (signal) {
        case Beat _ ->
            told == driver.published().version()
                ? List.of(ServerSentEvent.<String>builder().comment("alive").build())
                : List.of(snapshot());
        case Update update when update.version() <= told -> List.of();
        case Update update when told >= 0 && update.version() == told + 1 -> {
          told = update.version();
          yield List.of(event("change", told, update.data()));
        }
        case Update _ -> List.of(snapshot());
      };
    }

    private ServerSentEvent<String> snapshot() {
      Published published = driver.published();
      told = published.version();
      String table = NodeCodec.writeTable(published, driver.registrations()).toString();
      return event("snapshot", told, table);
    }

    private ServerSentEvent<String> event(String name, long version, String data) {
      return ServerSentEvent.<String>builder()
          .event(name)
          .id(Long.toString(version))
          .data(data)
          .build();
    }
  }
}
