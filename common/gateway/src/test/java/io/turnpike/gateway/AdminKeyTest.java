package io.turnpike.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.turnpike.configuration.StartRefused;
import io.turnpike.control.Bearer;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminKeyTest {

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @TempDir Path folder;

  private Bearer key(@Nullable String configured, @Nullable InetAddress bind, boolean callers) {
    return AdminKey.of(configured, folder.resolve("state/admin-key"), bind, callers);
  }

  @Test
  void loopbackWithoutCallers_isOpen_andMakesNothing() {
    assertThat(key(null, LOOPBACK, false).isDemanded()).isFalse();
    assertThat(folder.resolve("state")).doesNotExist();
  }

  @Test
  void configuredKey_countsEverywhere() {
    Bearer key = key("mine", null, true);
    assertThat(key.matches("mine")).isTrue();
    assertThat(folder.resolve("state")).doesNotExist();
  }

  @Test
  void wideBind_andCallers_makeAKeyThatStays() throws IOException {
    Bearer made = key(null, InetAddress.getByName("0.0.0.0"), false);
    Path file = folder.resolve("state/admin-key");
    String key = Files.readString(file).strip();
    assertThat(key).matches("tp-[A-Za-z0-9_-]{43}");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(made.matches(key)).isTrue();
    assertThat(key(null, LOOPBACK, true).matches(key)).isTrue();
    assertThat(key(null, null, false).matches(key)).isTrue();
    try (var files = Files.list(folder.resolve("state"))) {
      assertThat(files).hasSize(1);
    }
  }

  @Test
  void servicesThatStartAtOnce_agree() {
    Path file = folder.resolve("together/admin-key");
    assertThat(IntStream.range(0, 16).parallel().mapToObj(i -> AdminKey.kept(file)).distinct())
        .hasSize(1);
  }

  @Test
  void keyThatCannotBeKept_endsTheStart() throws IOException {
    Path blocked = Files.writeString(folder.resolve("file"), "x").resolve("admin-key");
    assertThatExceptionOfType(StartRefused.class)
        .isThrownBy(() -> AdminKey.kept(blocked))
        .withMessageContaining("turnpike.gateway.admin-key-file");
    Path empty = Files.writeString(folder.resolve("empty"), "\n");
    assertThatExceptionOfType(StartRefused.class).isThrownBy(() -> AdminKey.kept(empty));
  }
}
