/**
 * Private: what is used of the clients of Redis, and how they differ.
 *
 * @module
 */

import { wrongType } from "../_core/errors.ts";
import type { Script } from "./_redis_scripts.ts";
import { slotOf } from "./_redis_slot.ts";

/** A client made by `createClient` of `npm:redis`. */
export interface NodeRedisClient {
  /** Sends a command. */
  sendCommand(args: string[]): Promise<unknown>;
  /** Makes another client with the same options. */
  duplicate(): unknown;
}

/** A client made by `createCluster` of `npm:redis`. */
export interface NodeRedisCluster {
  /** Sends a command to the node that has the key. */
  sendCommand(
    key: string,
    isReadonly: boolean,
    args: string[],
  ): Promise<unknown>;
  /** Makes another client with the same options. */
  duplicate(): unknown;
  /** Which node has which keys. */
  readonly slots: readonly unknown[];
}

/** A client made by `createSentinel` of `npm:redis`. */
export interface NodeRedisSentinel {
  /** Sends a command to the master. */
  sendCommand(isReadonly: boolean, args: string[]): Promise<unknown>;
  /** Makes another client with the same options. */
  duplicate(): unknown;
  /** Tells where the master is. */
  getMasterNode(): unknown;
}

/** A client made by `new Redis` or `new Cluster` of `npm:ioredis`. */
export interface IoRedisClient {
  /** Sends a command. */
  call(command: string, ...args: string[]): Promise<unknown>;
  /** Makes another client with the same options. */
  duplicate(): unknown;
}

/** A client of `npm:redis` or `npm:ioredis`. */
export type RedisClient =
  | NodeRedisClient
  | NodeRedisCluster
  | NodeRedisSentinel
  | IoRedisClient;

/** A client of the user's, and a connection of our own that listens. */
export class RedisConnection {
  /** Whether messages come. */
  isListening = false;
  readonly #client: Adapter;
  #listener: Listener | undefined = undefined;

  /** @throws {TypeError} If it is not a client that is known. */
  constructor(client: unknown, failure: () => string) {
    const adapter = adapterOf(client);
    if (adapter === undefined) {
      const expected = "a client of redis or ioredis";
      throw wrongType(failure, "client", expected, client);
    }
    this.#client = adapter;
  }

  /** Whether who listens may be at another node than who publishes. */
  get isCluster(): boolean {
    return this.#client.isCluster;
  }

  /** Runs a script, and sends its text only if the server has not seen it. */
  async eval(
    { sha, text }: Script,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args.map(String)];
    const send = (...command: string[]) =>
      this.#client.send(keys[0]!, [...command, ...rest]);
    try {
      return await send("EVALSHA", sha);
    } catch (error) {
      if (!replied(error)?.startsWith("NOSCRIPT")) throw error;
      return await send("EVAL", text);
    }
  }

  /**
   * Listens to a channel on a connection of its own, to the node that has the
   * key. In a cluster, what others publish arrives there too, but later, and they
   * do not know that it has been heard.
   *
   * If the connection is lost, messages may be lost too: `onLost` is called, and
   * then somebody has to listen again.
   */
  async listen(
    key: string,
    channel: string,
    onMessage: (message: string) => void,
    onLost: () => void,
  ): Promise<void> {
    const listener = this.#client.listener(key, () => {
      if (this.#listener !== listener) return;
      this.close();
      onLost();
    });
    this.#listener = listener;
    try {
      await listener.subscribe(channel, onMessage);
      if (this.#listener !== listener) throw new Error("it has been closed");
      this.isListening = true;
    } catch (error) {
      if (this.#listener === listener) this.#listener = undefined;
      await listener.close();
      throw error;
    }
  }

  /** Closes the connection that listens. */
  async close(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    this.isListening = false;
    await listener?.close();
  }
}

/** What is done with a client of any kind. */
interface Adapter {
  readonly isCluster: boolean;
  /** Sends a command to where the key is. */
  send(key: string, command: string[]): Promise<unknown>;
  /**
   * Makes a connection of our own to where the key is. It is not used again once
   * it is lost.
   */
  listener(key: string, onLost: () => void): Listener;
}

interface Listener {
  subscribe(
    channel: string,
    onMessage: (message: string) => void,
  ): Promise<unknown>;
  /** Never rejects. A second call does no harm. */
  close(): Promise<void>;
}

