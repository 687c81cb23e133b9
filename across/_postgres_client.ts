/**
 * Private: what is used of the clients of PostgreSQL, and how they differ.
 *
 * @module
 */

import { wrongType } from "../_core/errors.ts";

/** A client of `npm:pg` that is not connected yet. */
export interface PgClient {
  /** Connects. */
  connect(): Promise<unknown>;
  /** Sends a statement. */
  query(text: string): Promise<unknown>;
  /** Says goodbye to the server. */
  end(): Promise<unknown>;
}

/** An instance of `npm:postgres`. */
export interface PostgresJs {
  /** Takes a connection out of the pool. */
  reserve(): Promise<unknown>;
  /** Sends a statement. */
  unsafe(text: string): unknown;
  /** Listens on a connection of its own. */
  listen(channel: string, listener: (payload: string) => void): unknown;
}

/** A row of an answer. */
export type Row = Record<string, unknown>;

/** What the server plans once for a session. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** A session at the server, ours alone. */
export interface Session {
  /** Sends a statement. */
  query(text: string): Promise<readonly Row[]>;
  /** Sends a statement that is prepared. */
  execute(
    statement: Statement,
    values: readonly string[],
  ): Promise<readonly Row[]>;
  /** Ends it in order. */
  close(): Promise<void>;
}

/**
 * Opens sessions. An abort ends them at once, also while they open, and also if
 * the server does not answer.
 */
export interface Database {
  /** @param onEnd Called once, when the session is gone, with what is known. */
  open(
    signal: AbortSignal,
    onEnd: (cause: unknown) => void,
  ): Promise<Session>;
  /** Opens a session that listens. Its `query` is not used. */
  listen(
    signal: AbortSignal,
    channel: string,
    onPayload: (payload: string) => void,
    onEnd: (cause: unknown) => void,
  ): Promise<Session>;
}

/** @throws {TypeError} If it is neither a function nor an instance. */
export function databaseOf(client: unknown, failure: () => string): Database {
  if (typeof client !== "function") {
    const expected =
      "a function that returns a new pg.Client, or an instance of postgres";
    throw wrongType(failure, "client", expected, client);
  }
  const it = client as Partial<PostgresJs>;
  return typeof it.reserve === "function" && typeof it.unsafe === "function"
    ? new PostgresJsDatabase(client as unknown as InternalPostgresJs)
    : new PgDatabase(client as () => unknown, failure);
}

interface InternalPgClient extends PgClient {
  query(
    query: string | Statement & { readonly values: readonly string[] },
  ): Promise<{ rows: readonly Row[] }>;
  on(event: "error", listener: (error: unknown) => void): void;
  on(event: "end", listener: () => void): void;
  on(
    event: "notification",
    listener: (message: { payload?: string }) => void,
  ): void;
  readonly connection?: { readonly stream?: { destroy(): void } };
}

class PgDatabase implements Database {
  readonly #make: () => unknown;
  readonly #failure: () => string;

  constructor(make: () => unknown, failure: () => string) {
    this.#make = make;
    this.#failure = failure;
  }

  async open(
    signal: AbortSignal,
    onEnd: (cause: unknown) => void,
  ): Promise<Session> {
    return sessionOf(await this.#connect(signal, onEnd));
  }

  async listen(
    signal: AbortSignal,
    channel: string,
    onPayload: (payload: string) => void,
    onEnd: (cause: unknown) => void,
  ): Promise<Session> {
    const client = await this.#connect(signal, onEnd);
    client.on("notification", ({ payload = "" }) => onPayload(payload));
    try {
      await client.query("set idle_session_timeout = 0");
      await client.query(`listen "${channel}"`);
    } catch (error) {
      destroy(client);
      throw error;
    }
    return sessionOf(client);
  }

  async #connect(
    signal: AbortSignal,
    onEnd: (cause: unknown) => void,
  ): Promise<InternalPgClient> {
    signal.throwIfAborted();
    const client = this.#make() as InternalPgClient;
    if (
      typeof client?.connect !== "function" ||
      typeof client.query !== "function" || typeof client.on !== "function" ||
      "totalCount" in client
    ) {
      const name = "what the function returns";
      throw wrongType(this.#failure, name, "a new pg.Client", client);
    }
    const giveUp = () => destroy(client);
    signal.addEventListener("abort", giveUp);
    // The first of several errors says why: the rest is what follows from it.
    // Without a listener, each would end the process.
    let cause: unknown;
    client.on("error", (error) => cause ??= error);
    client.on("end", () => {
      signal.removeEventListener("abort", giveUp);
      onEnd(cause);
    });
    try {
      await client.connect();
    } catch (error) {
      destroy(client);
      throw error;
    }
    return client;
  }
}

function sessionOf(client: InternalPgClient): Session {
  return {
    async query(text: string): Promise<readonly Row[]> {
      return (await client.query(text)).rows;
    },
    async execute(statement, values): Promise<readonly Row[]> {
      return (await client.query({ ...statement, values })).rows;
    },
    async close(): Promise<void> {
      await client.end();
    },
  };
}

function destroy(client: InternalPgClient): void {
  client.connection?.stream?.destroy();
}

interface Reserved {
  unsafe(
    text: string,
    values: readonly string[],
    options: {
      prepare: boolean;
      onexecute?: (connection: Connection) => void;
    },
  ): Promise<readonly Row[]>;
  release(): void;
}

/** A connection of the pool's, as the pool itself sees it. */
interface Connection {
  onclose: ((cause: unknown) => void) | null;
  terminate(): void;
}

interface Listening {
  unlisten(): Promise<void>;
}

interface InternalPostgresJs {
  readonly options: { readonly max: number; readonly fetch_types?: boolean };
  reserve(): Promise<Reserved>;
  unsafe(text: string): Promise<unknown>;
  listen: {
    (
      channel: string,
      listener: (payload: string) => void,
    ): Promise<Listening>;
    /** What it has open, on a connection that it never closes by itself. */
    channels?: Record<string, { listeners: { fn: unknown }[] }>;
    sql?: { end(options: { timeout: number }): Promise<void> } | undefined;
  };
}

/** Who wants a connection of the pool. */
interface Caller {
  resolve(reserved: Reserved): void;
  reject(error: unknown): void;
}

class PostgresJsDatabase implements Database {
  readonly #sql: InternalPostgresJs;
  readonly #callers = new Set<Caller>();

