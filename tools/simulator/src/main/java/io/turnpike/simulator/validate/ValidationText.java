package io.turnpike.simulator.validate;

/** The words of the validation page. */
final class ValidationText {

  static final String INTRODUCTION =
      """
      # The simulator against measured engines

      Written by `simulator validate --write docs`; a test fails when it no longer matches the code.
      Do not edit it by hand.

      ## What is compared, and under which conditions

      * **Grid**: 84 cells of the vllm-ppd study (2 × H100, Llama-3.1-8B, vLLM 0.13, p2p-nccl over
        NVLink, turn 2, mean of 3 runs). Simulated as measured: Poisson arrivals over 60 s, turn 1 of
        all conversations first and at the same rate, then turn 2; 100 connections shared by all
        clients; the TTFT clock starts before a connection is free. Real token counts, not the
        nominal ones. A turn's prompt is its real input tokens, all of them computed: that is what the
        measured prefill times, the TPOT at a given batch and the number of conversations that fit
        into the KV memory at saturation agree on.
      * **Routing of the grid's replicas**: the study's own gateway, inferred from its figures, not
        ours. A conversation goes, at turn 1, to the replica with the fewest requests that have no
        first token yet, ties to the first replica, and stays there. With short prompts nearly
        everything therefore ran on one replica (W1 and W3 measure like one engine), with long ones
        both worked. `simulator replay` uses our gateway's routing.
      * **Turns**: four H100, conversations of 2 to 16 turns, 128 in and 128 out (nominal), 4 requests
        a second. An input is taken for 85 real tokens (the grid's ratio), an answer for 128 (from E2E,
        TTFT and TPOT). Answers do not hit in the prefix cache. In the mixed cluster conversations
        take turns between the replica and the prefill engine.
      * **Bursts**: one H100, N decodes at once on a shared cached context of 2,048 nominal tokens (1.75
        real tokens each), 32 new and 64 out, alone and beside prefills. Bursts beside *full* prefills
        are reported, not held: measured TPOT doubles with a single full prefill of 1,024 tokens and
        hardly changes with four, so something else than that prefill was different in that set
        (probably the prefix cache was off for all).

      No parameter is set per cell, per workload or per mode. The errors are in sample: t0 to d and the
      handoff's costs were fitted to the grid, `serial` was chosen by the bursts, `history` by the growth of
      TTFT over the turns. Worst known: `replication` with short prompts at 8 to 16 a second, where the
      study's gateway was even less balanced than modelled, and `pd` of W2 at 4 to 8 a second, whose queue
      is longer than P and its sender explain.

      """;

  private ValidationText() {}
}
