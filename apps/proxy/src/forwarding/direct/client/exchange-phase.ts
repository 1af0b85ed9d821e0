/**
 * The steps of an exchange of the direct engine:
 * - `none`: no exchange is under way
 * - `prepared`: the body may arrive, nothing has been sent
 * - `connecting`: an attempt waits for its connection
 * - `sending`: the client is to send more of the body
 * - `waiting`: the upstream is to take more of the body, or to send the head of its response
 * - `relaying`: the response is being relayed
 * - `tunnel`: the connection carries another protocol
 */
export type ExchangePhase =
  | 'none'
  | 'prepared'
  | 'connecting'
  | 'sending'
  | 'waiting'
  | 'relaying'
  | 'tunnel';
