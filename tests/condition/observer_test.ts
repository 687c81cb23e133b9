/** An observer is told of both waits of a condition's waiter, and of its holds. */

import { assertEquals } from "@std/assert";
import { type Observer, setObserver } from "../../_core/observer.ts";
import { makeHeld } from "../support/condition.ts";

Deno.test("an observer is told when a guard leaves its lock and comes back", async () => {
  const { condition, lock, guard } = makeHeld();
  const names = new Map<unknown, string>([
    [condition, "condition"],
    [lock, "lock"],
    [guard, "guard"],
  ]);
  const notes: string[] = [];
  const note = (what: string, ...about: unknown[]) =>
    notes.push([what, ...about.map((it) => names.get(it) ?? it)].join(" "));
  const waits = new Map<object, object>();
  const observer: Observer = {
    holdBegan: (guard, held, id) => note("hold began", held, id, guard),
    holdEnded: (held, id, guard) => note("hold ended", held, id, guard),
    waitBegan(waiter, resource, request) {
      waits.set(waiter, resource);
      note("wait began", resource, request);
    },
    waitEnded: (waiter, outcome) =>
      note("wait ended", waits.get(waiter), outcome),
    callInside: (_, fn) => fn(),
    called() {},
  };
  setObserver(observer);
  try {
    const wait = condition.wait(guard);
    condition.cancel("closing");
    await wait.catch(() => {});
  } finally {
    setObserver(undefined);
  }
  assertEquals(notes, [
    "wait began condition guard",
    "hold ended lock 1 guard",
    "wait ended condition ",
    "wait began lock guard",
    "hold began lock 3 guard",
    "wait ended lock guard",
  ]);
});
