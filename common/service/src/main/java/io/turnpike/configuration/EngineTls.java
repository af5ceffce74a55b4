package io.turnpike.configuration;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/**
 * TLS towards engines: whom a service trusts, and the certificate that it shows if it has one. With
 * a bundle of Spring's that is read again when its files change, for connections from then on; with
 * none it is the trust of the JDK. Thread-safe.
 */
public final class EngineTls implements Supplier<SslContext> {

  private static final Logger LOG = LoggerFactory.getLogger(EngineTls.class);

  private volatile SslContext current;

  private EngineTls(SslContext first) {
    current = first;
  }

  /**
   * As a bundle says.
   *
   * @param name of a bundle below {@code spring.ssl.bundle}; null: none
   * @throws StartRefused if there is no such bundle, or it is none of a client
   */
  public static EngineTls of(SslBundles bundles, @Nullable String name) {
    try {
      if (name == null || name.isBlank()) {
        return new EngineTls(SslContextBuilder.forClient().build());
      }
      EngineTls tls = new EngineTls(context(bundles.getBundle(name)));
      bundles.addBundleUpdateHandler(name, tls::update);
      return tls;
    } catch (NoSuchSslBundleException unknown) {
      throw refused(name, "no such bundle", "a name below spring.ssl.bundle");
    } catch (SSLException | IllegalStateException wrong) {
      throw refused(name, String.valueOf(wrong.getMessage()), "a bundle that a client can use");
    }
  }

  private static StartRefused refused(@Nullable String name, String what, String expected) {
    return StartRefused.property(
        "turnpike.engine.ssl-bundle", "\"" + name + "\": " + what, expected);
  }

  private void update(SslBundle bundle) {
    try {
      current = context(bundle);
      LOG.info("certificates for engines read again");
    } catch (SSLException | RuntimeException wrong) {
      LOG.atWarn()
          .addKeyValue("reason", wrong.getMessage())
          .log("certificates for engines not read again: those known before stay");
    }
  }

  private static SslContext context(SslBundle bundle) throws SSLException {
    SslOptions options = bundle.getOptions();
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .keyManager(bundle.getManagers().getKeyManagerFactory())
            .trustManager(bundle.getManagers().getTrustManagerFactory());
    if (options.getEnabledProtocols() != null) {
      builder.protocols(options.getEnabledProtocols());
    }
    if (options.getCiphers() != null) {
      builder.ciphers(List.of(options.getCiphers()));
    }
    return builder.build();
  }

  @Override
  public SslContext get() {
    return current;
  }
}
