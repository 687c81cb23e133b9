/**
 * Four processes that hold some of three keys, while some of them die and the
 * network to others falls silent, at random. Judged by the intervals that they
 * log.
 *
 * @module
 */

import { assert } from "@std/assert";
import { engines } from "../engines.ts";
import { judge } from "../judge.ts";
import type { Spec } from "../open.ts";
import { clock } from "../orders.ts";
import { Proxy } from "../proxy.ts";
import { type Interval, Remote } from "../remote.ts";

const LEASE = 1000;
const TIME = 8000;

/** A process, with a network of its own to the server. */
class Process implements AsyncDisposable {
  readonly #proxy: Proxy | undefined;
  readonly #remote: Remote;

  constructor(spec: Spec) {
    this.#proxy = spec.port === undefined ? undefined : new Proxy(spec.port);
    const port = this.#proxy?.port;
    this.#remote = new Remote(
      port === undefined ? spec : { ...spec, port },
      "a process",
    );
    this.#remote.tell({ do: "mix", time: 2 * TIME }).catch(() => {}); // killed
  }

  get intervals(): readonly Interval[] {
    return this.#remote.intervals;
  }

  async disturb(): Promise<void> {
    const chance = Math.random();
    if (chance < 0.3) await this[Symbol.asyncDispose]();
    else if (chance < 0.6) this.#proxy?.silence();
    else this.#proxy?.restore();
  }

  restore(): void {
    this.#proxy?.restore();
  }

  get isDead(): boolean {
    return this.#remote.isDead;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isDead) return;
    await this.#remote.kill();
    this.#proxy?.[Symbol.dispose]();
  }
}

for (const [name, start] of engines) {
  Deno.test(`${name}: faults at random`, async () => {
    await using stack = new AsyncDisposableStack();
    const spec = { ...await start(stack), lease: LEASE };
    const all: Process[] = [];
    const add = () => {
      const process = stack.use(new Process(spec));
      all.push(process);
      return process;
    };
    const four = [add(), add(), add(), add()];
    for (const end = clock() + TIME; clock() < end;) {
      await pause(Math.random() * 300);
      const i = Math.floor(Math.random() * four.length);
      await four[i]!.disturb();
      if (four[i]!.isDead) four[i] = add();
    }
    for (const process of four) process.restore();
    // Leases of the dead end, and then all keys move as if nothing had been.
    await pause(3 * LEASE);
    const calm = clock();
    await pause(3 * LEASE);
    for (const process of four) await process[Symbol.asyncDispose]();
    const held = all.flatMap(({ intervals }) => intervals);
    judge(held);
    for (const key of ["a", "b", "c"]) {
      const idle = longestPause(held.filter((it) => it.key === key), calm);
      assert(idle < 0.7 * LEASE, `nobody took ${key} for ${idle} ms`);
    }
  });
}

/** How long nobody had the key since then, at most, in ms. */
function longestPause(intervals: readonly Interval[], since: number): number {
  const late = intervals.filter(({ from }) => from > since)
    .sort((a, b) => a.from - b.from);
  const pauses = late.slice(1).map(({ from }, i) => from - late[i]!.to);
  return pauses.length === 0 ? Infinity : Math.max(...pauses);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
