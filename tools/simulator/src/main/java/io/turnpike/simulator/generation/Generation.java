package io.turnpike.simulator.generation;

import io.turnpike.simulator.connector.KvConnector;
import io.turnpike.simulator.connector.KvContent;
import io.turnpike.simulator.exchange.Cut;
import io.turnpike.simulator.text.Answer;
import io.turnpike.simulator.text.BlockHashes;
import io.turnpike.simulator.text.Course;
import io.turnpike.simulator.wire.AnswerWriter;
import io.turnpike.simulator.wire.ApiError;
import io.turnpike.simulator.wire.Choice;
import io.turnpike.simulator.wire.GenerateRequest;
import io.turnpike.simulator.wire.Usage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One accepted request: its sequences (one a prompt and answer), and the answer put together from
 * them. Made on an event loop, then used on the driver's thread.
 */
final class Generation implements SequenceEvents {

  private final Frame frame;
  private final GenerateRequest request;
  private final Cutoff cutoff;
  private final AnswerWriter writer;
  private final List<LiveSequence> sequences = new ArrayList<>();
  private final Sinks.One<String> whole = Sinks.one();
  private final Sinks.Many<String> events = Sinks.many().unicast().onBackpressureBuffer();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private int finished;
  private int completionTokens;
  private int emitted;
  private int opened;
  private boolean over;

  /**
   * What all requests of an engine share.
   *
   * @param maxModelLen most tokens of prompt and answer
   * @param fingerprint the engine's system_fingerprint
   */
  record Frame(
      LiveSequence.Parts parts, RequestRecord record, int maxModelLen, String fingerprint) {}

  Generation(Frame frame, GenerateRequest request, Cutoff cutoff, long createdSeconds) {
    this.frame = frame;
    this.request = request;
    this.cutoff = cutoff;
    this.writer = AnswerWriter.of(request, createdSeconds, frame.fingerprint());
    for (int p = 0; p < request.prompts().size(); p++) {
      for (int k = 0; k < request.n(); k++) {
        sequences.add(sequence(p, k));
      }
    }
  }

  /** Hands the sequences to the engine. */
  void start() {
    frame.record().started();
    sequences.forEach(LiveSequence::start);
  }

  /** The whole answer as JSON; an {@link ApiError} or a {@link Cut} instead of it. */
  Mono<String> whole() {
    return whole.asMono().doOnCancel(this::takeBack);
  }

  /** The data of the answer's events, {@code [DONE]} included; cancelling takes it back. */
  Flux<String> events() {
    return events.asFlux().doOnCancel(this::takeBack);
  }

  /** Completes when the engine has nothing to do for it any more. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** Ends it before its time; nothing happens when it is over. Any thread. */
  void end(Ending how) {
    var _ = frame.parts().engine().driver().call((core, now) -> endNow(how));
  }

  @Override
  public void fail(ApiError error) {
    var _ =
        frame
            .parts()
            .engine()
            .driver()
            .call(
                (core, now) -> {
                  if (close()) {
                    if (request.stream().isStream()) {
                      open(this::send);
                    }
                    refuse(error);
                  }
                  return over;
                });
  }

  @Override
  public void onToken(int sequence, int token) {
    Choice choice = sequences.get(sequence).choice();
    boolean closing =
        token == choice.answer().tokens().length - 1 && finished == sequences.size() - 1;
    Ending early = cutoff.ending();
    if (early != null && (closing || hasEnough())) {
      endNow(early);
      return;
    }
    if (request.stream().isStream()) {
      open(this::emit);
      Usage soFar = new Usage(choice.prompt().length, token + 1, 0, 0);
      emit(writer.chunk(new AnswerWriter.Piece(choice, token, soFar, closing)));
    }
    if (!over) {
      completionTokens++;
    }
  }

  @Override
  public void onFinished(int sequence) {
    finished++;
    frame.record().finished(sequences.get(sequence).choice().answer().finish());
    if (finished < sequences.size()) {
      return;
    }
    over = true;
    frame.record().ended();
    sendEnd(handover());
    ended.complete(null);
  }

