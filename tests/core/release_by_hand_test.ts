/**
 * A second `release()` by hand, before the waiter that the first one let in has
 * started, would let two in.
 */

import { assertEquals, assertThrows } from "@std/assert";
import { KeyedLock, Lock } from "../../mod.ts";
import type { AcquireOptions, LockGuard } from "../../mod.ts";
import { drainMicrotasks } from "../support/promises.ts";
import { makeSignal } from "../support/hostile_signals.ts";

interface Subject {
  take(): LockGuard | undefined;
  wait(options?: AcquireOptions): Promise<LockGuard>;
  run<T>(fn: () => T, options?: AcquireOptions): Promise<T>;
  release(): void;
  isHeld(): boolean;
}

const subjects: Record<string, () => Subject> = {
  "Lock": () => {
    const lock = new Lock();
    return {
      take: () => lock.tryAcquire(),
      wait: (options) => lock.acquire(options),
      run: (fn, options) => lock.run(fn, options),
      release: () => lock.release(),
      isHeld: () => lock.locked,
    };
  },
  "KeyedLock": () => {
    const lock = new KeyedLock();
    return {
      take: () => lock.tryAcquire("a"),
      wait: (options) => lock.acquire("a", options),
      run: (fn, options) => lock.run("a", fn, options),
      release: () => lock.release("a"),
      isHeld: () => lock.isLocked("a"),
    };
  },
  "KeyedLock with calls for several keys": () => {
    const lock = new KeyedLock();
    let others = 0;
    return {
      take: () => lock.tryAcquire("a"),
      wait: (options) => lock.acquireAll(["a", `${others++}`], options),
      run: (fn, options) => lock.runAll(["a", `${others++}`], fn, options),
      release: () => lock.release("a"),
      isHeld: () => lock.isLocked("a"),
    };
  },
};

const limits: Record<string, () => AcquireOptions | undefined> = {
  "no limits": () => undefined,
  "a signal": () => ({ signal: new AbortController().signal }),
  "a timeout": () => ({ timeout: 60_000 }),
  "an infinite timeout": () => ({ timeout: Infinity }),
  "both limits": () => ({
    signal: makeSignal(),
    timeout: 60_000,
  }),
};

const MESSAGE = "the waiter that the last release() let in has not started";

