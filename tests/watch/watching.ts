/**
 * What tests of `watch.ts` have in common: fake time, and a watch that notes
 * its reports.
 *
 * @module
 */

import { FakeTime } from "@std/testing/time";
import { type Stall, watchLocks, type WatchOptions } from "../../watch.ts";
import { fateOf } from "../../_core/watch/fate.ts";
import { collectGarbage } from "../support/gc.ts";
import { drainMicrotasks } from "../support/promises.ts";

/** In milliseconds. A report may come a tenth later. */
export const STALL_AFTER = 1000;

/** A watch in fake time. */
export class Watching implements Disposable {
  readonly time = new FakeTime();
  readonly stalls: Stall[] = [];
  readonly watch;

  constructor(options?: WatchOptions) {
    this.watch = watchLocks({
      stallAfter: STALL_AFTER,
      onStall: (stall) => this.stalls.push(stall),
      ...options,
    });
  }

  /** Lets so much time pass, and what is due in it happen. */
  async pass(milliseconds = 1.1 * STALL_AFTER): Promise<void> {
    await drainMicrotasks();
    this.time.tick(milliseconds);
    await drainMicrotasks();
  }

  /** What was reported: the kind, then the chain. */
  get told(): string[] {
    return this.stalls.map(({ kind, chain }) =>
      [
        `${kind}:`,
        ...chain.map(({ state, name, key }) =>
          `${state} ${key === undefined ? name : key}`
        ),
      ].join(" ").replaceAll(" waiting", ", waiting")
        .replaceAll(" holding", ", holding").replace(":,", ":")
    );
  }

  [Symbol.dispose](): void {
    this.watch[Symbol.dispose]();
    this.time[Symbol.dispose]();
  }
}

/** What never ends by itself: the caller ends it. */
export function makeWork() {
  let end!: () => void;
  const work = new Promise<void>((resolve) => end = resolve);
  return { work, end };
}

/** Collects the guards that nobody has any more, and lets watches hear of it. */
export async function collectGuards(): Promise<void> {
  await drainMicrotasks(); // until then, a frame may still have one
  const fate = (() => fateOf({}))();
  collectGarbage();
  while (!fate.isLost) await drainMicrotasks();
}
