package io.turnpike.bench.plot;

import java.util.Locale;

/** A shape for each mode, so that colour is not all that tells them apart. */
enum Marker {
  CIRCLE,
  SQUARE,
  TRIANGLE,
  DIAMOND;

  static Marker of(String mode) {
    return values()[Palette.index(mode) % values().length];
  }

  /** Its outline as SVG path data. */
  String path(double x, double y, double radius) {
    double r = radius;
    return switch (this) {
      case CIRCLE ->
          String.format(Locale.ROOT, "M%.1f %.1fa%.1f %.1f 0 1 0 .01 0z", x, y - r, r, r);
      case SQUARE ->
          String.format(
              Locale.ROOT,
              "M%.1f %.1fh%.1fv%.1fh-%.1fz",
              x - r * 0.9,
              y - r * 0.9,
              r * 1.8,
              r * 1.8,
              r * 1.8);
      case TRIANGLE ->
          String.format(
              Locale.ROOT,
              "M%.1f %.1fl%.1f %.1fh-%.1fz",
              x,
              y - r * 1.15,
              r * 1.15,
              r * 2,
              r * 2.3);
      case DIAMOND ->
          String.format(
              Locale.ROOT,
              "M%.1f %.1fl%.1f %.1fl-%.1f %.1fl-%.1f -%.1fz",
              x,
              y - r * 1.2,
              r * 1.2,
              r * 1.2,
              r * 1.2,
              r * 1.2,
              r * 1.2,
              r * 1.2);
    };
  }
}
