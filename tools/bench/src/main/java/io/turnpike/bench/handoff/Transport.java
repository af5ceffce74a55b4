package io.turnpike.bench.handoff;

import java.util.Arrays;
import java.util.Comparator;

/** What KV caches travel over, and the rate it reaches in practice, GB/s (10^9 bytes). */
public enum Transport {
  NVLINK("NVLink", 600),
  NDR("InfiniBand NDR 400", 40),
  ROCE_200("RoCE 200", 20),
  ETHERNET_100("100 GbE", 10),
  ETHERNET_25("25 GbE", 2.5),
  ETHERNET_10("10 GbE", 1);

  private final String title;
  private final double gigabytesPerSecond;

  Transport(String title, double gigabytesPerSecond) {
    this.title = title;
    this.gigabytesPerSecond = gigabytesPerSecond;
  }

  /** For people. */
  public String title() {
    return title;
  }

  public double gigabytesPerSecond() {
    return gigabytesPerSecond;
  }

  /** Milliseconds for so many bytes. */
  public double millis(double bytes) {
    return bytes / gigabytesPerSecond / 1e6;
  }

  /** The one whose rate is nearest by its ratio. */
  public static Transport nearest(double rate) {
    return Arrays.stream(values())
        .min(Comparator.comparingDouble(t -> Math.abs(Math.log(rate / t.gigabytesPerSecond))))
        .orElseThrow();
  }
}
