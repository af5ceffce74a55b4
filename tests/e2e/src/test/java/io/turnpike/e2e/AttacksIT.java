package io.turnpike.e2e;

import static io.turnpike.e2e.SuiteStack.chat;
import static io.turnpike.e2e.TurnsIT.story;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Small requests that would be large in memory, and uploads that never come. */
class AttacksIT {

  private static final String PROXY = "proxy-1";
  private static final int MEGABYTES = 28;
  private static final long MORE_LIVE_BYTES = 8L << 20;

  private SuiteStack suite;
  private URI proxy;

  @BeforeEach
  void start() {
    suite = SuiteStack.shared();
    proxy = suite.stack.url(PROXY);
    assertThat(suite.turn(proxy, chat(4, false, story("a quiet day"))).status()).isEqualTo(200);
  }

  @Test
  void hugeNames_packedSmall_areRefused_andLeaveNothing() throws IOException {
    long before = ChaosLeftovers.of(suite, PROXY).liveBytes();
    byte[] packed =
        packed("{\"model\":\"", "A", MEGABYTES << 20, "\",\"messages\":[{\"content\":\"x\"}]}");
    for (int i = 0; i < MEGABYTES; i++) {
      HttpResponse<String> answer = send(packed);
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).contains("model: too long", "at most 256 characters");
    }
    assertThat(ChaosLeftovers.of(suite, PROXY).liveBytes()).isLessThan(before + MORE_LIVE_BYTES);
    stillServes();
  }

  @Test
  void millionsOfMessages_packedSmall_areRefused_andLeaveNothing() throws IOException {
    long before = ChaosLeftovers.of(suite, PROXY).liveBytes();
    HttpResponse<String> answer = send(packed("{\"messages\":[", "{},", 10 << 20, "{}]}"));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("messages: too many", "at most 10000");
    assertThat(ChaosLeftovers.of(suite, PROXY).liveBytes()).isLessThan(before + MORE_LIVE_BYTES);
    stillServes();
  }

  @Test
  void uploadsThatNeverCome_takeNobodysPlace() throws IOException {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 50; i++) {
        Socket socket = new Socket(proxy.getHost(), proxy.getPort());
        slow.add(socket);
        String head =
            "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{";
        socket.getOutputStream().write(head.getBytes(US_ASCII));
      }
      stillServes();
      assertThat(suite.get(proxy, "/status").path("turns_inflight").asInt()).isZero();
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  /** What has no memory left has no promise left: its supervisor starts it again. */
  @Test
  void services_endWhenTheirMemoryIsOver() throws IOException {
    for (String service : List.of("registry", PROXY, "proxy-2", "replication")) {
      Path said = Path.of("/proc", Long.toString(suite.stack.pid(service)), "cmdline");
      assertThat(Files.readString(said)).as(service).contains("-XX:+ExitOnOutOfMemoryError");
    }
    String images = Files.readString(SuiteStack.root().resolve("deploy/images/java.options"));
    assertThat(images).contains("-XX:+ExitOnOutOfMemoryError");
  }

  private void stillServes() {
    assertThat(suite.turn(proxy, chat(4, false, story("a day as before"))).status()).isEqualTo(200);
  }

  private HttpResponse<String> send(byte[] packed) {
    return suite.send(
        HttpRequest.newBuilder(proxy.resolve("/v1/chat/completions"))
            .header("content-type", "application/json")
            .header("content-encoding", "gzip")
            .POST(BodyPublishers.ofByteArray(packed))
            .build());
  }

  private static byte[] packed(String begin, String repeated, int times, String end)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] piece = repeated.repeat(1024).getBytes(US_ASCII);
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(begin.getBytes(US_ASCII));
      for (int i = 0; i < times / 1024; i++) {
        gzip.write(piece);
      }
      gzip.write(end.getBytes(US_ASCII));
    }
    return out.toByteArray();
  }
}
