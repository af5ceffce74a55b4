package io.turnpike.simulator.metrics;

/** Builds Prometheus text with vLLM's labels {@code engine} and {@code model_name}. */
final class MetricsText {

  private final StringBuilder out = new StringBuilder(32_768);
  private final String labels;
  private final double createdSeconds;

  MetricsText(String model, double createdSeconds) {
    this.labels =
        "engine=\"0\",model_name=\"" + model.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    this.createdSeconds = createdSeconds;
  }

  MetricsText plainGauge(String name, Number value) {
    head(name, "gauge");
    out.append(name).append(' ').append(value.doubleValue()).append('\n');
    return this;
  }

  MetricsText plainCounter(String name, Number value) {
    head(name, "counter");
    out.append(name).append(' ').append(value.doubleValue()).append('\n');
    return this;
  }

  MetricsText gauge(String name, Number value) {
    head(name, "gauge");
    return sample(name, "", value);
  }

  /** A gauge with one more label; values are pairs of label value and number. */
  MetricsText gauges(String name, String label, Object... values) {
    head(name, "gauge");
    return samples(name, label, values);
  }

  /** The name without {@code _total}. */
  MetricsText counter(String name, Number value) {
    head(name + "_total", "counter");
    sample(name + "_total", "", value);
    head(name + "_created", "gauge");
    return sample(name + "_created", "", createdSeconds);
  }

  /** A counter with one more label; values are pairs of label value and number. */
  MetricsText counters(String name, String label, Object... values) {
    head(name + "_total", "counter");
    samples(name + "_total", label, values);
    Object[] created = values.clone();
    for (int i = 1; i < created.length; i += 2) {
      created[i] = createdSeconds;
    }
    head(name + "_created", "gauge");
    return samples(name + "_created", label, created);
  }

  MetricsText histogram(String name, Histogram histogram) {
    head(name, "histogram");
    histogram.write(out, name, labels);
    head(name + "_created", "gauge");
    return sample(name + "_created", "", createdSeconds);
  }

  MetricsText sample(String name, String moreLabels, Number value) {
    out.append(name)
        .append('{')
        .append(labels)
        .append(moreLabels)
        .append("} ")
        .append(value.doubleValue());
    out.append('\n');
    return this;
  }

  void head(String name, String type) {
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  @Override
  public String toString() {
    return out.toString();
  }

  private MetricsText samples(String name, String label, Object... values) {
    for (int i = 0; i < values.length; i += 2) {
      Number value = (Number) values[i + 1];
      sample(name, "," + label + "=\"" + values[i] + "\"", value);
    }
    return this;
  }
}
