package io.turnpike.simulator.http;

import io.turnpike.simulator.connector.Connector;
import io.turnpike.simulator.connector.KvContent;
import io.turnpike.simulator.text.Answer;
import io.turnpike.simulator.text.BlockHashes;
import io.turnpike.simulator.wire.AnswerWriter;
import io.turnpike.simulator.wire.ApiError;
import io.turnpike.simulator.wire.Choice;
import io.turnpike.simulator.wire.GenerateRequest;
import io.turnpike.simulator.wire.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One accepted request: its sequences (one a prompt and answer), and the answer put together from
 * them. Made on an event loop, then used on the driver's thread.
 */
final class Generation {

  private final EngineParts engine;
  private final GenerateRequest request;
  private final AnswerWriter writer;
  private final List<LiveSequence> sequences = new ArrayList<>();
  private final Sinks.One<String> whole = Sinks.one();
  private final Sinks.Many<String> events = Sinks.many().unicast().onBackpressureBuffer();
  private int finished;
  private int completionTokens;
  private boolean opened;
  private boolean over;

  Generation(EngineParts engine, GenerateRequest request, long createdSeconds) {
    this.engine = engine;
    this.request = request;
    this.writer = AnswerWriter.of(request, createdSeconds, engine.fingerprint());
    for (int p = 0; p < request.prompts().size(); p++) {
      for (int k = 0; k < request.n(); k++) {
        sequences.add(sequence(p, k));
      }
    }
  }

  GenerateRequest request() {
    return request;
  }

  /** The whole answer as JSON; cancelling takes the request back. */
  Mono<String> whole() {
    return whole.asMono().doOnSubscribe(s -> start()).doOnCancel(this::abort);
  }

  /** The data of the answer's events, {@code [DONE]} included; cancelling takes it back. */
  Flux<String> events() {
    return events.asFlux().doOnSubscribe(s -> start()).doOnCancel(this::abort);
  }

  void onToken(LiveSequence from, int token) {
    completionTokens++;
    if (request.stream().isStream()) {
      open();
      Choice choice = from.choice();
      boolean closing =
          token == choice.answer().tokens().length - 1 && finished == sequences.size() - 1;
      Usage soFar = new Usage(choice.prompt().length, from.tokens(), 0, 0);
      emit(writer.chunk(new AnswerWriter.Piece(choice, token, soFar, closing)));
    }
  }

  void onFinished(LiveSequence from) {
    finished++;
    engine.state().finished(from.choice().answer().finish());
    if (finished < sequences.size() || over) {
      return;
    }
    over = true;
    engine.state().ended(this);
    if (request.stream().isStream()) {
      if (request.stream() != GenerateRequest.Streaming.PLAIN) {
        emit(writer.usageChunk(usage()));
      }
      done();
    } else {
      List<Choice> choices = sequences.stream().map(LiveSequence::choice).toList();
      whole.tryEmitValue(writer.whole(choices, usage(), handover()));
    }
  }

  /** Ends the request with an error, as a status or as an event. Any thread. */
  void fail(ApiError error) {
    var _ = engine.driver().call((core, now) -> failNow(error));
  }

  private boolean failNow(ApiError error) {
    if (over) {
      return false;
    }
    over = true;
    engine.state().failed(this);
    sequences.forEach(LiveSequence::abort);
    if (request.stream().isStream()) {
      open();
      emit(error.event());
      done();
    } else {
      whole.tryEmitError(error);
    }
    return true;
  }

  private void start() {
    engine.state().started(this);
    sequences.forEach(LiveSequence::start);
  }

  private void abort() {
    var _ =
        engine
            .driver()
            .call(
                (core, now) -> {
                  if (!over) {
                    over = true;
                    engine.state().aborted(this);
                    sequences.forEach(LiveSequence::abort);
                  }
                  return over;
                });
  }

  private void open() {
    if (!opened) {
      opened = true;
      for (LiveSequence sequence : sequences) {
        String opening = writer.opening(sequence.choice().index(), sequence.choice().prompt());
        if (opening != null) {
          emit(opening);
        }
      }
    }
  }

  private void emit(String data) {
    events.tryEmitNext(data);
  }

  private void done() {
    emit("[DONE]");
    events.tryEmitComplete();
  }

  private Usage usage() {
    return new Usage(
        request.promptTokens(),
        completionTokens,
        sequences.getFirst().cachedTokens(),
        sequences.getFirst().createdCacheTokens());
  }

  /** One sequence's params only: the first prompt's last answer (observed). */
  private String handover() {
    return sequences.get(request.n() - 1).handover();
  }

  private LiveSequence sequence(int promptIndex, int child) {
    int[] prompt = request.prompts().get(promptIndex);
    String external =
        request.api() == GenerateRequest.Api.CHAT ? request.id() : request.id() + "-" + promptIndex;
    String suffix = UUID.randomUUID().toString().substring(0, 8);
    String id = (request.n() > 1 ? child + "_" : "") + external + "-" + suffix;
    long root = BlockHashes.root(request.cacheSalt());
    KvContent content =
        new KvContent(Arrays.stream(BlockHashes.ofAllBlocks(root, prompt)).boxed().toList());
    int maxTokens = request.maxTokens(prompt, engine.options().maxModelLen());
    Connector.Sequence facts =
        new Connector.Sequence(request, id, external, content, prompt.length, maxTokens);
    int index = promptIndex * request.n() + child;
    Answer answer = Answer.of(seed(prompt, child), request.limitsFor(maxTokens));
    return new LiveSequence(engine, this, facts, new Choice(index, prompt, answer));
  }

  /** The same for every engine that is asked the same, whatever its cache salt. */
  private static long seed(int[] prompt, int child) {
    long seed = BlockHashes.extend(BlockHashes.root(""), prompt, 0, prompt.length);
    return child == 0 ? seed : BlockHashes.mix(seed, child);
  }
}
