package io.turnpike.launcher.kubernetes;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What the objects of a job are called, and how they are known to be its own.
 *
 * @param job the job's name in its namespace; the Service that clients go to has it too
 */
record Names(String job) {

  /** The label by which all objects of a job are found, and the registry finds its engines. */
  static final String JOB = "turnpike.io/job";

  static final String ROLE = "turnpike.io/role";
  static final String PORT = "turnpike.io/port";
  static final String CONNECTOR = "turnpike.io/connector";
  static final String ZMQ_PORT = "turnpike.io/zmq-port";
  static final String COMPONENT = "app.kubernetes.io/component";

  /** Leaves room for a group, a pod's number, and what Kubernetes puts behind a StatefulSet. */
  private static final int LONGEST = 36;

  /** The names of a job with that id. */
  static Names ofJob(String id) {
    String plain = id.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
    // Ids end in chance, which keeps them apart.
    String end =
        plain.substring(Math.max(0, plain.length() - LONGEST)).replaceFirst("^[^a-z0-9]+", "");
    return new Names(Character.isDigit(end.charAt(0)) ? "j" + end : end);
  }

  /** The names of what a file would be without an id. */
  static Names ofFile(Path file) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.[A-Za-z]+$", "");
    String plain = name.replaceAll("[^A-Za-z0-9]+", "-").replaceAll("^-|-$", "");
    return ofJob(plain.isEmpty() ? "job" : plain);
  }

  /** What an object of a component is called. */
  String of(String component) {
    return job + "-" + component;
  }

  /** Marks an object as the job's own. */
  Map<String, String> labels(String component) {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("app.kubernetes.io/name", "turnpike");
    labels.put("app.kubernetes.io/instance", job);
    labels.put(COMPONENT, component);
    labels.put("app.kubernetes.io/managed-by", "turnpike");
    labels.put(JOB, job);
    return labels;
  }

  /** Finds all that is the job's own. */
  Map<String, String> selector() {
    return Map.of(JOB, job);
  }

  /** The same as a query has it. */
  String query() {
    return JOB + "=" + job;
  }

  /** Finds the pods of a component. */
  Map<String, String> selector(String component) {
    Map<String, String> labels = new LinkedHashMap<>(selector());
    labels.put(COMPONENT, component);
    return labels;
  }
}
