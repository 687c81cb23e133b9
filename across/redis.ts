/**
 * Locks between machines, on Redis 6 or later, or Valkey. You bring the client,
 * `npm:redis` or `npm:ioredis`.
 *
 * **Not re-entrant**: a task that acquires a key which it holds waits for itself,
 * for ever.
 *
 * @example
 * ```ts ignore
 * import { RedisLocks } from "@holdfast/sync/redis";
 * import { createClient } from "npm:redis";
 *
 * const client = createClient();
 * await client.connect();
 * const locks = new RedisLocks(client);
 *
 * await locks.run("invoice:17", async ({ token, signal }) => {
 *   // Nobody else is in here, as long as `signal` is not aborted. The database
 *   // refuses a write that comes later: `… where fence <= ${token}`.
 * });
 * ```
 *
 * @module
 */

import {
  type IoRedisClient,
  type NodeRedisClient,
  type NodeRedisCluster,
  type NodeRedisSentinel,
  type RedisClient,
  RedisConnection,
  replied,
} from "./_redis_client.ts";
import { FREE, RAISE, RENEW, type Script, TAKE } from "./_redis_scripts.ts";
import {
  type Answer,
  type Claim,
  Leases,
  type Protocol,
  readLeaseOptions,
} from "./_leases.ts";
import { FencedLease, type Lease, LockLostError } from "./_lease.ts";
import { EngineLocks, type Hold, type Locks } from "./_locks.ts";
import { wellFormed } from "./_names.ts";
import type { AcquireOptions } from "../_core/options.ts";

export { FencedLease as Lease, type Lease as BaseLease, LockLostError };
export type { AcquireOptions, EngineLocks, Hold, Locks };
export type {
  IoRedisClient,
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisSentinel,
  RedisClient,
};

/**
 * Options of new {@linkcode RedisLocks}.
 *
 * @example
 * ```ts
 * import { RedisLocks, type RedisLocksOptions } from "@holdfast/sync/redis";
 * import { assertThrows } from "@std/assert";
 *
 * const options: RedisLocksOptions = { prefix: "shop:", lease: 5000 };
 * assertThrows(
 *   () => new RedisLocks({} as never, options),
 *   TypeError,
 *   "client must be a client of redis or ioredis",
 * );
 * ```
 */
export interface RedisLocksOptions {
  /**
   * Put before each key in the names of the keys in Redis.
   *
   * @default {"holdfast:"}
   */
  prefix?: string | undefined;
  /**
   * How long a key stays taken after its holder has died, in milliseconds. A
   * live holder renews it three times in that time.
   *
   * @default {10_000}
   */
  lease?: number | undefined;
}

/**
 * Locks by key between machines, on Redis.
 *
 * A hold is a lease that is renewed three times while it lasts. If its holder
 * dies, the key is free when the lease ends. If its holder was only paused or cut
 * off, it is told before that: {@linkcode FencedLease.held} is false and its
 * `signal` is aborted.
 *
 * Processes get a key in the order in which they asked, and a release wakes only
 * the next one.
 *
 * Redis may forget a hold: by `FLUSHALL`, by a restart without persistence, or
 * by a failover, since replication is asynchronous. Then two may hold a key
 * until the first one's next renewal. If that matters, let the resource check
 * the `token` of the lease.
 *
 * @example
 * ```ts ignore
 * import { RedisLocks } from "@holdfast/sync/redis";
 * import { Redis } from "npm:ioredis";
 *
 * const locks = new RedisLocks(new Redis(), { lease: 5000 });
 * await using lease = await locks.acquire("invoice:17", { timeout: 1000 });
 * ```
 */
export class RedisLocks extends EngineLocks<FencedLease> {
  /**
   * Creates locks that hold nothing.
   *
   * @param client A client of `npm:redis` that is connected, made by
   * `createClient`, `createCluster` or `createSentinel`; or one of `npm:ioredis`,
   * made by `new Redis` or `new Cluster`. It stays yours: it is never closed. If
   * somebody has to wait, a duplicate of it, or of the client of one of its
   * nodes, listens for free keys.
   * @param options The prefix of all keys, and the length of a lease.
   * @throws {TypeError} If the client is something else, or an option is of the
   * wrong type or not known.
   * @throws {RangeError} If `lease` is not a whole number of at least 1.
   *
   * @example
   * ```ts ignore
   * import { RedisLocks } from "@holdfast/sync/redis";
   * import { createClient } from "npm:redis";
   *
   * const locks = new RedisLocks(await createClient().connect());
   * ```
   */
  constructor(
    client: RedisClient,
    options?: RedisLocksOptions,
  ) {
    const { prefix, lease } = readLeaseOptions(options, "RedisLocks");
    const failure = () => "Cannot create RedisLocks";
    const connection = new RedisConnection(client, failure);
    super(
      new Leases(
        lease,
        (leases) => new RedisProtocol(connection, prefix, lease, leases),
      ),
      FencedLease,
      "RedisLocks",
    );
  }
}