  /** Whether a whole answer has the tokens that it may have. */
  private boolean hasEnough() {
    return !request.stream().isStream() && completionTokens >= cutoff.events();
  }

  private boolean endNow(Ending how) {
    if (!close()) {
      return false;
    }
    switch (how) {
      case ERROR -> refuse(ApiError.engineDead());
      case ABORT -> abort();
      case SILENCE -> frame.record().ended();
      case TRUNCATION -> truncate();
      case RESET -> cut(Cut.How.RESET);
    }
    return true;
  }

  /** False when it is over already. */
  private boolean close() {
    if (over) {
      return false;
    }
    over = true;
    sequences.forEach(LiveSequence::abort);
    ended.complete(null);
    return true;
  }

  private void refuse(ApiError error) {
    frame.record().broke();
    if (request.stream().isStream()) {
      send(error.event());
      done();
    } else {
      whole.tryEmitError(error);
    }
  }

  private void abort() {
    frame.record().ended();
    List<LiveSequence> cut = sequences.stream().filter(one -> !one.isFinished()).toList();
    cut.forEach(LiveSequence::cutShort);
    cut.forEach(one -> frame.record().finished(Answer.Finish.ABORT));
    if (request.stream().isStream()) {
      open(this::send);
      for (LiveSequence sequence : cut) {
        int tokens = sequence.tokens();
        Usage soFar = new Usage(sequence.choice().prompt().length, tokens, 0, 0);
        boolean closing = sequence == cut.getLast();
        send(writer.chunk(new AnswerWriter.Piece(sequence.choice(), tokens, soFar, closing)));
      }
    }
    sendEnd("null");
  }

  private void truncate() {
    if (request.stream().isStream()) {
      frame.record().broke();
      events.tryEmitComplete();
    } else {
      cut(Cut.How.CLOSED);
    }
  }

  private void cut(Cut.How how) {
    frame.record().broke();
    Cut cut = new Cut(how);
    events.tryEmitError(cut);
    whole.tryEmitError(cut);
  }

  /** Its client has left. */
  private void takeBack() {
    var _ =
        frame
            .parts()
            .engine()
            .driver()
            .call(
                (core, now) -> {
                  if (close()) {
                    frame.record().aborted(request.id());
                  }
                  return over;
                });
  }

  /** Sends the chunks that open the choices' streams, once. */
  private void open(Consumer<String> to) {
    for (; opened < sequences.size(); opened++) {
      Choice choice = sequences.get(opened).choice();
      String opening = writer.opening(choice.index(), choice.prompt());
      if (opening != null) {
        to.accept(opening);
      }
    }
  }

  /** An event of an answer that goes on, unless the cutoff comes before it. */
  private void emit(String data) {
    if (over) {
      return;
    }
    Ending early = cutoff.ending();
    if (early != null && emitted >= cutoff.events()) {
      endNow(early);
      return;
    }
    send(data);
  }

  private void sendEnd(String handover) {
    if (!request.stream().isStream()) {
      List<Choice> choices = sequences.stream().map(LiveSequence::choice).toList();
      whole.tryEmitValue(writer.whole(choices, usage(), handover));
      return;
    }
    if (request.stream() != GenerateRequest.Streaming.PLAIN) {
      send(writer.usageChunk(usage()));
    }
    done();
  }

  private void send(String data) {
    emitted++;
    events.tryEmitNext(data);
  }

  private void done() {
    send("[DONE]");
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
    int maxTokens = request.maxTokens(prompt, frame.maxModelLen());
    KvConnector.Sequence facts =
        new KvConnector.Sequence(request, id, external, content, prompt.length, maxTokens);
    int index = promptIndex * request.n() + child;
    Answer answer = Answer.of(Course.of(prompt).child(child), request.limitsFor(maxTokens));
    return new LiveSequence(frame.parts(), this, facts, new Choice(index, prompt, answer));
  }
}
