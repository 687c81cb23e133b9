/** An observer that notes what it is told. */

import type { Observed, Observer } from "../../_core/observer.ts";

/** Gives the observer, and what it has been told about a primitive so far. */
export function makeObserver(): {
  observer: Observer;
  told(primitive: object): string[];
} {
  const notes: { of: object; note: string }[] = [];
  const waits = new Map<object, { of: object; request: unknown }>();
  const holds = new Map<object, { of: Observed; id: number }>();
  return {
    told: (primitive) =>
      notes.filter(({ of }) => of === primitive).map(({ note }) => note),
    observer: {
      holdBegan(guard, of, id) {
        holds.set(guard, { of, id });
        notes.push({ of, note: `hold of ${id} began` });
      },
      holdEnded(of, id) {
        notes.push({ of, note: `hold of ${id} ended` });
      },
      waitBegan(waiter, of, request) {
        waits.set(waiter, { of, request });
        notes.push({ of, note: `wait for ${request} began` });
      },
      waitEnded(waiter, outcome) {
        const wait = waits.get(waiter);
        if (wait === undefined) return; // it began before
        const { of, request } = wait;
        const end = outcome === undefined ? "was in vain" : "ended";
        notes.push({ of, note: `wait for ${request} ${end}` });
      },
      called() {},
      callInside(guard, fn) {
        const { of, id } = holds.get(guard)!;
        notes.push({ of, note: `called inside ${id}` });
        return fn();
      },
    },
  };
}
