package io.turnpike.launcher.job;

import io.turnpike.node.Role;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Workers that are alike.
 *
 * @param role what they do
 * @param environment their own, over that of all
 * @param gpus GPUs of each; null: as many as its sizes multiply to
 * @param replicas how many there are
 * @param params theirs, with those of {@code general} below
 */
public record Group(
    Role role,
    Map<String, String> environment,
    @Nullable Integer gpus,
    int replicas,
    Params params) {

  public Group {
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
  }

  /** GPUs of each worker. */
  public int gpusEach() {
    return gpus == null ? params.gpus() : gpus;
  }

  /** Another number of the same. */
  Group of(int others) {
    return new Group(role, environment, gpus, others, params);
  }

  /** The names of all. */
  List<String> workers() {
    return IntStream.rangeClosed(1, replicas).mapToObj(this::worker).toList();
  }

  /** The name of one of them; n from 1. */
  String worker(int n) {
    return role.word() + "-" + n;
  }
}
