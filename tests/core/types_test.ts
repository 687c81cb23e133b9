/** What the type checker infers. Most of this fails to compile if it is wrong. */

import { assertEquals } from "@std/assert";
import {
  type AcquireOptions,
  KeyedLock,
  Lock,
  type LockGuard,
  type Once,
  once,
} from "../../mod.ts";

/** `true` if the types are the same, and not only assignable. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;

/** Compiles if a promise is of exactly this type, and gives its value. */
function awaited<Expected>() {
  return async <Actual>(
    promise:
      & Promise<Actual>
      & (Same<Actual, Expected> extends true ? unknown
        : { "not the expected type": Actual }),
  ): Promise<Actual> => await promise;
}

const lock = new Lock();
const keyed = new KeyedLock();
let isReady = true as boolean;
const load = () => Promise.resolve(42);

Deno.test("run() infers the result of a condition and a promise", async () => {
  for (const expected of [42, false] as const) {
    isReady = expected !== false;
    const fn = () => isReady && load();
    const check = awaited<number | false>();
    assertEquals(await check(lock.run(() => isReady && load())), expected);
    assertEquals(await check(lock.run(fn)), expected);
    assertEquals(
      await check(keyed.run("a", () => isReady && load())),
      expected,
    );
    assertEquals(await check(keyed.run("a", fn)), expected);
    assertEquals(
      await check(keyed.runAll(["a"], () => isReady && load())),
      expected,
    );
    assertEquals(await check(keyed.runAll(["a"], fn)), expected);
  }
});

Deno.test("run() infers the result of a value or a promise of another type", async () => {
  const fn = (): number | Promise<string> => isReady ? 1 : Promise.resolve("a");
  const check = awaited<number | string>();
  for (isReady of [true, false]) {
    const expected = isReady ? 1 : "a";
    assertEquals(await check(lock.run(fn)), expected);
    assertEquals(await check(lock.run(fn, { timeout: 1 })), expected);
    assertEquals(await check(keyed.run("a", fn)), expected);
    assertEquals(await check(keyed.runAll(["a"], fn)), expected);
    assertEquals(await check(once(fn)()), expected);
  }
});

Deno.test("run() infers the result of a plain function", async () => {
  assertEquals(await awaited<number>()(lock.run(() => 42)), 42);
  assertEquals(await awaited<number>()(lock.run(load)), 42);
  assertEquals(await awaited<void>()(lock.run(async () => {})), undefined);
  assertEquals(await awaited<void>()(lock.run(() => {})), undefined);
  // deno-lint-ignore require-await -- it is the type that counts
  assertEquals(await awaited<number>()(lock.run(async () => 1)), 1);
  const thenable: PromiseLike<number> = load();
  assertEquals(await awaited<number>()(lock.run(() => thenable)), 42);
  assertEquals(await awaited<number>()(keyed.run("a", load)), 42);
  assertEquals(await awaited<number>()(keyed.runAll(["a"], load)), 42);
  const nested = () => Promise.resolve(load());
  assertEquals(await awaited<number>()(lock.run(nested)), 42);
});

Deno.test("run() takes an explicit type argument", async () => {
  const fn = () => Promise.resolve(1);
  assertEquals(await awaited<number>()(lock.run<number>(fn)), 1);
  assertEquals(await awaited<number>()(lock.run<number>(() => 1)), 1);
  assertEquals(await awaited<unknown>()(lock.run<unknown>(fn)), 1);
  assertEquals(await awaited<number>()(keyed.run<number>("a", fn)), 1);
  assertEquals(await awaited<number>()(keyed.runAll<number>(["a"], fn)), 1);
  const made: Once<number> = once<number>(fn);
  assertEquals(await awaited<number>()(made()), 1);
});

Deno.test("run() fits into generic functions", async () => {
  function inside<T>(fn: () => Promise<T>): Promise<T> {
    return lock.run(fn);
  }
  function insideKey<T>(key: string, fn: () => T | PromiseLike<T>): Promise<T> {
    return keyed.run(key, fn);
  }
  async function insideBoth<T>(fn: () => Promise<T>): Promise<T> {
    return await inside(() => keyed.runAll(["a", "b"], fn));
  }
  assertEquals(await awaited<number>()(inside(load)), 42);
  assertEquals(await awaited<number>()(insideKey("a", load)), 42);
  assertEquals(await awaited<number>()(insideBoth(load)), 42);
});

Deno.test("once() infers the result of a condition and a promise", async () => {
  isReady = false;
  const ready = once(() => isReady && load());
  assertEquals(await awaited<number | false>()(ready()), false);
  const value: number | false | undefined = ready.peek();
  assertEquals(value, false);
});

Deno.test("a signal may be null or undefined, as in RequestInit", async () => {
  const init: RequestInit = { signal: null };
  const options: AcquireOptions = { signal: init.signal, timeout: undefined };
  for (const each of [options, { signal: null }, { signal: undefined }]) {
    const guards: LockGuard[] = [
      await lock.acquire(each),
      await keyed.acquire("a", each),
      await keyed.acquireAll(["b"], each),
    ];
    for (const guard of guards) guard.release();
    assertEquals(await lock.run(() => 1, each), 1);
    assertEquals(await once(() => 1)(each), 1);
  }
});