function adapterOf(client: unknown): Adapter | undefined {
  const it = client as Partial<IoRedis & NodeRedis> | undefined;
  if (typeof it?.duplicate !== "function") return undefined;
  if (typeof it.call === "function") return forIoRedis(it as IoRedis);
  if (typeof it.sendCommand === "function") {
    return forNodeRedis(it as NodeRedis);
  }
}

/** What is used of `npm:ioredis`. */
interface IoRedis {
  readonly isCluster?: boolean;
  readonly options: {
    readonly host?: string;
    readonly port?: number;
    readonly keyPrefix?: string;
  };
  /** Of a cluster only: the nodes of each slot, its master first. */
  readonly slots: readonly (readonly string[])[];
  /** Of a cluster only. */
  nodes(): readonly IoRedis[];
  call(command: string, ...args: string[]): Promise<unknown>;
  duplicate(options: object): IoRedis;
  on(event: "error" | "end", listener: () => void): void;
  on(
    event: "message",
    listener: (channel: string, message: string) => void,
  ): void;
  subscribe(channel: string): Promise<unknown>;
  disconnect(): void;
}

function forIoRedis(client: IoRedis): Adapter {
  const { isCluster = false } = client;
  return {
    isCluster,
    send: (_key, [command, ...args]) => client.call(command!, ...args),
    listener(key, onLost) {
      const { keyPrefix = "" } = client.options;
      const node = isCluster ? nodeOf(client, keyPrefix + key) : client;
      // It subscribes before it is connected, whatever the user has chosen.
      const options = { enableOfflineQueue: true, retryStrategy: null };
      const it = node.duplicate(options);
      it.on("error", () => {}); // or it would end the process
      const ended = new Promise<void>((resolve) => it.on("end", resolve));
      ended.then(onLost);
      return {
        subscribe(channel, onMessage) {
          // A message is the name of a key, before which the client has put it.
          const { length } = keyPrefix;
          it.on("message", (_channel, key) => onMessage(key.slice(length)));
          return it.subscribe(channel);
        },
        async close() {
          it.disconnect();
          await ended;
        },
      };
    },
  };
}

function nodeOf(cluster: IoRedis, key: string): IoRedis {
  const [address] = cluster.slots[slotOf(key)] ?? [];
  return found(
    cluster.nodes().find(({ options: { host, port } }) =>
      `${host}:${port}` === address
    ),
  );
}

/** What is used of `npm:redis`. */
interface NodeRedis {
  /** Of a cluster only: the nodes of each slot. */
  readonly slots?: readonly {
    readonly master: { readonly client?: NodeRedis };
  }[];
  /** Of a sentinel only. */
  getMasterNode?(): unknown;
  sendCommand(...args: unknown[]): Promise<unknown>;
  duplicate(): NodeRedis;
  on(event: "error" | "reconnecting", listener: () => void): void;
  connect(): Promise<unknown>;
  subscribe(
    channel: string,
    listener: (message: string) => void,
  ): Promise<unknown>;
  destroy?(): unknown;
  /** What has been `destroy` since version 5. */
  disconnect(): unknown;
}

function forNodeRedis(client: NodeRedis): Adapter {
  const isCluster = client.slots !== undefined;
  const isSentinel = client.getMasterNode !== undefined;
  return {
    isCluster,
    send(key, command) {
      if (isCluster) return client.sendCommand(key, false, command);
      if (isSentinel) return client.sendCommand(false, command);
      return client.sendCommand(command);
    },
    listener(key, onLost) {
      const node = isCluster
        ? client.slots![slotOf(key)]?.master.client
        : client;
      const it = found(node).duplicate();
      it.on("error", () => {}); // or it would end the process
      // A sentinel has several connections, and mends those that fail.
      it.on(isSentinel ? "reconnecting" : "error", onLost);
      return {
        async subscribe(channel, onMessage) {
          await it.connect();
          await it.subscribe(channel, onMessage);
        },
        async close() {
          try {
            await (it.destroy === undefined ? it.disconnect() : it.destroy());
          } catch { /* it is closed */ }
        },
      };
    },
  };
}

function found<T>(node: T | undefined): T {
  if (node === undefined) throw new Error("no node is known that has the key");
  return node;
}

/** The server's own words, if the error is an answer: `NOPERM this user …`. */
export function replied(error: unknown): string | undefined {
  const { message } = error as Error;
  return /^[A-Z]{2,}[A-Z_]* /.test(message) ? message : undefined;
}
