package io.turnpike.gateway;

import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * What a gateway takes and keeps.
 *
 * @param maxBody the largest request body, also after decompression
 * @param maxBodyMemory what the bodies of all requests take together; null: a quarter of the heap
 * @param maxUploads requests whose body is still on its way
 * @param receipts receipts kept in memory
 * @param forwardHeaders client headers passed on to engines, besides the request id
 * @param sessionKeys further names under which clients send a session: {@code header:NAME} or
 *     {@code body:NAME}, tried in this order after X-Session-ID, session_id and conversation_id
 * @param resume whether a streamed answer that breaks off goes on at another engine, where that is
 *     safe
 * @param shutdownDelay how long it goes on taking turns after it was told to stop and is no more
 *     ready, until balancers have noticed
 * @param accessLog whether each turn has a line in the log, without anything that was said
 * @param adminKey demanded as a bearer token by control endpoints; where it is not set, they are
 *     open on a loopback address without callers, and demand the one in the file otherwise
 * @param adminKeyFile where the admin key is kept that a service makes when it needs one
 */
@Validated
@ConfigurationProperties(prefix = "turnpike.gateway", ignoreUnknownFields = false)
record GatewaySettings(
    @DefaultValue("32MB") DataSize maxBody,
    @Nullable DataSize maxBodyMemory,
    @DefaultValue("10000") @Min(1) int maxUploads,
    @DefaultValue("1000") @Min(1) int receipts,
    @DefaultValue({
          "traceparent",
          "tracestate",
          "x-session-id",
          "x-vllm-priority",
          "endpoint-load-metrics-format"
        })
        List<String> forwardHeaders,
    @DefaultValue({
          "header:x-litellm-session-id",
          "header:x-openwebui-chat-id",
          "header:x-opencode-session",
          "body:prompt_cache_key"
        })
        List<String> sessionKeys,
    @DefaultValue("true") boolean resume,
    @DefaultValue("0s") Duration shutdownDelay,
    @DefaultValue("false") boolean accessLog,
    @Nullable String adminKey,
    @DefaultValue(".turnpike/admin-key") Path adminKeyFile) {}
