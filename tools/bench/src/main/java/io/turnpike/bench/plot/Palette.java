package io.turnpike.bench.plot;

import java.awt.Color;
import java.util.List;

/** A colour for each mode that people with colour blindness tell apart (Okabe and Ito). */
final class Palette {

  static final List<String> MODES = List.of("pd", "ppd", "replication", "adaptive");

  private static final List<String> LIGHT = List.of("#0072b2", "#d55e00", "#009e73", "#aa4499");
  private static final List<String> DARK = List.of("#56b4e9", "#f0a050", "#3cc79b", "#cc99cc");
  private static final String OTHER = "#777777";

  private Palette() {}

  static String light(String mode) {
    int index = MODES.indexOf(mode);
    return index < 0 ? OTHER : LIGHT.get(index);
  }

  static String dark(String mode) {
    int index = MODES.indexOf(mode);
    return index < 0 ? OTHER : DARK.get(index);
  }

  static Color paint(String mode) {
    return Color.decode(light(mode));
  }
}
