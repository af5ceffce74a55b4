package io.turnpike.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** Holds {@code docs/properties.md} to the code: every property, with its default, and no other. */
class PropertiesTest {

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(turnpike\\.[a-z0-9.-]+)` \\| (?:`([^`]*)`)? ?\\|");

  private static final Map<String, String> inCode = new TreeMap<>();
  private static final Map<String, String> onThePage = new TreeMap<>();

  @BeforeAll
  static void read() throws IOException {
    new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.turnpike")
            .stream()
            .filter(type -> type.isAnnotatedWith(ConfigurationProperties.class))
            .forEach(type -> add(type.reflect()));
    Matcher row = ROW.matcher(Files.readString(SuiteStack.root().resolve("docs/properties.md")));
    while (row.find()) {
      String value = row.group(2);
      String before = onThePage.put(row.group(1), value == null ? "" : value);
      assertThat(before == null || before.equals(onThePage.get(row.group(1))))
          .as("%s stands there with two defaults", row.group(1))
          .isTrue();
    }
  }

  private static void add(Class<?> settings) {
    ConfigurationProperties known = settings.getAnnotation(ConfigurationProperties.class);
    String prefix = known.prefix().isEmpty() ? known.value() : known.prefix();
    for (RecordComponent component : settings.getRecordComponents()) {
      inCode.put(prefix + "." + dashed(component.getName()), defaultOf(settings, component));
    }
  }

  private static String dashed(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /** The annotation stands on the constructor's parameter. */
  private static String defaultOf(Class<?> settings, RecordComponent component) {
    RecordComponent[] all = settings.getRecordComponents();
    for (int i = 0; i < all.length; i++) {
      if (all[i].getName().equals(component.getName())) {
        DefaultValue value =
            settings.getDeclaredConstructors()[0].getParameters()[i].getAnnotation(
                DefaultValue.class);
        return value == null ? "" : String.join(", ", value.value());
      }
    }
    throw new IllegalStateException(component.toString());
  }

  @Test
  void propertiesAreFound() {
    assertThat(inCode).containsEntry("turnpike.proxy.mode", "ppd").hasSizeGreaterThan(35);
  }

  @Test
  void page_namesEveryProperty_withItsDefault_andNoOther() {
    assertThat(onThePage).isEqualTo(inCode);
  }
}
