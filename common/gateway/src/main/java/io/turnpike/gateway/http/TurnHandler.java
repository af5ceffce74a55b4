package io.turnpike.gateway.http;

/** Serves turns: the port to what drives them. Called on the loop of the client's connection. */
public interface TurnHandler {

  /**
   * A request for a turn path has come, its body has not. It may be answered here already; else the
   * listener hears of the body. A method other than POST is to be refused here too.
   */
  TurnListener begin(TurnExchange exchange);
}
