package io.turnpike.bench.plot;

import java.awt.Color;
import java.util.Comparator;
import java.util.List;

/** A colour for each mode that people with colour blindness tell apart (Okabe and Ito). */
final class Palette {

  static final List<String> MODES = List.of("pd", "ppd", "replication", "adaptive");

  /** Modes as they follow each other everywhere. */
  static final Comparator<String> ORDER =
      Comparator.comparingInt(Palette::index).thenComparing(mode -> mode);

  private static final List<String> LIGHT =
      List.of("#0072b2", "#d55e00", "#009e73", "#a23b8f", "#777777");
  private static final List<String> DARK =
      List.of("#56b4e9", "#f08a3c", "#3cc79b", "#d998cf", "#aaaaaa");

  private Palette() {}

  /** A mode's place, the last for one that is not known. */
  static int index(String mode) {
    int index = MODES.indexOf(mode);
    return index < 0 ? MODES.size() : index;
  }

  /** The class of a mode's elements. */
  static String css(String mode) {
    return "m" + index(mode);
  }

  static Color paint(String mode) {
    return Color.decode(LIGHT.get(index(mode)));
  }

  /** A rule that names the colours, {@code --m0} and so on. */
  static String rule(boolean dark) {
    List<String> colours = dark ? DARK : LIGHT;
    StringBuilder css = new StringBuilder(":root {");
    for (int i = 0; i < colours.size(); i++) {
      css.append(" --m%d: %s;".formatted(i, colours.get(i)));
    }
    return css.append(" }").toString();
  }
}
