/** When options are read, and what counts as an option. */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { KeyedLock, Lock, once } from "../../mod.ts";
import type { AcquireOptions, LockGuard } from "../../mod.ts";
import { reasonOf, settledState } from "../support/promises.ts";

interface Subject {
  call(options?: AcquireOptions): Promise<unknown>;
  /** Takes a part of what the call needs. */
  take(): LockGuard | undefined;
}

function lockSubject(
  call: (lock: Lock, options?: AcquireOptions) => Promise<unknown>,
): Subject {
  const lock = new Lock();
  return {
    call: (options) => call(lock, options),
    take: () => lock.tryAcquire(),
  };
}

function keyedSubject(
  call: (lock: KeyedLock, options?: AcquireOptions) => Promise<unknown>,
): Subject {
  const lock = new KeyedLock();
  return {
    call: (options) => call(lock, options),
    take: () => lock.tryAcquire("b"),
  };
}

const fn = () => 42;
const keys = ["a", "b"];

const subjects: Record<string, () => Subject> = {
  "Lock.acquire()": () => lockSubject((lock, it) => lock.acquire(it)),
  "Lock.run()": () => lockSubject((lock, it) => lock.run(fn, it)),
  "KeyedLock.acquire()": () =>
    keyedSubject((lock, it) => lock.acquire("b", it)),
  "KeyedLock.run()": () => keyedSubject((lock, it) => lock.run("b", fn, it)),
  "KeyedLock.acquireAll()": () =>
    keyedSubject((lock, it) => lock.acquireAll(keys, it)),
  "KeyedLock.runAll()": () =>
    keyedSubject((lock, it) => lock.runAll(keys, fn, it)),
};

/** Options whose getters also do something else. */
class Getters implements AcquireOptions {
  readonly #timeout: () => number;

  constructor(timeout: () => number) {
    this.#timeout = timeout;
  }

  get timeout(): number {
    return this.#timeout();
  }
}

for (const [title, make] of Object.entries(subjects)) {
  Deno.test(`${title} finds what a getter among its options takes`, async () => {
    const { call, take } = make();
    let guard: LockGuard | undefined;
    const options = new Getters(() => {
      guard = take();
      return 0;
    });
    await assertRejects(() => call(options), DOMException, "within 0 ms");
    assertEquals(guard?.held, true);
    guard!.release();
    await call();
  });

  Deno.test(`${title} waits for what a getter among its options takes`, async () => {
    const { call, take } = make();
    let guard: LockGuard | undefined;
    const result = call(
      new Getters(() => {
        guard = take();
        return Infinity;
      }),
    );
    assertEquals(await settledState(result), "pending");
    assertEquals(guard?.held, true);
    guard!.release();
    await result;
  });

  Deno.test(`${title} finds what a getter among its options frees`, async () => {
    const { call, take } = make();
    const guard = take()!;
    await call(
      new Getters(() => {
        guard.release();
        return 0;
      }),
    );
    assertEquals(guard.held, false);
  });

  Deno.test(`${title} refuses an inherited option that does not exist`, async () => {
    const { call, take } = make();
    const options = Object.create({ timeOut: 1 });
    await assertRejects(() => call(options), TypeError, 'option "timeOut"');
    const guard = take()!; // it is free
    await assertRejects(() => call(options), TypeError, 'option "timeOut"');
    guard.release();
  });

  Deno.test(`${title} obeys inherited options`, async () => {
    const { call, take } = make();
    take();
    const inherited = Object.create(Object.create({ timeout: 0 }));
    await assertRejects(() => call(inherited), DOMException, "within 0 ms");
    const nothing = Object.assign(Object.create(null), { timeout: 0 });
    await assertRejects(() => call(nothing), DOMException, "within 0 ms");
  });

  Deno.test(`${title} reads each option once`, async () => {
    const { call } = make();
    const reads: PropertyKey[] = [];
    await call(
      new Proxy<AcquireOptions>({}, {
        get(_, property) {
          reads.push(property);
          return undefined;
        },
      }),
    );
    const options = reads.filter((it) => it === "timeout" || it === "signal");
    assertEquals(options.sort(), ["signal", "timeout"]);
  });

  Deno.test(`${title} takes null for no signal`, async () => {
    await make().call({ signal: null });
  });

  Deno.test(`${title} rejects with null if that is why a signal is aborted`, async () => {
    const { call, take } = make();
    assertEquals(
      await reasonOf(call({ signal: AbortSignal.abort(null) })),
      null,
    );
    take();
    const controller = new AbortController();
    const result = call({ signal: controller.signal });
    controller.abort(null);
    assertEquals(await reasonOf(result), null);
  });
}

