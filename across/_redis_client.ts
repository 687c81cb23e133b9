/**
 * Private: what is used of the clients of Redis, and how they differ.
 *
 * @module
 */

import { wrongType } from "../_core/errors.ts";
import type { Script } from "./_redis_scripts.ts";

/** A client made by `createClient` of `npm:redis`. */
export interface NodeRedisClient {
  /** Sends a command. */
  sendCommand(args: string[]): Promise<unknown>;
  /** Makes another client with the same options. */
  duplicate(): unknown;
}

/** A client made by `new Redis` of `npm:ioredis`. */
export interface IoRedisClient {
  /** Sends a command. */
  call(command: string, ...args: string[]): Promise<unknown>;
  /** Makes another client with the same options. */
  duplicate(): unknown;
}

/** A second connection, which hears messages. */
interface Listener {
  on(event: "error" | "ready" | "end", listener: () => void): void;
  on(
    event: "message",
    listener: (channel: string, message: string) => void,
  ): void;
  connect(): Promise<unknown>;
  subscribe(
    channel: string,
    listener?: (message: string) => void,
  ): Promise<unknown>;
  destroy?(): void;
  disconnect(): unknown;
}

/** One connection of the user's, and one of our own that listens. */
export class RedisConnection {
  readonly #client: NodeRedisClient | IoRedisClient;
  #listener: Listener | undefined = undefined;

  /** @throws {TypeError} If it is not a client that is known. */
  constructor(client: unknown, failure: () => string) {
    const it = client as Partial<NodeRedisClient & IoRedisClient> | undefined;
    if (
      typeof it?.duplicate !== "function" ||
      (typeof it.call !== "function" && typeof it.sendCommand !== "function")
    ) {
      throw wrongType(
        failure,
        "client",
        "a client of redis or ioredis",
        client,
      );
    }
    this.#client = client as NodeRedisClient | IoRedisClient;
  }

  /** Runs a script, and sends its text only if the server has not seen it. */
  async eval(
    { sha, text }: Script,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args.map(String)];
    try {
      return await this.#send("EVALSHA", sha, ...rest);
    } catch (error) {
      if (!replied(error)?.startsWith("NOSCRIPT")) throw error;
      return await this.#send("EVAL", text, ...rest);
    }
  }

  /**
   * Listens to a channel on a connection of its own. Clients subscribe again by
   * themselves when they have lost it; `onReady` tells of that.
   */
  async listen(
    channel: string,
    onMessage: (message: string) => void,
    onReady: () => void,
  ): Promise<void> {
    const listener = this.#listener = this.#client.duplicate() as Listener;
    // Without this, an error of the connection would end the process.
    listener.on("error", () => {});
    listener.on("ready", onReady);
    try {
      if (isIoRedis(this.#client)) {
        listener.on("message", (_channel, message) => onMessage(message));
        await listener.subscribe(channel);
      } else {
        await listener.connect();
        await listener.subscribe(channel, onMessage);
      }
    } catch (error) {
      if (this.#listener === listener) this.close().catch(() => {});
      throw error;
    }
  }

  /** Closes the connection that listens. */
  async close(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    if (listener === undefined) return;
    const ended = new Promise<void>((resolve) => listener.on("end", resolve));
    if (listener.destroy !== undefined) listener.destroy();
    else listener.disconnect();
    await ended;
  }

  #send(command: string, ...args: string[]): Promise<unknown> {
    return isIoRedis(this.#client)
      ? this.#client.call(command, ...args)
      : this.#client.sendCommand([command, ...args]);
  }
}

function isIoRedis(
  client: NodeRedisClient | IoRedisClient,
): client is IoRedisClient {
  return "call" in client;
}

/** The server's own words, if the error is an answer: `NOPERM this user …`. */
export function replied(error: unknown): string | undefined {
  const { message } = error as Error;
  return /^[A-Z]{2,}[A-Z_]* /.test(message) ? message : undefined;
}
