package io.turnpike.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.EventExecutor;
import io.turnpike.connector.Connectors;
import io.turnpike.error.ApiError;
import io.turnpike.error.GatewayException;
import io.turnpike.openai.TurnApi;
import io.turnpike.openai.TurnBody;
import io.turnpike.openai.TurnScanner;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Makes a turn of an HTTP request: its body is gathered once, within the limit, and scanned once.
 */
final class TurnReader {

  private static final int INITIAL_BYTES = 4096;

  /** More than this must arrive before it takes memory: a slow upload only announces its size. */
  private static final int MAX_INITIAL_BYTES = 256 * 1024;

  private static final String MODE_HEADER = "x-turnpike-mode";

  private final int maxBody;
  private final List<String> forwardHeaders;
  private final RandomGenerator random;
  private final InstantSource clock;
  private final LongSupplier ticker;

  TurnReader(
      GatewaySettings settings, RandomGenerator random, InstantSource clock, LongSupplier ticker) {
    this.maxBody = Math.toIntExact(settings.maxBody().toBytes());
    this.forwardHeaders = List.copyOf(settings.forwardHeaders());
    this.random = random;
    this.clock = clock;
    this.ticker = ticker;
  }

  /** Reads one turn; fails with {@link GatewayException} for bad input. */
  Mono<Turn> read(TurnApi api, HttpServerRequest request, TurnRouting routing) {
    long beganNanos = ticker.getAsLong();
    HttpHeaders headers = request.requestHeaders();
    int announced = headers.getInt(HttpHeaderNames.CONTENT_LENGTH, INITIAL_BYTES);
    if (announced > maxBody) {
      return Mono.error(ApiError.bodyTooLarge(maxBody).toException());
    }
    EventExecutor[] executor = new EventExecutor[1];
    request.withConnection(connection -> executor[0] = connection.channel().eventLoop());
    return request
        .receive()
        .collect(() -> Unpooled.buffer(Math.clamp(announced, 16, MAX_INITIAL_BYTES)), this::gather)
        .map(body -> turn(api, headers, routing, executor[0], beganNanos, body));
  }

  private void gather(ByteBuf body, ByteBuf part) {
    if (body.readableBytes() + part.readableBytes() > maxBody) {
      throw ApiError.bodyTooLarge(maxBody).toException();
    }
    body.writeBytes(part);
  }

  private Turn turn(
      TurnApi api,
      HttpHeaders headers,
      TurnRouting routing,
      EventExecutor executor,
      long beganNanos,
      ByteBuf gathered) {
    TurnBody body = scan(api, headers, gathered);
    String requestId = headers.get("x-request-id");
    return new Turn(
        newId(),
        clock.instant(),
        beganNanos,
        routing.choose(headers.get(MODE_HEADER)),
        executor,
        body,
        headers,
        forwarded(headers),
        requestId == null || requestId.isBlank() || Connectors.isForged(requestId)
            ? null
            : requestId);
  }

  private TurnBody scan(TurnApi api, HttpHeaders headers, ByteBuf gathered) {
    String encoding = headers.get(HttpHeaderNames.CONTENT_ENCODING);
    if (encoding == null || encoding.equalsIgnoreCase("identity")) {
      return TurnScanner.scan(
          api,
          gathered.array(),
          gathered.arrayOffset() + gathered.readerIndex(),
          gathered.readableBytes());
    }
    if (!encoding.equalsIgnoreCase("gzip")) {
      throw ApiError.invalidField("Content-Encoding", "\"" + encoding + "\"", "gzip or none")
          .toException();
    }
    byte[] plain = unzip(ByteBufUtil.getBytes(gathered));
    return TurnScanner.scan(api, plain, 0, plain.length);
  }

  private byte[] unzip(byte[] packed) {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      ByteArrayOutputStream out = new ByteArrayOutputStream(packed.length * 4);
      byte[] piece = new byte[8192];
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        if (out.size() + read > maxBody) {
          throw ApiError.bodyTooLarge(maxBody).toException();
        }
        out.write(piece, 0, read);
      }
      return out.toByteArray();
    } catch (IOException broken) {
      throw ApiError.invalidJson("not what its Content-Encoding gzip says").toException();
    }
  }

  private HttpHeaders forwarded(HttpHeaders headers) {
    HttpHeaders kept =
        DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    for (int i = 0; i < forwardHeaders.size(); i++) {
      String name = forwardHeaders.get(i);
      @Nullable String value = headers.get(name);
      if (value != null) {
        kept.set(name, value);
      }
    }
    return kept;
  }

  /** 32 hexadecimal digits: what p2p-nccl and MoRIIO engines parse out of a request id. */
  private String newId() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
  }
}
