/**
 * A worker for `workerd test` that hangs, and a watch that says why. The watch
 * begins in the global scope, where there are neither timers nor a clock.
 *
 * @module
 */

import { Lock } from "../../mod.ts";
import { type Stall, watchLocks } from "../../watch.ts";

const stalls: Stall[] = [];
const released: string[] = [];
const watch = watchLocks({
  stallAfter: 100,
  onStall: (stall) => stalls.push(stall),
  onRelease: ({ name }) => released.push(`${name}`),
});
watchLocks()[Symbol.dispose]();

const early = new Lock({ name: "early" });
early.tryAcquire();
let isRefused = false;
early.acquire().catch(() => isRefused = true);

/** Takes a lock twice. */
function hang(name: string): Promise<void> {
  const lock = new Lock({ name });
  return lock.run(async () => {
    await pause(1);
    await lock.run(() => {});
  });
}

const pause = (milliseconds: number) =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

interface Environment {
  /** This worker. */
  readonly self: { fetch(url: string, init?: RequestInit): Promise<Response> };
  /** The kind of a lock that is taken twice. */
  readonly kind: string;
}

export default {
  async fetch(request: Request): Promise<Response> {
    await hang(new URL(request.url).pathname);
    return new Response();
  },

  async test(_controller: unknown, { self, kind }: Environment): Promise<void> {
    void hang("mine");
    await pause(300);
    // What ends with its request takes along the timer that it has started.
    const signal = AbortSignal.timeout(20);
    await self.fetch("http://x/given-up", { signal }).catch(() => {});
    await pause(1200);
    void hang("later");
    await pause(300);
    await new Lock({ name: "free" }).run(() => {});
    await pause(1);

    const told = stalls.map(({ kind, chain: [wait] }) =>
      `${kind} ${wait?.name} ${wait?.stack !== ""}`
    );
    const meant = [
      "slow early true",
      `${kind} mine true`,
      `${kind} later true`,
    ];
    const others = told.filter((line) => !line.includes("/given-up"));
    equal(others.join(), meant.join());
    equal(isRefused, false);
    equal(stalls.every(({ waited }) => waited < 60_000), true);
    equal(released.join(), "free");
    equal(watch.holds().length, 4);
    console.log("tells what hangs");
  },
};

function equal<T>(actual: T, expected: T): void {
  if (actual !== expected) throw new Error(`${actual} is not ${expected}`);
}
