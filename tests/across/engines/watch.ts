/**
 * A watch over the locks of real engines.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Stall, type Use, watchLocks } from "../../../watch.ts";
import { engines } from "../engines.ts";
import { open } from "../open.ts";

/** A watch that notes its reports, and whoever waits for one. */
class Watching implements Disposable {
  readonly released: Use[] = [];
  readonly watch = watchLocks({
    stallAfter: 100,
    onStall: (stall) => {
      this.#stalls.push(stall);
      this.#look();
    },
    onRelease: (use) => this.released.push(use),
  });
  readonly #stalls: Stall[] = [];
  #look = () => {};

  /** The first report that fits. A busy machine may make others. */
  told(fits: (stall: Stall) => boolean): Promise<Stall> {
    return new Promise((resolve) => {
      this.#look = () => {
        const stall = this.#stalls.find(fits);
        if (stall !== undefined) resolve(stall);
      };
      this.#look();
    });
  }

  [Symbol.dispose](): void {
    this.watch[Symbol.dispose]();
  }
}

/** Whether a hold is in the way, and not only a slow machine. */
function isHeld({ chain }: Stall): boolean {
  return chain.length > 1;
}

function facts({ primitive, key, state, at }: Use): unknown {
  assertMatch(at, /watch\.ts:\d+/);
  return [primitive, key, state];
}

for (const [name, start] of engines) {
  const [primitive] = name.split(" ");
  const ignore = () => {}; // what waits when the locks are disposed

  Deno.test(`${name}: a watch shows keys that are held and waited for`, async () => {
    await using stack = new AsyncDisposableStack();
    const { locks } = stack.use(await open(await start(stack)));
    using watching = new Watching();
    const { watch } = watching;
    const first = await locks.acquire("a");
    const both = await locks.acquireAll(["b", "c"]);
    const waiting = locks.acquire("a");
    assertEquals(watch.holds().map(facts), [
      [primitive, "a", "holding"],
      [primitive, ["b", "c"], "holding"],
    ]);
    assertEquals(watch.waits().map(facts), [[primitive, "a", "waiting"]]);
    await watching.told(isHeld);
    await both.release();
    await first.release();
    await (await waiting).release();
    assertEquals([...watch.holds(), ...watch.waits()], []);
    await Promise.resolve(); // onRelease is called in a microtask
    const [, second, third] = watching.released;
    assertEquals(watching.released.map(({ key }) => key), [
      ["b", "c"],
      "a",
      "a",
    ]);
    assert(second!.held >= 100);
    assert(third!.waited >= 100);
  });

  Deno.test(`${name}: a key that a run() takes twice is re-entrant`, async () => {
    await using stack = new AsyncDisposableStack();
    const { locks } = stack.use(await open(await start(stack)));
    using watching = new Watching();
    const running = locks.run("a", async () => {
      await locks.acquire("a");
    }).catch(ignore);
    const { kind, chain, message } = await watching.told(isHeld);
    assertEquals(kind, "reentrant");
    assertEquals(chain.map(facts), [
      [primitive, "a", "waiting"],
      [primitive, "a", "holding"],
    ]);
    assert(message.startsWith(`Cannot acquire key "a" of ${primitive} after `));
    await locks[Symbol.asyncDispose]();
    await running;
  });

  Deno.test(`${name}: two tasks that want each other's key are a deadlock`, async () => {
    await using stack = new AsyncDisposableStack();
    const { locks } = stack.use(await open(await start(stack)));
    using watching = new Watching();
    const inside = [0, 1].map(() => Promise.withResolvers<void>());
    const both = Promise.all(inside.map(({ promise }) => promise));
    const transfer = (i: number, from: string, to: string) =>
      locks.run(from, async () => {
        inside[i]!.resolve();
        await both;
        await using _ = await locks.acquire(to);
      }).catch(ignore);
    const tasks = [transfer(0, "a", "b"), transfer(1, "b", "a")];
    const { kind, chain } = await watching.told(isHeld);
    assertEquals(kind, "deadlock");
    const [wait, hold, ...others] = chain.map(facts);
    const meant = [
      [primitive, "b", "waiting"],
      [primitive, "b", "holding"],
      [primitive, "a", "waiting"],
      [primitive, "a", "holding"],
    ];
    // Either may have begun to wait first.
    const turned = [...others, wait, hold];
    const [, key] = wait as string[];
    assertEquals(key === "b" ? [wait, hold, ...others] : turned, meant);
    await locks[Symbol.asyncDispose]();
    await Promise.all(tasks);
  });

  Deno.test(`${name}: what others hold is not seen, and the report says so`, async () => {
    await using stack = new AsyncDisposableStack();
    const spec = await start(stack);
    const { locks: other } = stack.use(await open(spec));
    const { locks } = stack.use(await open(spec));
    const lease = await other.acquire("a");
    using watching = new Watching();
    const waiting = locks.acquire("a");
    const stall = await watching.told(() => true);
    assertEquals(stall.kind, "slow");
    assertEquals(stall.chain.map(facts), [[primitive, "a", "waiting"]]);
    assertMatch(stall.message, /what is in its way is elsewhere/);
    await lease.release();
    await (await waiting).release();
  });
}
