package io.turnpike.simulator.generation;

import io.turnpike.simulator.connector.HandoffEvents;
import io.turnpike.simulator.connector.KvConnector;
import io.turnpike.simulator.connector.KvContent;
import io.turnpike.simulator.connector.Leg;
import io.turnpike.simulator.engine.EngineRequest;
import io.turnpike.simulator.engine.Finished;
import io.turnpike.simulator.engine.GeneratedBlocks;
import io.turnpike.simulator.engine.Prompt;
import io.turnpike.simulator.live.SequenceListener;
import io.turnpike.simulator.text.Answer;
import io.turnpike.simulator.text.BlockHashes;
import io.turnpike.simulator.wire.ApiError;
import io.turnpike.simulator.wire.Choice;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One sequence of a request while the engine works on it: its answer is known beforehand and comes
 * out token by token, in other words if the KV under it turns out wrong.
 */
final class LiveSequence implements SequenceListener, HandoffEvents {

  private final EngineAccess engine;
  private final SequenceWatch watch;
  private final LongSupplier clock;
  private final SequenceEvents events;
  private final KvConnector.Sequence facts;
  private final long root;
  private final long submittedNanos;
  private Choice choice;
  private @Nullable Choice cutShort;
  private Leg leg = Leg.LOCAL;
  private long @Nullable [] chain;
  private long firstTokenNanos;
  private long lastTokenNanos;
  private int tokens;
  private boolean abandoned;
  private @Nullable Finished finished;
  private String handover = "null";

  /**
   * What all sequences of an engine share.
   *
   * @param watch hears how they fare
   * @param clock monotonic nanoseconds
   */
  record Parts(EngineAccess engine, SequenceWatch watch, LongSupplier clock) {}

  LiveSequence(Parts parts, SequenceEvents events, KvConnector.Sequence facts, Choice choice) {
    this.engine = parts.engine();
    this.watch = parts.watch();
    this.clock = parts.clock();
    this.events = events;
    this.facts = facts;
    this.choice = choice;
    this.root = BlockHashes.root(facts.request().cacheSalt());
    this.submittedNanos = clock.getAsLong();
  }

  void start() {
    leg = engine.connector().plan(facts, this);
    int[] prompt = choice.prompt();
    GeneratedBlocks generated = this::blockHash;
    engine
        .driver()
        .submit(
            new EngineRequest(
                facts.id(),
                new Prompt(prompt.length, BlockHashes.ofFullBlocks(root, prompt, prompt.length)),
                choice.answer().tokens().length,
                leg.handoff(),
                generated),
            this);
  }

  /** Takes it back from the engine, which may be ahead: what it still tells is not heard. */
  void abort() {
    abandoned = true;
    engine.driver().abort(facts.id());
    leg.aborted();
  }

  @Override
  public void onToken(int index, long nowNanos) {
    if (abandoned) {
      return;
    }
    long now = clock.getAsLong();
    if (index == 0) {
      seeKv();
      firstTokenNanos = now;
      watch.firstToken(now - submittedNanos);
    } else {
      watch.betweenTokens(now - lastTokenNanos);
    }
    lastTokenNanos = now;
    events.onToken(choice.index(), index);
    tokens = index + 1;
  }

  @Override
  public void onFinished(Finished ended, long nowNanos) {
    if (abandoned) {
      return;
    }
    finished = ended;
    engine.truth().computed(facts.content(), ended);
    handover = leg.handover(ended);
    long nanos = clock.getAsLong() - submittedNanos;
    watch.finished(ended, new SequenceWatch.Times(firstTokenNanos - submittedNanos, nanos));
    events.onFinished(choice.index());
  }

  @Override
  public void onEngineDead() {
    events.fail(ApiError.engineDead());
  }

  @Override
  public void onHandoffFailed() {
    events.fail(ApiError.internal());
  }

  @Override
  public void onEngineKilled() {
    engine.die().run();
  }

  /** The answer as it is shown. */
  Choice choice() {
    return cutShort == null ? choice : cutShort;
  }

  /** Tokens passed on so far. */
  int tokens() {
    return tokens;
  }

  boolean isFinished() {
    return finished != null;
  }

  /** What was passed on is all there is, although the engine may be ahead of it. */
  void cutShort() {
    cutShort = new Choice(choice.index(), choice.prompt(), choice.answer().abortedAfter(tokens));
  }

  String handover() {
    return handover;
  }

  /** {@code cached_tokens} to show. */
  int cachedTokens() {
    int shown = leg.cachedTokensShown();
    if (shown >= 0) {
      return shown;
    }
    return finished == null ? 0 : finished.cachedTokens() + finished.externalTokens();
  }

  /** Full prompt blocks that this engine computed and cached. */
  int createdCacheTokens() {
    if (finished == null) {
      return 0;
    }
    int full = choice.prompt().length / BlockHashes.BLOCK_TOKENS * BlockHashes.BLOCK_TOKENS;
    return Math.max(0, full - finished.cachedTokens() - finished.externalTokens());
  }

  private void seeKv() {
    KvContent came = leg.received();
    if (came != null) {
      engine.truth().received(facts.content(), leg.localTokens(), came);
    }
    long distortion = engine.truth().distortion(facts.content());
    if (distortion != 0) {
      Answer other = choice.answer().withSeed(BlockHashes.mix(distortion, choice.index()));
      choice = new Choice(choice.index(), choice.prompt(), other);
    }
  }

  private long blockHash(int block) {
    if (chain == null) {
      int[] prompt = choice.prompt();
      int[] answer = choice.answer().tokens();
      int[] all = Arrays.copyOf(prompt, prompt.length + answer.length);
      System.arraycopy(answer, 0, all, prompt.length, answer.length);
      chain = BlockHashes.ofFullBlocks(root, all, all.length);
    }
    return chain[block];
  }
}
