/**
 * An abort at each step of the protocol, and in the same tick as each step: the
 * promise settles once, and afterwards nothing is left at the server.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { drainMicrotasks as drain } from "../support/promises.ts";
import { locksAt, ScriptedServer } from "./scripted.ts";

/** Runs a program in which the abort comes after so many steps. */
async function explore(
  keys: string[],
  held: boolean,
  abortAt: number,
  inSameTick: boolean,
): Promise<boolean> {
  const server = new ScriptedServer();
  const other = locksAt(server);
  const locks = locksAt(server);
  const blocking = other.acquireAll(held ? keys.slice(-1) : []);
  await server.settle();
  const controller = new AbortController();
  const reason = new Error("gone");
  const acquired = locks.acquireAll(keys, { signal: controller.signal })
    .then((lease) => ({ lease }), (error) => ({ error }));
  let outcome: Awaited<typeof acquired> | undefined;
  acquired.then((it) => outcome = it);
  await drain();
  let isOver = false;
  for (let at = 0;; at++) {
    if (at === abortAt && !inSameTick) controller.abort(reason);
    if (at === 5) (await blocking).release();
    const step = server.steps.shift();
    step?.();
    if (at === abortAt && inSameTick) controller.abort(reason);
    await drain();
    if (step === undefined && at > 5) {
      isOver = at < abortAt;
      break;
    }
  }
  await server.settle();
  if (outcome !== undefined && "lease" in outcome) {
    assertEquals(outcome.lease.held, true);
    assertEquals(outcome.lease.signal.aborted, false);
    const released = outcome.lease.release();
    await server.settle();
    await released;
  } else {
    assertEquals(outcome, { error: reason });
  }
  assertEquals(server.owners.size, 0);
  assertEquals(server.queues.size, 0);
  // The same object and others can have the keys.
  for (const next of [locks, other]) {
    const lease = next.acquireAll(keys);
    await server.settle();
    const released = (await lease).release();
    await server.settle();
    await released;
  }
  return isOver;
}

for (const keys of [["a"], ["a", "b"]]) {
  for (const held of [false, true]) {
    for (const inSameTick of [false, true]) {
      const where = held ? "held" : "free";
      const when = inSameTick ? "in the tick of" : "before";
      Deno.test(`an abort ${when} each step of acquiring ${keys.length} ${where} keys leaves nothing`, async () => {
        let steps = 0;
        while (!await explore(keys, held, steps, inSameTick)) steps++;
        assert(steps > 4);
      });
    }
  }
}
