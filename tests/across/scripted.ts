/**
 * A server in memory, whose every step the test decides: when a request arrives,
 * and when its answer does.
 *
 * @module
 */

import { FencedLease } from "../../across/_lease.ts";
import {
  type Answer,
  type Claim,
  Leases,
  type Protocol,
} from "../../across/_leases.ts";
import { EngineLocks } from "../../across/_locks.ts";
import { drainMicrotasks as drain } from "../support/promises.ts";

/** A request on its way, and then its answer. */
type Step = () => void;

/** A server that gives each slot to one owner, and calls who waits in order. */
export class ScriptedServer {
  readonly owners = new Map<string, string>();
  readonly queues = new Map<string, string[]>();
  readonly rings = new Map<string, () => void>();
  /** What can happen next, in the order in which it was caused. */
  readonly steps: Step[] = [];
  /** Names of the requests that have arrived. */
  readonly arrived: string[] = [];
  /** How long it takes to close a connection. */
  closing = Promise.resolve();
  tokens = 0n;
  /** What the processes have, in the order in which they came. */
  readonly processes: Leases[] = [];
  /** Set to have requests fail when they arrive. */
  failure: Error | undefined = undefined;

  /** Takes the next step, and lets what follows from it happen. */
  async step(): Promise<boolean> {
    const step = this.steps.shift();
    step?.();
    await drain();
    return step !== undefined;
  }

  /** Takes steps until there are none left. */
  async settle(): Promise<void> {
    await drain();
    while (await this.step());
  }

  /** Sends a request: one step for its arrival, one for its answer. */
  send<T>(name: string, work: () => T): Promise<T> {
    return new Promise((resolve, reject) =>
      this.steps.push(() => {
        this.arrived.push(name);
        const { failure } = this;
        const result = failure ?? work();
        this.steps.push(() =>
          failure === undefined ? resolve(result as T) : reject(failure)
        );
      })
    );
  }

  free(slot: string, owner: string): void {
    if (this.owners.get(slot) === owner) this.owners.delete(slot);
    const queue = this.queues.get(slot)?.filter((it) => it !== owner) ?? [];
    if (queue.length > 0) this.queues.set(slot, queue);
    else this.queues.delete(slot);
    if (this.owners.has(slot) || queue.length === 0) return;
    const ring = this.rings.get(queue[0]!);
    if (ring !== undefined) this.steps.push(ring);
  }
}

let processes = 0;

/** Locks of a process of its own at the server. */
export function locksAt(
  server: ScriptedServer,
  lease = 10_000,
  slotOf = (key: string): string => key,
): EngineLocks<FencedLease> {
  const self = `${processes++}.`;
  const connect = (leases: Leases): Protocol => ({
    name: "Script",
    listening: false,
    slotOf,
    listen() {
      return server.send("listen", () => {
        (this as { listening: boolean }).listening = true;
      });
    },
    take(claim: Claim, queue: boolean): Promise<Answer> {
      const { slot } = claim;
      const owner = self + claim.id;
      return server.send("take", () => {
        const held = server.owners.get(slot);
        const waiting = server.queues.get(slot) ?? [];
        const first = waiting[0] ?? owner;
        if (held === owner || (held === undefined && first === owner)) {
          server.owners.set(slot, owner);
          const rest = waiting.filter((it) => it !== owner);
          if (rest.length > 0) server.queues.set(slot, rest);
          else server.queues.delete(slot);
          return { token: ++server.tokens };
        }
        if (queue && !waiting.includes(owner)) {
          server.queues.set(slot, [...waiting, owner]);
          server.rings.set(owner, () => leases.ring(slot));
        }
        return { lookAgain: 1000 };
      });
    },
    groups: (claims) => claims.map((claim) => [claim]),
    renew: (claims) =>
      server.send(
        "renew",
        () =>
          claims.filter(({ slot, id }) =>
            server.owners.get(slot) !== self + id
          ),
      ),
    free: (claim) =>
      server.send("free", () => server.free(claim.slot, self + claim.id)),
    raise: (_claims, token) =>
      server.send("raise", () => {
        if (server.tokens < token) server.tokens = token;
      }),
    isFinal: (error) => (error as Error).message === "final",
    close: () => server.closing,
    giveUp: () => void server.arrived.push("give up"),
  });
  const leases = new Leases(lease, connect);
  server.processes.push(leases);
  return new EngineLocks(leases, FencedLease, "ScriptedLocks");
}