  constructor(sql: InternalPostgresJs) {
    this.#sql = sql;
  }

  async open(
    signal: AbortSignal,
    onEnd: (cause: unknown) => void,
  ): Promise<Session> {
    if (this.#sql.options.max < 2) {
      throw new Error("the pool needs room for two connections at least");
    }
    const reserved = await this.#reserve(signal);
    // A reserved connection does not tell when it dies, and the next statement
    // on it would throw where nobody can catch it. So get at what is behind it.
    let connection: Connection | undefined;
    let end: { cause: unknown } | undefined;
    const ended = (cause: unknown) => {
      if (end !== undefined) return;
      signal.removeEventListener("abort", destroy);
      end = { cause };
      onEnd(cause);
    };
    const destroy = () => {
      connection?.terminate();
      ended(signal.reason);
    };
    signal.addEventListener("abort", destroy);
    const onexecute = (it: Connection) => {
      connection = it;
      it.onclose = ended;
    };
    const send = async (
      text: string,
      values: readonly string[],
      options: Parameters<Reserved["unsafe"]>[2],
    ): Promise<readonly Row[]> => {
      if (end !== undefined) {
        throw end.cause ?? new Error("the connection has ended");
      }
      return await reserved.unsafe(text, values, options);
    };
    const query = (text: string) => send(text, [], { prepare: false });
    const execute = ({ text }: Statement, values: readonly string[]) =>
      send(text, values, { prepare: true });
    const close = async () => {
      if (end !== undefined) return;
      await query("select pg_advisory_unlock_all()");
      await query("reset idle_session_timeout");
      await query("reset synchronous_commit");
      if (end !== undefined) return;
      signal.removeEventListener("abort", destroy);
      end = { cause: undefined };
      if (connection !== undefined) connection.onclose = null;
      reserved.release();
    };
    await send("select", [], { prepare: false, onexecute });
    return { query, execute, close };
  }

  async listen(
    signal: AbortSignal,
    channel: string,
    onPayload: (payload: string) => void,
    _onEnd: (cause: unknown) => void, // it listens again by itself
  ): Promise<Session> {
    signal.throwIfAborted();
    const drop = () => this.#drop(channel, onPayload);
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    let listening: Listening;
    try {
      const asked = this.#sql.listen(channel, onPayload);
      listening = await Promise.race([asked, aborted]);
    } catch (error) {
      await drop(); // else it would reject with this error for ever
      throw error;
    }
    aborted.catch(drop).catch(() => {});
    return {
      query: () => Promise.resolve([]),
      execute: () => Promise.resolve([]),
      async close(): Promise<void> {
        await listening.unlisten().catch(() => {});
        await drop();
      },
    };
  }

  /**
   * A `reserve()` cannot be taken back. If its caller has given up, the
   * connection serves the next one, or goes back to the pool.
   */
  #reserve(signal: AbortSignal): Promise<Reserved> {
    signal.throwIfAborted();
    return new Promise<Reserved>((resolve, reject) => {
      const caller = { resolve, reject };
      this.#callers.add(caller);
      signal.addEventListener("abort", () => {
        this.#callers.delete(caller);
        reject(signal.reason);
      });
      this.#reserved().then((reserved) => {
        const [first] = this.#callers;
        if (first === undefined) return reserved.release();
        this.#callers.delete(first);
        first.resolve(reserved);
      }, (error) => {
        this.#callers.delete(caller);
        reject(error);
      });
    });
  }

  async #reserved(): Promise<Reserved> {
    // Without that option, `reserve()` does not notice that its connection has
    // opened. It takes one that is open.
    if (this.#sql.options.fetch_types === false) {
      await this.#sql.unsafe("select");
    }
    return await this.#sql.reserve();
  }

  /** Stops listening without the server, as `unlisten()` does with it. */
  async #drop(channel: string, listener: unknown): Promise<void> {
    const { listen } = this.#sql;
    const { channels = {}, sql } = listen;
    const open = channels[channel];
    if (open !== undefined) {
      open.listeners = open.listeners.filter(({ fn }) => fn !== listener);
      if (open.listeners.length === 0) delete channels[channel];
    }
    if (sql === undefined || Object.keys(channels).length > 0) return;
    listen.sql = undefined;
    await sql.end({ timeout: 0 });
  }
}
