package io.turnpike.launcher.kubernetes;

import io.turnpike.fixtures.kubernetes.TestNamespace;
import io.turnpike.launcher.Turnpike;
import io.turnpike.launcher.job.JobFolder;
import io.turnpike.launcher.job.Watchers;
import io.turnpike.launcher.stack.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Somebody who has the rights that docs/job.md lists and no others, with a kubeconfig of two files.
 *
 * @param namespace where these hold
 * @param folder where files are written
 * @param kubeconfig who this is
 */
record JobUser(TestNamespace namespace, Path folder, Kubeconfig kubeconfig) {

  private static final String RIGHTS =
      """
      {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "jobs"},
       "rules": [
        {"apiGroups": [""], "resources": ["serviceaccounts", "secrets", "services"],
         "verbs": ["list", "create", "patch", "delete"]},
        {"apiGroups": ["apps"], "resources": ["deployments", "statefulsets"],
         "verbs": ["list", "create", "patch", "delete"]},
        {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles", "rolebindings"],
         "verbs": ["list", "create", "patch", "delete"]},
        {"apiGroups": ["networking.k8s.io"], "resources": ["networkpolicies"],
         "verbs": ["list", "create", "patch", "delete"]},
        {"apiGroups": ["policy"], "resources": ["poddisruptionbudgets"],
         "verbs": ["list", "create", "patch", "delete"]},
        {"apiGroups": [""], "resources": ["services"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "watch", "delete"]},
        {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
        {"apiGroups": [""], "resources": ["pods/portforward"], "verbs": ["get", "create"]}]}
      """;

  /** Words that start this program. */
  private static final List<String> SELF =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:TieredStopAtLevel=1",
          "-cp",
          System.getProperty("java.class.path"),
          Turnpike.class.getName());

  private static final String SPANNING =
      """
      {"apiGroups": ["leaderworkerset.x-k8s.io"], "resources": ["leaderworkersets"],
       "verbs": ["list", "create", "patch", "delete"]},
      """;

  /** For workers of one pod each. */
  static JobUser create(TestNamespace namespace, Path folder) throws IOException {
    return create(namespace, folder, "");
  }

  /** For workers that span several as well. */
  static JobUser spanning(TestNamespace namespace, Path folder) throws IOException {
    return create(namespace, folder, SPANNING);
  }

  private static JobUser create(TestNamespace namespace, Path folder, String more)
      throws IOException {
    namespace.kubectl("create serviceaccount operator");
    namespace.kubectl("create -f -", RIGHTS.replace("\"rules\": [", "\"rules\": [" + more));
    namespace.kubectl(
        "create rolebinding jobs --role=jobs --serviceaccount=%s:operator"
            .formatted(namespace.name()));
    Files.writeString(folder.resolve("token"), namespace.kubectl("create token operator"));
    Path clusters =
        Files.writeString(
            folder.resolve("clusters"),
            "clusters: [{name: kube, cluster: {server: '%s', certificate-authority: '%s'}}]"
                .formatted(namespace.cluster().url(), namespace.cluster().ca()));
    Path users =
        Files.writeString(
            folder.resolve("users"),
            """
            users: [{name: operator, user: {tokenFile: token}}]
            contexts: [{name: test, context: {cluster: kube, user: operator}}]
            current-context: test
            """);
    Kubeconfig kubeconfig = new Kubeconfig(List.of(clusters, folder.resolve("none"), users));
    return new JobUser(namespace, folder, kubeconfig);
  }

  KubernetesBackEnd backEnd() {
    return new KubernetesBackEnd(kubeconfig, new Watchers(SELF));
  }

  /** A folder for a job of that file, in the namespace. */
  JobFolder.Entry begin(String yaml) throws IOException {
    String own =
        yaml.replace("kubernetes: {", "kubernetes: {namespace: " + namespace.name() + ", ")
            .replace("kubernetes:\n", "kubernetes:\n  namespace: " + namespace.name() + "\n");
    Path file = Files.writeString(folder.resolve("cluster.yaml"), own);
    JobFolder.Entry entry =
        JobFolder.in(new StateFolder(folder.resolve("state")))
            .begin(file, ThreadLocalRandom.current());
    entry.on("kubernetes");
    return entry;
  }

  /** What is left of a job. */
  String left(JobFolder.Entry entry, String kinds) {
    return namespace.kubectl(
        "get %s -l %s -o name".formatted(kinds, Names.ofJob(entry.id()).query()));
  }
}
