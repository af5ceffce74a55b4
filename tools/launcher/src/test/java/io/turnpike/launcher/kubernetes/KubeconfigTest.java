package io.turnpike.launcher.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubernetes.client.util.KubeConfig;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several files count as one, as they do for kubectl. */
class KubeconfigTest {

  private static final String WORK =
      """
      current-context: work
      contexts:
        - {name: work, context: {cluster: blue, user: me, namespace: chat}}
      clusters:
        - {name: blue, cluster: {server: 'https://blue', certificate-authority: pki/ca.crt}}
      """;

  private static final String HOME =
      """
      current-context: home
      contexts:
        - {name: work, context: {cluster: green, user: nobody}}
        - {name: home, context: {cluster: green, user: me}}
      clusters:
        - {name: blue, cluster: {server: 'https://other'}}
        - {name: green, cluster: {server: 'https://green', insecure-skip-tls-verify: true}}
      users:
        - {name: me, user: {client-certificate: me.crt, tokenFile: token, exec: {command: bin/who}}}
      """;

  private @TempDir Path folder;

  @Test
  void firstWord_counts_andTheRestIsTakenTogether() throws Exception {
    Kubeconfig both = new Kubeconfig(List.of(file("a/work", WORK), file("b/home", HOME)));
    KubeConfig work = both.read(null);
    assertThat(work.getServer()).isEqualTo("https://blue");
    assertThat(work.getNamespace()).isEqualTo("chat");
    assertThat(work.getCertificateAuthorityFile())
        .isEqualTo(folder.resolve("a/pki/ca.crt").toString());
    assertThat(work.getClientCertificateFile()).isEqualTo(folder.resolve("b/me.crt").toString());
    assertThat(work.getUsers().toString())
        .contains("tokenFile=" + folder.resolve("b/token"))
        .contains("command=" + folder.resolve("b/bin/who"));

    KubeConfig home = both.read("home");
    assertThat(home.getServer()).isEqualTo("https://green");
    assertThat(home.getNamespace()).isNull();
  }

  @Test
  void file_thatIsNotThere_isPassedOver() throws Exception {
    Path work = file("work", WORK);
    Kubeconfig one =
        Kubeconfig.of(
            folder.resolve("none") + File.pathSeparator + work + File.pathSeparator, folder);
    assertThat(one.isThere()).isTrue();
    assertThat(one.read(null).getServer()).isEqualTo("https://blue");
    assertThat(Kubeconfig.of(folder.resolve("none").toString(), folder).isThere()).isFalse();
  }

  @Test
  void withoutAVariable_itIsTheOneInTheHomeFolder() throws Exception {
    file(".kube/config", HOME);
    assertThat(Kubeconfig.of(null, folder).read(null).getServer()).isEqualTo("https://green");
    assertThat(Kubeconfig.of(" ", folder).variable())
        .isEqualTo(folder.resolve(".kube/config").toString());
  }

  @Test
  void context_thatIsNowhere_isAFault() throws Exception {
    Kubeconfig one = new Kubeconfig(List.of(file("work", WORK)));
    assertThatThrownBy(() -> one.read("wrok"))
        .isInstanceOf(IOException.class)
        .hasMessage("context 'wrok' is not in [" + folder.resolve("work") + "]");
    Kubeconfig none = new Kubeconfig(List.of(file("empty", "kind: Config\n")));
    assertThatThrownBy(() -> none.read(null)).hasMessageStartingWith("no current context in");
  }

  private Path file(String name, String yaml) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, yaml);
  }
}
