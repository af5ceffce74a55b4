package io.turnpike.launcher.kubernetes;

import io.kubernetes.client.util.KubeConfig;
import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which clusters there are and who asks them: one file, or several that count as one as they do for
 * kubectl. What an earlier file says of a name holds, and the first current context; a file that is
 * not there is passed over; paths are relative to the file that says them.
 *
 * @param files in their order
 */
record Kubeconfig(List<Path> files) {

  /** What the client reads from files; it knows of one folder only. */
  private static final List<String> PATHS =
      List.of("certificate-authority", "client-certificate", "client-key", "tokenFile");

  Kubeconfig {
    files = files.stream().map(Path::toAbsolutePath).toList();
  }

  /** That of whoever runs this: {@code KUBECONFIG}, or the file in his home folder. */
  static Kubeconfig ofThisUser() {
    return of(System.getenv("KUBECONFIG"), Path.of(System.getProperty("user.home")));
  }

  static Kubeconfig of(@Nullable String variable, Path home) {
    return variable == null || variable.isBlank()
        ? new Kubeconfig(List.of(home.resolve(".kube").resolve("config")))
        : new Kubeconfig(
            Stream.of(variable.split(File.pathSeparator, -1))
                .filter(file -> !file.isBlank())
                .map(Path::of)
                .toList());
  }

  /** As {@code KUBECONFIG} says it. */
  String variable() {
    return files.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  /** Whether any of it is there. */
  boolean isThere() {
    return files.stream().anyMatch(Files::exists);
  }

  /**
   * All files as one.
   *
   * @param context the one that is asked for; null: the current one
   */
  KubeConfig read(@Nullable String context) throws IOException {
    ArrayList<Object> contexts = new ArrayList<>();
    ArrayList<Object> clusters = new ArrayList<>();
    ArrayList<Object> users = new ArrayList<>();
    String chosen = context;
    for (Path file : files) {
      if (Files.exists(file)) {
        KubeConfig one = read(file);
        contexts.addAll(items(one.getContexts()));
        clusters.addAll(items(one.getClusters()));
        users.addAll(items(one.getUsers()));
        chosen = chosen == null || chosen.isEmpty() ? one.getCurrentContext() : chosen;
      }
    }
    KubeConfig all = new KubeConfig(contexts, clusters, users);
    all.setFile(files.getFirst().toFile());
    if (!all.setContext(chosen)) {
      throw new IOException(
          (chosen == null ? "no current context" : "context '" + chosen + "' is not")
              + " in "
              + files);
    }
    return all;
  }

  private static KubeConfig read(Path file) throws IOException {
    try (Reader reader = Files.newBufferedReader(file)) {
      KubeConfig one = KubeConfig.loadKubeConfig(reader);
      Path folder = file.resolveSibling("");
      items(one.getClusters()).forEach(it -> settle(it, "cluster", folder));
      items(one.getUsers()).forEach(it -> settle(it, "user", folder));
      return one;
    }
  }

  private static List<Object> items(@Nullable List<Object> list) {
    return list == null ? List.of() : list;
  }

  /** Makes paths absolute, also that of a program that is not looked for on the PATH. */
  private static void settle(Object item, String kind, Path folder) {
    if (item instanceof Map<?, ?> named && named.get(kind) instanceof Map<?, ?> said) {
      for (String path : PATHS) {
        settle(said, path, folder);
      }
      if (said.get("exec") instanceof Map<?, ?> program
          && String.valueOf(program.get("command")).contains(File.separator)) {
        settle(program, "command", folder);
      }
    }
  }

  @SuppressWarnings("unchecked") // What YAML has read.
  private static void settle(Map<?, ?> part, String key, Path folder) {
    if (part.get(key) instanceof String path && !path.isEmpty()) {
      ((Map<String, Object>) part).put(key, folder.resolve(path).normalize().toString());
    }
  }
}
