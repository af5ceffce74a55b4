package io.turnpike.bench.report;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/**
 * How result records become JSON: keys in snake case, in the order of the record; a figure that is
 * not known is {@code null}.
 */
public final class ResultJson {

  /** For single lines and trees. */
  public static final JsonMapper MAPPER = builder().build();

  static final JsonMapper INDENTED = builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private ResultJson() {}

  private static JsonMapper.Builder builder() {
    SimpleModule figures = new SimpleModule();
    figures.addSerializer(Double.class, new Figure());
    figures.addSerializer(double.class, new Figure());
    return JsonMapper.builder()
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .addModule(figures);
  }

  /** JSON has no number for what is not known. */
  private static final class Figure extends StdSerializer<Double> {

    Figure() {
      super(Double.class);
    }

    @Override
    public void serialize(Double value, JsonGenerator json, SerializationContext context) {
      if (Double.isFinite(value)) {
        json.writeNumber(value);
      } else {
        json.writeNull();
      }
    }
  }
}
