package io.turnpike.registry.kubernetes;

import io.turnpike.configuration.StartRefused;
import io.turnpike.node.Role;
import io.turnpike.registry.address.AllowedAddresses;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which pods are watched, and where; {@code turnpike.registry.kubernetes}.
 *
 * @param enabled whether pods are watched
 * @param namespace whose pods; empty: those of the namespace that the registry runs in; {@code *}:
 *     of all
 * @param selector labels as {@code kubectl -l} takes them; empty: all pods that say a role
 * @param prefillSelector {@code label=value,…} of pods that prefill and have no role label
 * @param decodeSelector likewise of pods that decode
 * @param replicaSelector likewise of replicas
 * @param anySelector likewise of pods that do all of it
 * @param port where engines listen whose pods do not say it
 * @param apiServer empty: as Kubernetes tells each pod
 * @param tokenFile what is shown to it; empty: nothing
 * @param caFile whom to trust there; empty: the trust of the JDK
 */
public record PodSettings(
    @DefaultValue("false") boolean enabled,
    @DefaultValue("") String namespace,
    @DefaultValue("") String selector,
    @DefaultValue("") String prefillSelector,
    @DefaultValue("") String decodeSelector,
    @DefaultValue("") String replicaSelector,
    @DefaultValue("") String anySelector,
    @DefaultValue("8000") @Min(1) @Max(65_535) int port,
    @DefaultValue("") String apiServer,
    @DefaultValue("/var/run/secrets/kubernetes.io/serviceaccount/token") String tokenFile,
    @DefaultValue("/var/run/secrets/kubernetes.io/serviceaccount/ca.crt") String caFile) {

  private static final String PREFIX = "turnpike.registry.kubernetes.";
  private static final String ALL = "*";

  /** Each pod finds its own there. */
  private static final Path OWN_NAMESPACE =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/namespace");

  private static final String EXPECTED = "https://host:port, or a registry that runs as a pod";

  String property(String name) {
    return PREFIX + name;
  }

  ApiServer.Access access() {
    String url = apiServer.isBlank() ? toldToPods() : apiServer.replaceFirst("/+$", "");
    if (!url.matches("https?://[^/@ ]+")) {
      throw StartRefused.property(property("api-server"), '"' + apiServer + '"', EXPECTED);
    }
    return new ApiServer.Access(
        URI.create(url), file("token-file", tokenFile), file("ca-file", caFile));
  }

  private String toldToPods() {
    String host = System.getenv("KUBERNETES_SERVICE_HOST");
    String port = System.getenv("KUBERNETES_SERVICE_PORT");
    if (host == null || port == null) {
      throw StartRefused.property(property("api-server"), "not said", EXPECTED);
    }
    return "https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private @Nullable Path file(String name, String text) {
    if (text.isBlank()) {
      return null;
    }
    Path file = Path.of(text);
    if (!Files.isReadable(file)) {
      throw StartRefused.property(
          property(name), '"' + text + '"', "a file that can be read, or nothing");
    }
    return file;
  }

  /** The namespace that is watched; empty: all. */
  String oneNamespace() {
    if (!namespace.isBlank()) {
      return namespace.equals(ALL) ? "" : namespace;
    }
    try {
      return Files.readString(OWN_NAMESPACE).strip();
    } catch (IOException e) {
      throw StartRefused.property(property("namespace"), "not said", "a namespace, or * for all");
    }
  }

  PodRules rules(AllowedAddresses allowed) {
    return new PodRules(
        Map.of(
            Role.PREFILL, PodRules.selector(property("prefill-selector"), prefillSelector),
            Role.DECODE, PodRules.selector(property("decode-selector"), decodeSelector),
            Role.REPLICA, PodRules.selector(property("replica-selector"), replicaSelector),
            Role.ANY, PodRules.selector(property("any-selector"), anySelector)),
        oneNamespace().isEmpty() ? PodRules.Names.NAMESPACE_AND_POD : PodRules.Names.POD,
        port,
        allowed);
  }
}
