package io.turnpike.control;

import java.math.BigDecimal;
import java.math.RoundingMode;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * Numbers in answers as people read and scripts grep them: at most three decimals, which are a
 * microsecond of a millisecond count and a millisecond of a time, and no exponent.
 */
public final class PlainDecimals extends SimpleModule {

  private static final long serialVersionUID = 1;

  private static final int DECIMALS = 3;

  public PlainDecimals() {
    super("plain-decimals");
    addSerializer(Double.class, new Plain());
    addSerializer(Double.TYPE, new Plain());
  }

  /** With at least one decimal, so that it is read as what it is everywhere. */
  static String plain(double value) {
    BigDecimal rounded =
        BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_UP).stripTrailingZeros();
    return rounded.setScale(Math.max(1, rounded.scale())).toPlainString();
  }

  private static final class Plain extends StdSerializer<Double> {

    Plain() {
      super(Double.class);
    }

    @Override
    public void serialize(Double value, JsonGenerator json, SerializationContext context) {
      if (Double.isFinite(value)) {
        json.writeNumber(plain(value));
      } else {
        json.writeNull();
      }
    }
  }
}