/** Gives every object a property while `work` runs. */
function withPollution(pollution: object, work: () => void): void {
  const prototype: object = Object.prototype;
  for (const [key, value] of Object.entries(pollution)) {
    Object.defineProperty(prototype, key, {
      value,
      configurable: true,
      enumerable: true,
    });
  }
  try {
    work();
  } finally {
    for (const key of Object.keys(pollution)) {
      Reflect.deleteProperty(prototype, key);
    }
  }
}

const pollutions: Record<string, object> = {
  "timeout: 0": { timeout: 0 },
  "an aborted signal": { signal: AbortSignal.abort("polluted") },
  "bad options": { timeout: "soon", signal: 5, name: 7, keepError: 8 },
  "something else": { timeOut: 1 },
};

for (const [kind, pollution] of Object.entries(pollutions)) {
  for (const [title, make] of Object.entries(subjects)) {
    Deno.test(`${title} without options does not see ${kind} in Object.prototype`, async () => {
      const { call, take } = make();
      const guard = take()!;
      let waits: Promise<unknown>[] = [];
      withPollution(pollution, () => waits = [call(), call(undefined)]);
      assertEquals(await settledState(waits[0]!), "pending");
      guard.release();
      const given = await waits[0]! as { release?(): void };
      given.release?.();
      await waits[1];
    });
  }

  Deno.test(`nothing made without options sees ${kind} in Object.prototype`, async () => {
    let lock: Lock | undefined;
    let keyed: KeyedLock | undefined;
    let calls: Promise<unknown>[] = [];
    const error = new Error("No");
    const load = once(() => Promise.reject(error));
    withPollution(pollution, () => {
      lock = new Lock();
      keyed = new KeyedLock();
      calls = [load(), once(() => 42)(), keyed.tryAcquireAll(["a"]) as never];
    });
    assertEquals([lock!.name, keyed!.name], [undefined, undefined]);
    assertEquals(await reasonOf(calls[0]!), error);
    assertEquals(load.state, "idle");
    assertEquals(await calls[1], 42);
    assert(calls[2]);
  });
}

Deno.test("a call with options is not refused because of what is in Object.prototype", async () => {
  const lock = new Lock();
  let wait: Promise<unknown> | undefined;
  withPollution({ timeOut: 1 }, () => wait = lock.acquire({ timeout: 0 }));
  await wait;
  withPollution(
    { timeOut: 1 },
    () => wait = lock.acquire({ timeOut: 1 } as never),
  );
  await assertRejects(() => wait!, TypeError, 'option "timeOut"');
});

Deno.test("once() obeys and refuses inherited options", async () => {
  const load = once(() => 42);
  const bad = Object.create({ timeOut: 1 });
  await assertRejects(() => load(bad), TypeError, 'option "timeOut"');
  const options = Object.create({ timeout: 0 });
  await assertRejects(() => load(options), DOMException, "within 0 ms");
  assertEquals(load.state, "idle");
  const keepError = Object.create({ keepErrors: () => true });
  assertThrows(() => once(() => 42, keepError), TypeError, '"keepErrors"');
});

Deno.test("once() finds the run that a getter among its options starts", async () => {
  let runs = 0;
  const load = once(() => Promise.resolve(++runs));
  let inner: Promise<number> | undefined;
  const outer = load({
    get timeout() {
      inner = load();
      return 1000;
    },
  });
  assertEquals(await Promise.all([outer, inner]), [1, 1]);
  assertEquals(runs, 1);
});

Deno.test("once() reads keepError once, when it is called", async () => {
  const options = { keepError: () => true };
  const load = once(() => Promise.reject("failed"), options);
  options.keepError = () => false;
  assertEquals(await reasonOf(load()), "failed");
  assertEquals(load.state, "failed");
});
