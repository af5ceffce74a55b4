package io.turnpike.launcher.kubernetes;

import java.util.List;

/** The kinds of objects that a job is made of, in the order in which they are applied. */
enum ObjectKind {
  SERVICE_ACCOUNT("v1", "ServiceAccount", "serviceaccounts"),
  ROLE("rbac.authorization.k8s.io/v1", "Role", "roles"),
  ROLE_BINDING("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings"),
  SECRET("v1", "Secret", "secrets"),
  NETWORK_POLICY("networking.k8s.io/v1", "NetworkPolicy", "networkpolicies"),
  SERVICE("v1", "Service", "services"),
  POD_DISRUPTION_BUDGET("policy/v1", "PodDisruptionBudget", "poddisruptionbudgets"),
  STATEFUL_SET("apps/v1", "StatefulSet", "statefulsets"),
  LEADER_WORKER_SET("leaderworkerset.x-k8s.io/v1", "LeaderWorkerSet", "leaderworkersets"),
  DEPLOYMENT("apps/v1", "Deployment", "deployments");

  /** What workers are. */
  static final List<ObjectKind> WORKERS = List.of(STATEFUL_SET, LEADER_WORKER_SET);

  private final String apiVersion;
  private final String word;
  private final String plural;

  ObjectKind(String apiVersion, String word, String plural) {
    this.apiVersion = apiVersion;
    this.word = word;
    this.plural = plural;
  }

  String apiVersion() {
    return apiVersion;
  }

  String word() {
    return word;
  }

  /** Whether it is one that not every cluster has. */
  boolean isExtra() {
    return this == LEADER_WORKER_SET;
  }

  /** What says of a cluster whether it has this kind. */
  String group() {
    return (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion;
  }

  String plural() {
    return plural;
  }

  /** Whether it makes pods, as many as it has replicas. */
  boolean hasPods() {
    return WORKERS.contains(this) || this == DEPLOYMENT;
  }

  /** Where all of a namespace are. */
  String path(String namespace) {
    return group() + "/namespaces/" + namespace + "/" + plural;
  }

  /** Where one is. */
  String path(String namespace, String name) {
    return path(namespace) + "/" + name;
  }
}
