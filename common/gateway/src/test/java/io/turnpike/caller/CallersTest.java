package io.turnpike.caller;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.turnpike.control.Bearer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class CallersTest {

  private static final String ALICE = hash("alices-secret");
  private static final String BOB = hash("bobs-secret");

  @TempDir Path folder;
  private int writes;

  private static String hash(String secret) {
    return HexFormat.of().formatHex(KeyTable.hash(secret));
  }

  /** Each time with another time of change, as writes that follow each other by hand have. */
  private Path write(String yaml) throws IOException {
    Path file = folder.resolve("callers.yaml");
    Files.writeString(file, yaml);
    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_000 + ++writes)));
    return file;
  }

  private static Callers.Table parse(String yaml) {
    return CallersFile.parse(yaml.getBytes(UTF_8), null);
  }

  @Test
  void everybodyMayAsk_whereNoFileIs() {
    Callers open = Callers.anybody();
    assertThat(open.areListed()).isFalse();
    assertThat(open.find(null)).isSameAs(Caller.ANYBODY);
    assertThat(open.find("Bearer whatever")).isSameAs(Caller.ANYBODY);
  }

  @Test
  void caller_isFoundByItsSecret_andByNothingElse() throws IOException {
    Path file =
        write(
            """
            callers:
              - id: alice
                sha256: %s
                models: [tiny, big]
                limits: {requests-per-second: 2.5, burst: 4, turns: 3, queue: 2, max-wait: 10s, tokens-per-minute: 5000}
                priority: true
              - id: bob
                sha256: %s
                admin: true
            """
                .formatted(ALICE, BOB.toUpperCase(java.util.Locale.ROOT)));
    Callers callers = Callers.of(file, null);
    Caller alice = callers.find("Bearer alices-secret");
    assertThat(alice).isNotNull();
    assertThat(alice.id()).isEqualTo("alice");
    assertThat(alice.limits()).isEqualTo(new Limits(2.5, 4, 3, 2, Duration.ofSeconds(10), 5000L));
    assertThat(alice.mayUse("tiny")).isTrue();
    assertThat(alice.mayUse("other")).isFalse();
    assertThat(alice.mayUse(null)).isFalse();
    assertThat(alice.priority()).isTrue();
    assertThat(alice.admin()).isFalse();
    Caller bob = callers.find("bearer bobs-secret");
    assertThat(bob).isNotNull();
    assertThat(bob.mayUse("anything")).isTrue();
    assertThat(bob.admin()).isTrue();
    assertThat(bob.priority()).isFalse();
    for (String wrong : Set.of("Bearer alice", "alices-secret", "Bearer " + ALICE, "Bearer ", "")) {
      assertThat(callers.find(wrong)).as(wrong).isNull();
    }
    assertThat(callers.find(null)).isNull();
    assertThat(alice.toString()).doesNotContain("secret", ALICE);
  }

  @Test
  void adminKey_opensTurnsToo() throws IOException {
    Callers callers = Callers.of(write("callers: [{id: a, sha256: " + ALICE + "}]"), null);
    assertThat(callers.find("Bearer master")).isNull();
    callers.admit(Bearer.adminKey("master"));
    Caller operator = callers.find("Bearer master");
    assertThat(operator).isNotNull();
    assertThat(operator.admin()).isTrue();
    assertThat(operator.isNamed()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                              | empty",
        "callers: [{sha256: H}]                          | callers[0].id: missing",
        "callers: [{id: 'a b', sha256: H}]               | callers[0].id: \"a b\"",
        "callers: [{id: admin, sha256: H}]               | not \"admin\"",
        "callers: [{id: a}]                              | a.sha256: missing",
        "callers: [{id: a, sha256: 12}]                  | a.sha256: wrong",
        "callers: [{id: a, sha256: H}, {id: a, sha256: G}] | a stands there twice",
        "callers: [{id: a, sha256: H}, {id: b, sha256: H}] | b.sha256: a key that stands",
        "callers: [{id: a, sha256: H, role: x}]          | callers[0].role: unknown key",
        "callers: [{id: a, sha256: H, limits: {turns: 0}}] | turns: 0 (expected: 1 or more)",
        "callers: [{id: a, sha256: H, limits: {burst: 2}}] | burst: 2 (expected:"
            + " requests-per-second",
        "callers: [{id: a                                | no YAML",
        "clients: []                                     | clients",
      })
  void mistakes_areOneLine(String yaml, String said) {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> parse(yaml.replace("H", ALICE).replace("G", BOB)))
        .satisfies(
            wrong ->
                assertThat(wrong.getMessage()).contains(said).doesNotContain("\n", ALICE, BOB));
  }

  @Test
  void change_countsAfterTheNextLook() throws IOException {
    Path file = write("callers: [{id: a, sha256: " + ALICE + "}]");
    Callers callers = Callers.of(file, null);
    Set<String> heard = new HashSet<>();
    callers.onChange(heard::addAll);
    callers.reload();
    assertThat(heard).isEmpty();
    write("callers: [{id: b, sha256: " + BOB + "}]");
    callers.reload();
    assertThat(callers.find("Bearer alices-secret")).isNull();
    assertThat(callers.find("Bearer bobs-secret")).isNotNull();
    assertThat(heard).containsExactly("b");
  }

  @Test
  void badChange_leavesEverythingAsItWas_andIsSaidOnce(CapturedOutput output) throws IOException {
    Path file = write("callers: [{id: a, sha256: " + ALICE + "}]");
    Callers callers = Callers.of(file, null);
    write("callers: [{id: a, sha256: nonsense}]");
    for (int i = 0; i < 3; i++) {
      callers.reload();
      assertThat(callers.find("Bearer alices-secret")).isNotNull();
    }
    assertThat(output.getAll().lines().filter(line -> line.contains("callers not read again")))
        .hasSize(1);
    assertThat(output.getAll()).contains("a.sha256: wrong").doesNotContain("\tat ");
    Files.delete(file);
    callers.reload();
    callers.reload();
    assertThat(callers.find("Bearer alices-secret")).isNotNull();
    write("callers: [{id: b, sha256: " + BOB + "}]");
    callers.reload();
    assertThat(callers.find("Bearer bobs-secret")).isNotNull();
  }

  @Test
  void keyMayBeChanged_withoutAGap() {
    Callers.Table both = parse("callers: [{id: a, sha256: [" + ALICE + ", " + BOB + "]}]");
    assertThat(both.keys().find("alices-secret")).isSameAs(both.keys().find("bobs-secret"));
  }

  @Test
  void salts_differByCaller_andByWhatACallerSends_andStay() {
    String yaml = "callers: [{id: a, sha256: " + ALICE + "}, {id: b, sha256: " + BOB + "}]";
    CacheSalt ofA = salt(parse(yaml), "alices-secret");
    CacheSalt ofB = salt(parse(yaml), "bobs-secret");
    Set<String> all = new HashSet<>();
    for (CacheSalt salt : Set.of(ofA, ofB)) {
      all.add(salt.of(null));
      all.add(salt.of("one"));
      all.add(salt.of("two"));
    }
    assertThat(all).hasSize(6).allMatch(salt -> salt.matches("[A-Za-z0-9_-]{43}"));
    assertThat(salt(parse(yaml), "alices-secret").of("one")).isEqualTo(ofA.of("one"));
  }

  @Test
  void salts_outliveAKey_whereASecretIsConfigured() {
    byte[] secret = "server-secret".getBytes(UTF_8);
    String before = "callers: [{id: a, sha256: " + ALICE + "}]";
    String after = "callers: [{id: a, sha256: " + BOB + "}]";
    String first = salt(CallersFile.parse(before.getBytes(UTF_8), secret), "alices-secret").of("");
    String second = salt(CallersFile.parse(after.getBytes(UTF_8), secret), "bobs-secret").of("");
    assertThat(first).isEqualTo(second);
    assertThat(salt(parse(after), "bobs-secret").of("")).isNotEqualTo(first);
  }

  private static CacheSalt salt(Callers.Table table, String secret) {
    Caller caller = table.keys().find(secret);
    if (caller == null || caller.salt() == null) {
      throw new AssertionError(secret);
    }
    return caller.salt();
  }
}
