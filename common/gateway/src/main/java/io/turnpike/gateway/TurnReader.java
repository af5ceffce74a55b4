package io.turnpike.gateway;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.turnpike.caller.CacheSalt;
import io.turnpike.caller.Caller;
import io.turnpike.connector.Connectors;
import io.turnpike.conversation.ConversationKey;
import io.turnpike.conversation.Recognisable;
import io.turnpike.conversation.SessionKeySources;
import io.turnpike.conversation.Tenant;
import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import io.turnpike.gateway.http.GatheredBody;
import io.turnpike.gateway.http.TurnExchange;
import io.turnpike.gateway.http.TurnListener.BodyFault;
import io.turnpike.openai.TurnApi;
import io.turnpike.openai.TurnBody;
import io.turnpike.openai.TurnScanner;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a turn of a request whose body is there: scanned once, hashed once. Small bodies are read
 * on the loop of their client; big and packed ones on a few threads of their own, because a
 * millisecond there would be a gap in every stream of that loop.
 */
final class TurnReader {

  private static final Logger LOG = LoggerFactory.getLogger(TurnReader.class);

  /** Bodies of more bytes than this leave the loop. */
  static final int BIG_BODY_BYTES = 1024 * 1024;

  private static final String MODE_HEADER = "x-turnpike-mode";
  private static final String PRIORITY_HEADER = "x-vllm-priority";
  private static final String PROBE_HEADER = "x-turnpike-probe";

  private final int maxBody;
  private final List<String> forwardHeaders;
  private final SessionKeySources sessionKeys;
  private final TurnRouting routing;
  private final Executor bigBodies;
  private final Chance chance;

  /**
   * What reading needs of the outside.
   *
   * @param random makes ids
   */
  record Chance(RandomGenerator random, InstantSource clock) {}

  /** Takes what came of reading, on the loop of the client. */
  interface Then {
    void scanned(Scanned turn, TurnBody body, Recognisable identity);

    void refused(ApiError error);
  }

  TurnReader(
      GatewaySettings settings,
      SessionKeySources sessionKeys,
      TurnRouting routing,
      Executor bigBodies,
      Chance chance) {
    this.maxBody = Math.toIntExact(settings.maxBody().toBytes());
    this.forwardHeaders = List.copyOf(settings.forwardHeaders());
    this.sessionKeys = sessionKeys;
    this.routing = routing;
    this.bigBodies = bigBodies;
    this.chance = chance;
  }

  int maxBody() {
    return maxBody;
  }

  /** A request, and whose it is. */
  record Asked(TurnExchange exchange, Caller caller) {

    HttpHeaders headers() {
      return exchange.headers();
    }
  }

  /** Reads a turn; the gathered body is the caller's again when it hears of the result. */
  void read(Asked asked, GatheredBody gathered, Then then) {
    String encoding = asked.headers().get(HttpHeaderNames.CONTENT_ENCODING);
    boolean packed = encoding != null && !encoding.equalsIgnoreCase("identity");
    if (!packed && gathered.length() <= BIG_BODY_BYTES) {
      tryRead(asked, gathered, false, then);
      return;
    }
    if (packed && !encoding.equalsIgnoreCase("gzip")) {
      then.refused(ApiError.unsupportedEncoding(encoding));
      return;
    }
    try {
      bigBodies.execute(() -> tryRead(asked, gathered, packed, new OnLoop(asked.exchange(), then)));
    } catch (RejectedExecutionException full) {
      then.refused(ApiError.tooManyRequests("Too many big bodies are being read; try again"));
    }
  }

  /** Carries the result back to where the turn lives. */
  private record OnLoop(TurnExchange exchange, Then then) implements Then {
    @Override
    public void scanned(Scanned turn, TurnBody body, Recognisable identity) {
      exchange.loop().execute(() -> then.scanned(turn, body, identity));
    }

    @Override
    public void refused(ApiError error) {
      exchange.loop().execute(() -> then.refused(error));
    }
  }

  private void tryRead(Asked asked, GatheredBody gathered, boolean packed, Then then) {
    Scanned turn;
    TurnBody body;
    Recognisable identity;
    try {
      HttpHeaders headers = asked.headers();
      body = scan(asked.exchange().api(), gathered, packed);
      asThe(asked.caller(), body);
      identity = identity(asked, body);
      turn =
          Scanned.of(
              newId(),
              chance.clock().instant(),
              routing.choose(headers.get(MODE_HEADER)),
              body,
              client(asked));
    } catch (GatewayException wrong) {
      then.refused(wrong.error());
      return;
    } catch (RuntimeException fault) {
      LOG.atError().setCause(fault).log("a request could not be read by a fault of the gateway");
      then.refused(ApiError.internal("The gateway failed on this request"));
      return;
    }
    then.scanned(turn, body, identity);
  }

  /** Makes of a body what its caller may ask for; refuses what it may not. */
  private static void asThe(Caller caller, TurnBody body) {
    if (!caller.mayUse(body.model())) {
      throw ApiError.modelNotAllowed(body.model()).toException();
    }
    if (!caller.priority()) {
      body.withoutPriority();
    }
    CacheSalt salt = caller.salt();
    if (salt != null) {
      body.salt(salt.of(body.cacheSalt()));
    }
  }

  private Recognisable identity(Asked asked, TurnBody body) {
    HttpHeaders headers = asked.headers();
    Tenant tenant = asked.caller().tenant(headers.get(HttpHeaderNames.AUTHORIZATION));
    ConversationKey key = sessionKeys.find(headers::get, body::sessionKey, tenant, body.model());
    return new Recognisable(key, body.chain(tenant), body.promptTokensEstimate());
  }

  private Scanned.Client client(Asked asked) {
    HttpHeaders headers = asked.headers();
    Caller caller = asked.caller();
    String requestId = headers.get("x-request-id");
    return new Scanned.Client(
        forwarded(headers, caller.priority()),
        isUsable(requestId) ? requestId : null,
        headers.contains(PROBE_HEADER),
        caller.isNamed() ? caller.id() : null);
  }

  private static boolean isUsable(@Nullable String requestId) {
    return requestId != null && !requestId.isBlank() && !Connectors.isForged(requestId);
  }

  private TurnBody scan(TurnApi api, GatheredBody gathered, boolean packed) {
    BodyFault fault = packed ? gathered.unpack() : null;
    if (fault == BodyFault.MALFORMED) {
      throw ApiError.invalidJson("not what its Content-Encoding gzip says").toException();
    }
    if (fault != null) {
      throw TurnServing.errorOf(fault, maxBody).toException();
    }
    return TurnScanner.scan(api, gathered.bytes(), 0, gathered.length());
  }

  private HttpHeaders forwarded(HttpHeaders headers, boolean priority) {
    HttpHeaders kept =
        DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    for (int i = 0; i < forwardHeaders.size(); i++) {
      String name = forwardHeaders.get(i);
      @Nullable String value = headers.get(name);
      if (value != null && (priority || !name.equalsIgnoreCase(PRIORITY_HEADER))) {
        kept.set(name, value);
      }
    }
    return kept;
  }

  /** 32 hexadecimal digits: what p2p-nccl and MoRIIO engines parse out of a request id. */
  private String newId() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(chance.random().nextLong())
        + hex.toHexDigits(chance.random().nextLong());
  }
}