/** Answers to a question that may be answered better a moment later. */
const PASSING = /^(LOADING|CLUSTERDOWN|TRYAGAIN|MASTERDOWN|READONLY) /;

class RedisProtocol implements Protocol {
  readonly name = "Redis";
  readonly #redis: RedisConnection;
  readonly #prefix: string;
  readonly #lease: number;
  readonly #leases: Leases;
  /**
   * Locks in one script call, which holds the server up for a moment. A cluster
   * refuses calls for locks that it may keep in several places.
   */
  #chunk: number;
  /** Tells this object from all others. The scripts know its length. */
  readonly #self = crypto.randomUUID().replaceAll("-", "").slice(0, 16);
  /** What every script that calls a waiter has to know. */
  readonly #calling: readonly [
    channels: string,
    grace: number,
    isCluster: 0 | 1,
  ];

  constructor(
    redis: RedisConnection,
    prefix: string,
    lease: number,
    leases: Leases,
  ) {
    this.#redis = redis;
    this.#prefix = wellFormed(prefix);
    this.#lease = lease;
    this.#leases = leases;
    const { isCluster } = redis;
    this.#chunk = isCluster ? 1 : 1000;
    this.#calling = [
      `${this.#prefix}wake:`,
      Math.min(lease, 500),
      isCluster ? 1 : 0,
    ];
  }

  /**
   * All keys of a lock have a hash tag in common, so that a cluster keeps them
   * together. The colon is for keys that are empty or begin with a brace.
   */
  slotOf(key: string): string {
    return wellFormed(`${this.#prefix}{:${key}}`);
  }

  get listening(): boolean {
    return this.#redis.isListening;
  }

  listen(slot: string): Promise<void> {
    return this.#redis.listen(
      slot,
      this.#calling[0] + this.#self,
      (slot) => this.#leases.ring(slot),
      () => this.#leases.ring(),
    );
  }

  async take(claim: Claim, queue: boolean): Promise<Answer> {
    const { slot } = claim;
    const answer = await this.#redis.eval(
      TAKE,
      [slot, `${slot}:token`, `${slot}:queue`],
      [this.#id(claim), ...this.#calling, this.#lease, queue ? 1 : 0],
    );
    if (!Array.isArray(answer)) return { token: BigInt(String(answer)) };
    const [place, left] = answer.map(Number) as [number, number];
    return { lookAgain: pause(place, left) };
  }

  async free(claim: Claim): Promise<void> {
    const { slot } = claim;
    await this.#redis.eval(
      FREE,
      [slot, `${slot}:queue`],
      [this.#id(claim), ...this.#calling],
    );
  }

  groups(claims: readonly Claim[]): Claim[][] {
    const groups: Claim[][] = [];
    for (let at = 0; at < claims.length; at += this.#chunk) {
      groups.push(claims.slice(at, at + this.#chunk));
    }
    return groups;
  }

  renew(claims: readonly Claim[]): Promise<readonly Claim[]> {
    return this.#forAll(claims, RENEW, "", (some) => [
      this.#lease,
      ...some.map((claim) => this.#id(claim)),
    ]);
  }

  async raise(claims: readonly Claim[], token: bigint): Promise<void> {
    await this.#forAll(claims, RAISE, ":token", () => [String(token)]);
  }

  isFinal(error: unknown): boolean {
    const answer = replied(error);
    return answer !== undefined && !PASSING.test(answer);
  }

  close(): Promise<void> {
    return this.#redis.close();
  }

  #id(claim: Claim): string {
    return this.#self + claim.id;
  }

  /** Runs a script over many locks; returns the claims that it names. */
  async #forAll(
    claims: readonly Claim[],
    script: Script,
    suffix: string,
    args: (claims: readonly Claim[]) => (string | number)[],
  ): Promise<readonly Claim[]> {
    const answers = this.groups(claims).map(async (some) => {
      const keys = some.map(({ slot }) => slot + suffix);
      const named = await this.#redis.eval(script, keys, args(some));
      return Array.from(named as number[] ?? [], (at) => some[Number(at)]!);
    });
    try {
      return (await Promise.all(answers)).flat();
    } catch (error) {
      if (this.#chunk === 1 || !replied(error)?.startsWith("CROSSSLOT")) {
        throw error;
      }
      this.#chunk = 1; // one node of a cluster, with a client that knows no other
      return await this.#forAll(claims, script, suffix, args);
    }
  }
}

/**
 * When a waiter looks again if nobody calls it: soon after the lock may be free
 * if it is one of the first, and less often the further behind it is. So a
 * thousand waiters ask the server no more often than a few dozen.
 */
function pause(place: number, left: number): number {
  const often = Math.min(1000 * (place + 1), 10_000) * (1 + Math.random() / 10);
  return place < 3
    ? Math.min(Math.max(left, 0) + 2 + 50 * place, often)
    : often;
}
