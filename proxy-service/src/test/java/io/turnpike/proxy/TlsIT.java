package io.turnpike.proxy;

import static io.turnpike.proxy.OnePair.CHAT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.turnpike.configuration.EngineTls;
import io.turnpike.fixtures.gateway.Eventually;
import io.turnpike.fixtures.gateway.ScriptedEngine;
import io.turnpike.fixtures.running.RunningGateway;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.NettyOutbound;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerResponse;

/** TLS on both sides, by Spring's bundles, and certificates that change under way. */
class TlsIT {

  private static final String BODY =
      "{\"model\":\"tiny\",\"messages\":[{\"role\":\"user\",\"content\":\"Say it\"}]}";

  @TempDir Path folder;

  /** An engine behind TLS. */
  private static DisposableServer engine(X509Bundle certificate, int port) throws Exception {
    SslContext shows =
        SslContextBuilder.forServer(
                certificate.getKeyPair().getPrivate(), certificate.getCertificatePath())
            .build();
    return HttpServer.create()
        .host("127.0.0.1")
        .port(port)
        .secure(spec -> spec.sslContext(shows))
        .route(
            routes ->
                routes
                    .get("/health", (request, response) -> response.send())
                    .get(
                        "/metrics",
                        (request, response) ->
                            says(response, "process_start_time_seconds 1795221502.37\n"))
                    .get(
                        "/v1/models",
                        (request, response) ->
                            says(response, "{\"object\":\"list\",\"data\":[{\"id\":\"tiny\"}]}"))
                    .post(CHAT, (request, response) -> says(response, ScriptedEngine.ANSWER)))
        .bindNow();
  }

  private static NettyOutbound says(HttpServerResponse response, String text) {
    return response
        .keepAlive(false) // what was trusted once stays open else
        .header("content-type", "application/json")
        .sendString(Mono.just(text));
  }

  private static X509Bundle certificate(String name) throws Exception {
    return new CertificateBuilder()
        .subject("CN=" + name)
        .addSanIpAddress("127.0.0.1")
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  private void write(String name, X509Bundle certificate) throws IOException {
    replace(name + ".crt", certificate.getCertificatePathPEM());
    replace(name + ".key", certificate.getPrivateKeyPEM());
  }

  private void replace(String name, String pem) throws IOException {
    Path aside = Files.writeString(folder.resolve(name + ".new"), pem, UTF_8);
    Files.move(
        aside,
        folder.resolve(name),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private RunningGateway proxy(DisposableServer engine) {
    String web = "spring.ssl.bundle.pem.web.";
    String engines = "spring.ssl.bundle.pem.engines.";
    return RunningGateway.startReady(
        ProxyApplication.class,
        "turnpike.cluster.decode-urls=d=https://127.0.0.1:" + engine.port(),
        "spring.ssl.bundle.watch.file.quiet-period=50ms",
        web + "reload-on-update=true",
        web + "keystore.certificate=" + folder.resolve("web.crt"),
        web + "keystore.private-key=" + folder.resolve("web.key"),
        engines + "reload-on-update=true",
        engines + "truststore.certificate=" + folder.resolve("engines.crt"),
        "server.ssl.bundle=web",
        "turnpike.engine.ssl-bundle=engines");
  }

  @Test
  void bothSidesSpeakTls_andCertificatesAreReadAgain() throws Exception {
    X509Bundle firstWeb = certificate("first");
    X509Bundle secondWeb = certificate("second");
    X509Bundle firstEngine = certificate("engine-1");
    X509Bundle secondEngine = certificate("engine-2");
    write("web", firstWeb);
    write("engines", firstEngine);
    DisposableServer engine = engine(firstEngine, 0);
    try (RunningGateway proxy = proxy(engine)) {
      assertThat(post(proxy)).isEqualTo("first: 200 " + ScriptedEngine.ANSWER);
      write("web", secondWeb);
      Eventually.until("clients see the new one", () -> post(proxy).startsWith("second: 200"));

      EngineTls trust = proxy.bean(EngineTls.class);
      SslContext before = trust.get();
      write("engines", secondEngine);
      Eventually.until("it is read again", () -> !trust.get().equals(before));
      engine = again(engine, firstEngine);
      assertThat(post(proxy)).as("the old one is trusted no more").contains(": 50");
      engine = again(engine, secondEngine);
      Eventually.until("the new one is", () -> post(proxy).contains(": 200"));
    } finally {
      engine.disposeNow();
    }
  }

  private static DisposableServer again(DisposableServer engine, X509Bundle certificate)
      throws Exception {
    engine.disposeNow();
    return engine(certificate, engine.port());
  }

  /** Whose certificate was seen, and the answer; on a connection of its own. */
  private static String post(RunningGateway proxy) {
    try (HttpClient client = HttpClient.newBuilder().sslContext(trustingAll()).build()) {
      var answer =
          client.send(
              HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + proxy.port() + CHAT))
                  .header("content-type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(BODY))
                  .build(),
              BodyHandlers.ofString());
      X509Certificate seen =
          (X509Certificate) answer.sslSession().orElseThrow().getPeerCertificates()[0];
      return seen.getSubjectX500Principal().getName().substring(3)
          + ": "
          + answer.statusCode()
          + " "
          + answer.body();
    } catch (IOException failed) {
      return "failed: " + failed;
    } catch (Exception fault) {
      throw new IllegalStateException(fault);
    }
  }

  private static SSLContext trustingAll() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    return context;
  }
}
