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

/** A session at the server, ours alone. */
export interface Session {
  /** Sends a statement. */
  query(text: string): Promise<readonly Row[]>;
  /** Ends it in order. */
  close(): Promise<void>;
  /** Ends it at once, also if the server does not answer. */
  destroy(): void;
}

/** Opens sessions. */
export interface Database {
  /** @param onEnd Called once, when the session is gone, with what is known. */
  open(onEnd: (cause: unknown) => void): Promise<Session>;
  /** Opens a session that listens. Its `query` is not used. */
  listen(
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
  query(text: string): Promise<{ rows: readonly Row[] }>;
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

  async open(onEnd: (cause: unknown) => void): Promise<Session> {
    return (await this.#connect(onEnd)).session;
  }

  async listen(
    channel: string,
    onPayload: (payload: string) => void,
    onEnd: (cause: unknown) => void,
  ): Promise<Session> {
    const { client, session } = await this.#connect(onEnd);
    client.on("notification", ({ payload = "" }) => onPayload(payload));
    try {
      await session.query("set idle_session_timeout = 0");
      await session.query(`listen "${channel}"`);
    } catch (error) {
      session.destroy();
      throw error;
    }
    return session;
  }

  async #connect(
    onEnd: (cause: unknown) => void,
  ): Promise<{ client: InternalPgClient; session: Session }> {
    const client = this.#make() as InternalPgClient;
    if (
      typeof client?.connect !== "function" ||
      typeof client.query !== "function" || typeof client.on !== "function" ||
      "totalCount" in client
    ) {
      const name = "what the function returns";
      throw wrongType(this.#failure, name, "a new pg.Client", client);
    }
    // The first of several errors says why: the rest is what follows from it.
    // Without a listener, each would end the process.
    let cause: unknown;
    client.on("error", (error) => cause ??= error);
    client.on("end", () => onEnd(cause));
    const destroy = () => client.connection?.stream?.destroy();
    try {
      await client.connect();
    } catch (error) {
      destroy();
      throw error;
    }
    const session = {
      async query(text: string): Promise<readonly Row[]> {
        return (await client.query(text)).rows;
      },
      async close(): Promise<void> {
        await client.end();
      },
      destroy,
    };
    return { client, session };
  }
}

interface Reserved {
  unsafe(
    text: string,
    args: never[],
    options: { onexecute?: (connection: Connection) => void },
  ): Promise<readonly Row[]>;
  release(): void;
}

/** A connection of the pool's, as the pool itself sees it. */
interface Connection {
  onclose: ((cause: unknown) => void) | null;
  terminate(): void;
}

interface InternalPostgresJs {
  readonly options: { readonly max: number };
  reserve(): Promise<Reserved>;
  listen: {
    (
      channel: string,
      listener: (payload: string) => void,
    ): Promise<{ unlisten(): Promise<void> }>;
    /** What it has open, on a connection that it never closes by itself. */
    channels?: Record<string, unknown>;
    sql?: { end(options: { timeout: number }): Promise<void> } | undefined;
  };
}

class PostgresJsDatabase implements Database {
  readonly #sql: InternalPostgresJs;

  constructor(sql: InternalPostgresJs) {
    this.#sql = sql;
  }

  async open(onEnd: (cause: unknown) => void): Promise<Session> {
    if (this.#sql.options.max < 2) {
      throw new Error("the pool needs room for two connections at least");
    }
    const reserved = await this.#sql.reserve();
    // A reserved connection does not tell when it dies, and the next statement
    // on it would throw where nobody can catch it. So get at what is behind it.
    let connection: Connection | undefined;
    let end: { cause: unknown } | undefined;
    const ended = (cause: unknown) => {
      if (end !== undefined) return;
      end = { cause };
      onEnd(cause);
    };
    const onexecute = (it: Connection) => {
      connection = it;
      it.onclose = ended;
    };
    const query = async (text: string): Promise<readonly Row[]> => {
      if (end !== undefined) {
        throw end.cause ?? new Error("the connection has ended");
      }
      const options = connection === undefined ? { onexecute } : {};
      return await reserved.unsafe(text, [], options);
    };
    const session = {
      query,
      async close(): Promise<void> {
        if (end !== undefined) return;
        await query("select pg_advisory_unlock_all()");
        await query("reset idle_session_timeout");
        await query("reset synchronous_commit");
        if (end !== undefined) return;
        end = { cause: undefined };
        if (connection !== undefined) connection.onclose = null;
        reserved.release();
      },
      destroy(): void {
        if (end !== undefined) return;
        connection?.terminate();
        ended(undefined);
      },
    };
    await query("select");
    return session;
  }

  async listen(
    channel: string,
    onPayload: (payload: string) => void,
    _onEnd: (cause: unknown) => void, // it listens again by itself
  ): Promise<Session> {
    const { listen } = this.#sql;
    let listening;
    try {
      listening = await listen(channel, onPayload);
    } catch (error) {
      // It would reject with this error for ever.
      delete listen.channels?.[channel];
      throw error;
    }
    const close = async () => {
      await listening.unlisten().catch(() => {});
      delete listen.channels?.[channel];
      const own = listen.sql;
      if (own === undefined || Object.keys(listen.channels!).length > 0) return;
      listen.sql = undefined;
      await own.end({ timeout: 0 });
    };
    return {
      query: () => Promise.resolve([]),
      close,
      destroy: () => void close().catch(() => {}),
    };
  }
}
