/** What `fn` returns counts as a promise if `await` says so. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { KeyedLock, Lock, type Once, once } from "../../mod.ts";
import { drainMicrotasks, reasonOf } from "../support/promises.ts";

/** The two reactions that a `then` is called with. */
type Then<T> = (
  resolve: (value: T) => void,
  reject: (reason: unknown) => void,
) => void;

/** A way to give an object a `then` that cannot be seen by `in`. */
const shapes: Record<string, <T>(then: () => unknown) => PromiseLike<T>> = {
  "a proxy with only a get trap": (then) =>
    new Proxy({} as never, {
      get: (_, property) => property === "then" ? then() : undefined,
    }),
  "a proxy of a function, with only a get trap": (then) =>
    new Proxy((() => {}) as never, {
      get: (_, property) => property === "then" ? then() : undefined,
    }),
  "a getter": (then) => ({
    get then(): never {
      return then() as never;
    },
  }),
  "an inherited getter": (then) =>
    Object.create({
      get then() {
        return then();
      },
    }),
};

interface Subject {
  run<T>(fn: () => T | PromiseLike<T>): Promise<T>;
  isHeld(): boolean;
}

/** Free, or held until the next macrotask. */
function subjects(isFree: boolean): Record<string, Subject> {
  const lock = new Lock();
  const keyed = new KeyedLock();
  if (!isFree) {
    const guards = [lock.tryAcquire(), keyed.tryAcquireAll(["a", "b"])];
    drainMicrotasks().then(() => guards.forEach((guard) => guard!.release()));
  }
  return {
    "Lock.run()": { run: (fn) => lock.run(fn), isHeld: () => lock.locked },
    "KeyedLock.run()": {
      run: (fn) => keyed.run("a", fn),
      isHeld: () => keyed.isLocked("a"),
    },
    "KeyedLock.runAll()": {
      run: (fn) => keyed.runAll(["a", "b"], fn),
      isHeld: () => keyed.isLocked("a"),
    },
  };
}

for (const name of Object.keys(subjects(true))) {
  for (const isFree of [true, false]) {
    const of = `${name} of what is ${isFree ? "free" : "held"}`;
    for (const [shape, make] of Object.entries(shapes)) {
      Deno.test(`${of} holds until ${shape} has given a value, and reads then once`, async () => {
        const { run, isHeld } = subjects(isFree)[name]!;
        let reads = 0;
        const { promise: started, resolve: start } = Promise.withResolvers<
          (value: number) => void
        >();
        const thenable = make<number>(() => {
          reads++;
          return function (this: unknown, resolve: (value: number) => void) {
            assert(this === thenable);
            start(resolve);
          };
        });
        const result = run(() => thenable);
        const resolve = await started;
        await drainMicrotasks();
        assertEquals(isHeld(), true);
        resolve(42);
        assertEquals(await result, 42);
        assertEquals(reads, 1);
        assertEquals(isHeld(), false);
      });

      Deno.test(`${of} rejects with what ${shape} rejects with`, async () => {
        const { run, isHeld } = subjects(isFree)[name]!;
        const then: Then<never> = (_, reject) => reject("failed");
        assertEquals(await reasonOf(run(() => make(() => then))), "failed");
        assertEquals(isHeld(), false);
      });

      Deno.test(`${of} rejects with what ${shape} throws`, async () => {
        const { run, isHeld } = subjects(isFree)[name]!;
        const result = run(() =>
          make(() => {
            throw new Error("No then");
          })
        );
        await assertRejects(() => result, Error, "No then");
        assertEquals(isHeld(), false);
      });

      Deno.test(`${of} gives ${shape} as it is if its then is no function`, async () => {
        const { run, isHeld } = subjects(isFree)[name]!;
        const value = make(() => 42);
        assert(await run(() => value) === value);
        assertEquals(isHeld(), false);
      });
    }

    Deno.test(`${of} lets one remote call in at a time`, async () => {
      const { run } = subjects(isFree)[name]!;
      let inside = 0;
      let most = 0;
      // As Comlink's objects: nothing is there until `then` is asked for.
      const remote = () =>
        new Proxy(() => {}, {
          get(_, property) {
            if (property !== "then") return undefined;
            const call = (async () => {
              most = Math.max(most, ++inside);
              await drainMicrotasks();
              inside--;
              return 42;
            })();
            return call.then.bind(call);
          },
        }) as unknown as Promise<number>;
      const results = await Promise.all([1, 2, 3].map(() => run(remote)));
      assertEquals(results, [42, 42, 42]);
      assertEquals(most, 1);
    });

    Deno.test(`${of} holds until a promise whose then is patched has settled`, async () => {
      const { run, isHeld } = subjects(isFree)[name]!;
      const { promise, resolve } = Promise.withResolvers<number>();
      let calls = 0;
      const result = run(() =>
        Object.assign(promise, {
          then(...args: Parameters<typeof promise.then>) {
            calls++;
            return Promise.prototype.then.apply(promise, args);
          },
        })
      );
      await drainMicrotasks();
      await drainMicrotasks();
      assertEquals(isHeld(), true);
      resolve(42);
      assertEquals(await result, 42);
      assertEquals(isHeld(), false);
      assert(calls <= 1);
    });
  }
}

for (const [shape, make] of Object.entries(shapes)) {
  Deno.test(`once() runs until ${shape} has given a value, and reads then once`, async () => {
    let reads = 0;
    let resolve: ((value: number) => void) | undefined;
    const load = once(() =>
      make<number>(() => {
        reads++;
        return (resolveIt: typeof resolve) => resolve = resolveIt;
      })
    );
    const calls = [load(), load()];
    await drainMicrotasks();
    assertEquals(load.state, "running");
    resolve!(42);
    assertEquals(await Promise.all(calls), [42, 42]);
    assertEquals(reads, 1);
  });

  Deno.test(`once() counts reading then of ${shape} as the synchronous part of fn`, async () => {
    const load: Once<unknown> = once(() => make(() => load()));
    await assertRejects(() => load(), Error, "it would wait for itself");
    assertEquals(load.state, "idle");
  });
}
