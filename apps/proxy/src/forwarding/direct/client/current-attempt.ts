import type { Attempt } from '../../exchange.ts';
import type { UpstreamConnection } from '../upstream/upstream-connection.ts';

/**
 * The attempt under way and its connection: both are set or none. One object serves all attempts of a client
 * connection.
 */
export class CurrentAttempt {
  #attempt: Attempt | undefined;
  #connection: UpstreamConnection | undefined;

  /** Throws if no attempt is under way. */
  get attempt(): Attempt {
    if (!this.#attempt) throw new Error('CurrentAttempt: no attempt is under way');
    return this.#attempt;
  }

  /** Throws if no attempt is under way. */
  get connection(): UpstreamConnection {
    if (!this.#connection) throw new Error('CurrentAttempt: no attempt is under way');
    return this.#connection;
  }

  findConnection(): UpstreamConnection | undefined {
    return this.#connection;
  }

  begin(attempt: Attempt, connection: UpstreamConnection): void {
    this.#attempt = attempt;
    this.#connection = connection;
    attempt.reused = connection.reused;
  }

  /** Ends the attempt, if one is under way: copies what its connection counted. */
  end(): void {
    if (this.#attempt && this.#connection) {
      this.#attempt.bytesSent = this.#connection.bytesSent;
      this.#attempt.bytesReceived = this.#connection.bytesReceived;
    }
    this.#attempt = undefined;
    this.#connection = undefined;
  }
}
