package io.turnpike.bench.client;

/**
 * One request to send.
 *
 * @param index counted from 0 in its run
 * @param conversation its conversation
 * @param turn 1 for the first
 * @param path of the URL
 * @param body JSON; not to be changed
 * @param streamed whether the answer is a stream of events
 * @param maxTokens most tokens that were asked for; a greater usage is wrong
 * @param keepAnswer whether the answer's text is wanted
 * @param session sent as {@code X-Session-ID}, by which Turnpike knows a conversation; empty for
 *     none
 */
@SuppressWarnings("ArrayRecordComponent") // sent as it is; never compared
public record Request(
    int index,
    int conversation,
    int turn,
    String path,
    byte[] body,
    boolean streamed,
    int maxTokens,
    boolean keepAnswer,
    String session) {}
