package io.turnpike.gateway;

import io.turnpike.admission.Admission;
import io.turnpike.caller.Callers;
import io.turnpike.conversation.Conversations;
import io.turnpike.receipt.Receipts;
import io.turnpike.trace.TurnTracing;
import io.turnpike.turn.Event.IfCut;
import io.turnpike.turn.TurnRules;
import io.turnpike.turn.TurnWorld;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What every turn of a service shares.
 *
 * @param callers who may ask
 * @param crossOrigin what web pages may ask
 * @param news takes what turns learn about nodes
 * @param world as machines see it
 * @param live the turns under way
 * @param rules how long what may take
 * @param ifCut what answers come to that break off, where their requests allow that they go on
 * @param random breaks ties
 * @param ticker nanoseconds
 */
record TurnParts(
    Callers callers,
    Admission admission,
    TurnRefusals refusals,
    CrossOrigin crossOrigin,
    TurnReader reader,
    Conversations conversations,
    EnginesOfTurns engines,
    NodeNews news,
    TurnWorld world,
    LiveTurns live,
    Receipts receipts,
    TurnTracing tracing,
    TurnRules rules,
    IfCut ifCut,
    RandomGenerator random,
    LongSupplier ticker) {}
