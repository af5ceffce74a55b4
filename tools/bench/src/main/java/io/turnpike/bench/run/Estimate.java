package io.turnpike.bench.run;

import java.time.Duration;

/** How long the rest of some like parts takes, from those that are done. One thread. */
public final class Estimate {

  private int left;
  private int done;
  private Duration spent = Duration.ZERO;

  /** Of so many parts. */
  public Estimate(int parts) {
    left = parts;
  }

  /** A part that took no time. */
  public void skip() {
    left--;
  }

  /** A part has ended. */
  public void took(Duration time) {
    left--;
    done++;
    spent = spent.plus(time);
  }

  /** What is left, for the end of a line; nothing before the first part has ended. */
  public String left() {
    return done == 0 || left < 1
        ? ""
        : ", about " + words(spent.multipliedBy(left).dividedBy(done)) + " left";
  }

  /** A time as people say it. */
  public static String words(Duration time) {
    long seconds = Math.max(1, Math.round(time.toMillis() / 1000.0));
    if (seconds < 100) {
      return seconds + " s";
    }
    long minutes = Math.round(seconds / 60.0);
    return minutes < 100 ? minutes + " min" : "%d h %02d min".formatted(minutes / 60, minutes % 60);
  }
}
