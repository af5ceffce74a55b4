package io.turnpike.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/field-notes.md} to the code: 46 notes, each with tests that there are. */
class FieldNotesTest {

  private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+) \\|.*\\| ([^|]*) \\|$");
  private static final Pattern TEST = Pattern.compile("`(\\w+(?:Test|IT))(?:\\.(\\w+))?`");

  private static final Path ROOT = SuiteStack.root();

  @Test
  void everyNote_hasATestThatThereIs() throws IOException {
    List<Path> sources = sources();
    Matcher row = ROW.matcher(Files.readString(ROOT.resolve("docs/field-notes.md")));
    int number = 0;
    while (row.find()) {
      number++;
      assertThat(row.group(1)).isEqualTo(Integer.toString(number));
      Matcher test = TEST.matcher(row.group(2));
      int tests = 0;
      while (test.find()) {
        tests++;
        assertThat(isThere(sources, test.group(1), test.group(2)))
            .as("note %d: %s", number, test.group())
            .isTrue();
      }
      assertThat(tests).as("tests of note %d", number).isPositive();
    }
    assertThat(number).isEqualTo(46);
  }

  private static boolean isThere(List<Path> sources, String type, String method)
      throws IOException {
    for (Path source : sources) {
      if (source.endsWith(type + ".java")
          && (method == null || Files.readString(source, UTF_8).contains("void " + method + "("))) {
        return true;
      }
    }
    return false;
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            String name = folder.getFileName().toString();
            boolean ours = !name.equals("target") && (!name.startsWith(".") || folder.equals(ROOT));
            return ours ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              sources.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return sources;
  }
}
