/**
 * What is asked of `Gate`, `Condition` and `Barrier`.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import { Barrier, Condition, Gate } from "../../mod.ts";
import { countListeners } from "../support/listeners.ts";
import { settledState } from "../support/promises.ts";
import { errorOf, timersLeftBy, valueOf } from "./outcomes.ts";

/** One thing that is asked. */
export interface WaitCase {
  readonly name: string;
  run(): Promise<void>;
}

const gateCases: WaitCase[] = [
  {
    name: "Gate: open() lets through who waits, even if close() follows",
    async run() {
      const gate = new Gate();
      const waits = [gate.wait(), gate.wait()];
      assertEquals(await settledState(waits[0]!), "pending");
      gate.open();
      gate.close();
      const late = gate.wait();
      for (const wait of waits) await valueOf(wait);
      assertEquals(await settledState(late), "pending");
    },
  },
  {
    name: "Gate: an open gate beats an aborted signal and timeout 0",
    async run() {
      const gate = new Gate({ open: true });
      const signal = AbortSignal.abort();
      assertEquals(await valueOf(gate.wait({ signal, timeout: 0 })), undefined);
    },
  },
  {
    name: "Gate: a wait gives up on its limits and leaves nothing behind",
    async run() {
      const gate = new Gate();
      const late = await errorOf(gate.wait({ timeout: 1 })) as Error;
      assertEquals(late.name, "TimeoutError");
      const controller = new AbortController();
      const { signal } = controller;
      const listeners = countListeners(signal);
      const left = await timersLeftBy(async () => {
        const wait = gate.wait({ signal, timeout: 60_000 });
        controller.abort("gone");
        assertEquals(await errorOf(wait), "gone");
      });
      assertEquals([left, gate.waiting], [0, 0]);
      assertEquals(listeners.removed, listeners.added);
    },
  },
];

const conditionCases: WaitCase[] = [
  {
    name: "Condition: a notified waiter has its lock back in its turn",
    async run() {
      const condition = new Condition();
      const { lock } = condition;
      const guard = await valueOf(lock.acquire());
      const wait = condition.wait(guard);
      assertEquals([lock.locked, guard.held], [false, false]);
      assertThrows(() => condition.notify(), Error);
      const other = await valueOf(lock.acquire());
      condition.notify();
      assertEquals(await settledState(wait), "pending");
      other.release();
      await valueOf(wait);
      assertEquals(guard.held, true);
    },
  },
  {
    name: "Condition: limits end the wait for the notification only",
    async run() {
      const condition = new Condition();
      const { lock } = condition;
      const guard = await valueOf(lock.acquire());
      const controller = new AbortController();
      const { signal } = controller;
      const wait = condition.wait(guard, { signal, timeout: 60_000 });
      const other = await valueOf(lock.acquire());
      controller.abort("gone");
      assertEquals(await settledState(wait), "pending");
      other.release();
      assertEquals(await errorOf(wait), "gone");
      assertEquals(guard.held, true);
      const late = await errorOf(condition.wait(guard, { timeout: 1 }));
      assertEquals((late as Error).name, "TimeoutError");
      assertEquals(guard.held, true);
    },
  },
  {
    name: "Condition: waitFor() waits until its predicate is true",
    async run() {
      const condition = new Condition();
      const guard = await valueOf(condition.lock.acquire());
      let isReady = false;
      const wait = condition.waitFor(guard, () => isReady, { timeout: 60_000 });
      for (const ready of [false, true]) {
        assertEquals(await settledState(wait), "pending");
        const other = await valueOf(condition.lock.acquire());
        isReady = ready;
        condition.notifyAll();
        other.release();
      }
      await valueOf(wait);
      assertEquals(guard.held, true);
    },
  },
];

const barrierCases: WaitCase[] = [
  {
    name: "Barrier: the last party lets all through, round after round",
    async run() {
      const barrier = new Barrier(3);
      for (let round = 0; round < 2; round++) {
        const waits = [barrier.wait(), barrier.wait()];
        assertEquals(await settledState(waits[0]!), "pending");
        waits.push(barrier.wait());
        assertEquals(await valueOf(Promise.all(waits)), [0, 1, 2]);
      }
    },
  },
  {
    name: "Barrier: a party that gives up leaves its place to another",
    async run() {
      const barrier = new Barrier(2);
      const controller = new AbortController();
      const { signal } = controller;
      const wait = barrier.wait({ signal, timeout: 60_000 });
      controller.abort("gone");
      assertEquals(await errorOf(wait), "gone");
      const late = await errorOf(barrier.wait({ timeout: 1 })) as Error;
      assertEquals(late.name, "TimeoutError");
      const waits = [barrier.wait(), barrier.wait()];
      assertEquals(await valueOf(Promise.all(waits)), [0, 1]);
    },
  },
  {
    name: "Barrier: abort() breaks it until reset()",
    async run() {
      const barrier = new Barrier(2);
      const wait = barrier.wait();
      barrier.abort("broken");
      assertEquals(await errorOf(wait), "broken");
      assertEquals(await errorOf(barrier.wait()), "broken");
      barrier.reset();
      const next = barrier.wait();
      barrier.reset();
      assertEquals((await errorOf(next) as Error).name, "AbortError");
    },
  },
];

export const waitCases: readonly WaitCase[] = [
  ...gateCases,
  ...conditionCases,
  ...barrierCases,
];