for (const [name, make] of Object.entries(subjects)) {
  for (const [kind, limit] of Object.entries(limits)) {
    Deno.test(`${name}: a second release() throws until a waiter with ${kind} starts`, async () => {
      const it = make();
      it.take();
      const inside: string[] = [];
      it.wait(limit()).then(() => inside.push("first"));
      it.wait(limit()).then(() => inside.push("second"));
      it.release();
      for (let i = 0; i < 3; i++) assertThrows(it.release, Error, MESSAGE);
      // Nor does it work a microtask later, if the waiter needs more of them.
      while (inside.length === 0) {
        await undefined;
        if (inside.length === 0) assertThrows(it.release, Error, MESSAGE);
      }
      assertEquals(inside, ["first"]);
      it.release();
      await drainMicrotasks();
      assertEquals(inside, ["first", "second"]);
      it.release();
      assertEquals(it.isHeld(), false);
    });

    Deno.test(`${name}: a waiter with ${kind} may release by hand as its first act`, async () => {
      const it = make();
      it.take();
      let inside = 0;
      const waits = Array.from({ length: 5 }, async (_, i) => {
        if (i % 2 === 0) {
          await it.wait(limit());
          inside++;
          it.release();
        } else {
          await it.run(() => {
            inside++;
            it.release();
          }, limit());
        }
      });
      it.release();
      await Promise.all(waits);
      assertEquals(inside, 5);
      assertEquals(it.isHeld(), false);
    });

    Deno.test(`${name}: a second release() does not keep a run() with ${kind} from its hold`, async () => {
      const it = make();
      it.take();
      let inside = 0;
      async function enter(): Promise<void> {
        assertEquals(++inside, 1);
        await drainMicrotasks();
        inside--;
      }
      const runs = [it.run(enter, limit()), it.run(enter, limit())];
      it.release();
      assertThrows(it.release, Error, MESSAGE);
      await Promise.all(runs);
      assertEquals(it.isHeld(), false);
    });

    Deno.test(`${name}: an aborted waiter in front of one with ${kind} changes nothing`, async () => {
      const it = make();
      it.take();
      const controller = new AbortController();
      const { signal } = controller;
      const inside: string[] = [];
      const seen: string[] = [];
      // It runs before the listener of those who wait.
      signal.addEventListener("abort", () => {
        it.release();
        assertThrows(it.release, Error, MESSAGE);
        (async () => {
          while (inside.length === 0) {
            assertThrows(it.release, Error, MESSAGE);
            seen.push("refused");
            await undefined;
          }
        })();
      });
      it.wait({ signal, timeout: 60_000 }).catch(() => {});
      it.wait({ signal }).catch(() => {});
      it.wait(limit()).then(() => {
        inside.push("first");
        it.release();
      });
      it.wait(limit()).then(() => inside.push("second"));
      controller.abort("gone");
      await drainMicrotasks();
      assertEquals(seen.includes("refused"), true);
      assertEquals(inside, ["first", "second"]);
    });
  }

  Deno.test(`${name}: a hold that was taken without a wait may be freed by hand at once`, async () => {
    const it = make();
    it.take();
    const wait = it.wait();
    it.release();
    (await wait).release(); // now there is a queue, though nobody waits
    for (let i = 0; i < 3; i++) {
      it.take();
      it.release();
    }
    assertEquals(it.isHeld(), false);
  });

  Deno.test(`${name}: a hold that was taken after all had aborted may be freed by hand at once`, async () => {
    const it = make();
    it.take();
    const controller = new AbortController();
    const { signal } = controller;
    signal.addEventListener("abort", () => {
      it.release();
      assertEquals(it.isHeld(), false);
      it.take();
      it.release();
      assertEquals(it.isHeld(), false);
    });
    const waits = [it.wait({ signal }), it.wait({ signal, timeout: 60_000 })];
    controller.abort("gone");
    const results = await Promise.allSettled(waits);
    assertEquals(results.map(({ status }) => status), ["rejected", "rejected"]);
  });

  Deno.test(`${name}: releases that let nobody in do not make a later one pass`, async () => {
    const it = make();
    it.take();
    const wait = it.wait();
    it.release();
    (await wait).release();
    it.take();
    it.release();
    it.take();
    const inside: string[] = [];
    it.wait().then(() => inside.push("first"));
    it.wait().then(() => inside.push("second"));
    queueMicrotask(() => assertThrows(it.release, Error, MESSAGE));
    it.release();
    await drainMicrotasks();
    assertEquals(inside, ["first"]);
  });

  Deno.test(`${name}: two releases of different holds in one tick let in one waiter each`, async () => {
    const one = make();
    const other = make();
    one.take();
    other.take();
    const waits = [one.wait(), other.wait()];
    one.release();
    other.release();
    assertThrows(one.release, Error, MESSAGE);
    assertThrows(other.release, Error, MESSAGE);
    for (const wait of waits) (await wait).release();
    assertEquals([one.isHeld(), other.isHeld()], [false, false]);
  });

  Deno.test(`${name}: a waiter that a guard let in may be freed by hand as it starts`, async () => {
    const it = make();
    const guard = it.take()!;
    const first = it.wait().then(() => it.release());
    const second = it.wait({ timeout: 60_000 }).then(() => it.release());
    guard.release();
    await Promise.all([first, second]);
    assertEquals(it.isHeld(), false);
  });

  Deno.test(`${name}: a signal that releases while release() looks for the next waiter ends only its own hold`, async () => {
    const it = make();
    it.take();
    let releases = 0;
    const signal = makeSignal({
      get aborted() {
        if (releases > 0) {
          releases--;
          it.release();
        }
        return false;
      },
    });
    const inside: string[] = [];
    it.wait({ signal, timeout: 60_000 }).then(() => inside.push("first"));
    it.wait().then(() => inside.push("second"));
    releases = 1;
    it.release();
    assertEquals(it.isHeld(), true);
    assertThrows(it.release, Error, MESSAGE);
    await drainMicrotasks();
    assertEquals(inside, ["first"]);
    it.release();
    await drainMicrotasks();
    it.release();
    assertEquals(it.isHeld(), false);
  });

  Deno.test(`${name}: release() while another wait is let in notes whom it let in`, async () => {
    const other = make();
    other.take();
    const it = make();
    it.take();
    const signal = makeSignal({
      get reason() {
        it.release();
        return "gone";
      },
    });
    const left = other.wait({ signal }).catch((reason) => reason);
    const inside: string[] = [];
    it.wait().then(() => inside.push("first"));
    it.wait().then(() => inside.push("second"));
    signal.aborted = true;
    other.release();
    assertThrows(it.release, Error, MESSAGE);
    assertEquals(await left, "gone");
    assertEquals(inside, ["first"]);
  });
}
