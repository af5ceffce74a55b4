package io.turnpike.bench.plot;

import java.util.Locale;

/** How text and numbers stand in the report. */
final class Html {

  private Html() {}

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("'", "&#39;")
        .replace("\"", "&quot;");
  }

  /** Milliseconds, as seconds from 1 s on. */
  static String millis(double value) {
    return value >= 999.5 ? plain(value / 1000) + " s" : plain(value) + " ms";
  }

  /** Three digits, or all of a greater whole number, and no zeros at the end. */
  static String plain(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e6) {
      return Long.toString((long) value);
    }
    double size = Math.abs(value);
    String text =
        String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
    return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
  }

  /** Thousands apart. */
  static String whole(double value) {
    return String.format(Locale.ROOT, "%,.0f", value).replace(',', '\u202f');
  }
}
