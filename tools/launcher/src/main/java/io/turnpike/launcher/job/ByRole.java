package io.turnpike.launcher.job;

import io.turnpike.launcher.plan.YamlSection;
import io.turnpike.node.Role;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * What a section of a job file says of workers: of all, and over that of those of some role.
 *
 * @param all of those of whose role nothing is said
 * @param own of the others
 */
record ByRole<T>(T all, Map<Role, T> own) {

  ByRole {
    own = Map.copyOf(own);
  }

  /** The same for all. */
  static <T> ByRole<T> of(T all) {
    return new ByRole<>(all, Map.of());
  }

  /**
   * Reads the keys of a section, and of the sections below it that are named as roles are.
   *
   * @param standard what holds where nothing is said
   * @param reader reads keys over what holds without them
   */
  static <T> ByRole<T> read(YamlSection section, T standard, BiFunction<YamlSection, T, T> reader) {
    T all = reader.apply(section, standard);
    Map<Role, T> own = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      section.take(
          role.word(),
          node -> {
            YamlSection below = section.section(node, role.word());
            own.put(role, reader.apply(below, all));
            below.rejectOthers();
          });
    }
    return new ByRole<>(all, own);
  }

  /** What holds for a role. */
  T of(Role role) {
    return own.getOrDefault(role, all);
  }
}
