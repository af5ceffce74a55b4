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
        are dealt out evenly over the replica and the two decode engines.
      * **Bursts**: one H100, N decodes at once on a shared cached context of 2,048 nominal tokens (1.75
        real tokens each), 32 new and 64 out, alone and beside prefills. Bursts beside *full* prefills
        are reported, not held. Measured TPOT doubles there with a single full prefill and hardly grows
        with four, and only from 20 decodes on; at 10 there is no difference. That is where vLLM 0.13
        changes to *cascade attention*, which reads a context that all running requests share once
        instead of once for each. A full prefill does not share it, so it is switched off for the whole
        batch. Conversations share no such context, and the model has none of it.

      ## What a prefill leg costs with p2p-nccl

      As vLLM's `P2pNcclConnector` does it: P sends layer by layer from one thread in the step that ends
      a prompt, and `wait_for_save` keeps that step open until all is sent, so a step lasts at least
      `send` for each prompt that ends in it, and P answers only then. D loads the whole prompt, also
      what it has, inside a step (`start_load_kv`).

      No parameter is set per cell, per workload or per mode. The errors are in sample: t0 to d and the
      handoff's costs were fitted to the grid, `serial` was chosen by the bursts, `before` and `history`
      by the turns. Worst known: `replication` with short prompts at 8 to 16 a second, where the study's
      gateway was even less balanced than modelled, and `pd` of W2 at 4 to 8 a second, whose queue is
      longer than P's steps explain.

      """;

  private ValidationText() {}
}
