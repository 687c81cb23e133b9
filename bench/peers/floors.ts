/**
 * The floors: how fast the same work can be done by hand, without a library.
 * None of them can be aborted, timed out or misused safely.
 *
 * @module
 */

import type { Control, Ways } from "./types.ts";

function floor(name: string, ways: Ways, uses = {}): Control {
  return { name, uses, ways };
}

const resolved = Promise.resolve();

// One task, nobody waits.

export const AWAIT = floor("await resolvedPromise", {
  make: "Promise.resolve(true)",
  acquire: "lock",
  guard: "0",
  release: "0",
  tryAcquire: "await lock",
});

export const USING = floor("using await resolvedPromise", {
  make: "undefined",
  acquire: "Promise.resolve(new Resource())",
  disposable: true,
}, {
  Resource: class {
    [Symbol.dispose](): void {}
  },
});

export const WRAPPER = floor("async wrapper", {
  make: "async (fn) => { try { return await fn(); } finally {} }",
  run: "lock(fn)",
});

export const CACHED = floor("cached promise", {
  make: "Promise.resolve(1)",
  acquire: "lock",
});

// Tasks that wait for one another.

const chain = (body: string) =>
  `const before = lock.tail;
  let release;
  lock.tail = new Promise((resolve) => { release = resolve; });
  await before;
  ${body}
  release();`;

export const CHAIN = floor("promise chain", {
  make: "{ tail: Promise.resolve() }",
  section: chain,
});

export const THEN = floor("tail.then(fn)", {
  make: "{ tail: Promise.resolve() }",
  run: "(lock.tail = lock.tail.then(fn))",
});

export const LIST = floor("list of promises", {
  make: `(() => {
    const waiting = [];
    let locked = false;
    return async (fn) => {
      if (locked) await new Promise((resolve) => { waiting.push(resolve); });
      locked = true;
      try {
        return await fn();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else locked = false;
      }
    };
  })()`,
  run: "lock(fn)",
});

export const COUNTER = floor("counter, list of promises", {
  make: "{ free: permits, waiting: [], first: 0 }",
  section: (body) =>
    `if (lock.free > 0) lock.free--;
    else await new Promise((resolve) => { lock.waiting.push(resolve); });
    ${body}
    if (lock.first === lock.waiting.length) lock.free++;
    else {
      lock.waiting[lock.first++]();
      if (lock.first === lock.waiting.length) {
        lock.first = lock.waiting.length = 0;
      }
    }`,
});

/** Serves readers and one writer in the order in which they came. */
class ReadersAndWriter {
  /** How many readers are inside, or -1 if a writer is. */
  #inside = 0;
  #queue: { writes: boolean; admit: () => void }[] = [];
  #first = 0;

  enter(writes: boolean): Promise<void> | undefined {
    if (this.#first === this.#queue.length && this.#admits(writes)) {
      this.#inside += writes ? -1 : 1;
      return;
    }
    return new Promise((admit) => this.#queue.push({ writes, admit }));
  }

  leave(): void {
    this.#inside -= Math.sign(this.#inside);
    while (this.#first < this.#queue.length) {
      const { writes, admit } = this.#queue[this.#first]!;
      if (!this.#admits(writes)) return;
      this.#inside += writes ? -1 : 1;
      this.#first++;
      admit();
    }
    this.#first = this.#queue.length = 0;
  }

  #admits(writes: boolean): boolean {
    return writes ? this.#inside === 0 : this.#inside >= 0;
  }
}

export const READERS = floor("counter, list of readers and writers", {
  make: "new ReadersAndWriter()",
  read: { acquire: "lock.enter(false)", release: "lock.leave()" },
  write: { acquire: "lock.enter(true)", release: "lock.leave()" },
}, { ReadersAndWriter });

const shared = {
  wait: "lock.opened",
  open: "lock.open()",
  close: "lock.opened = new Promise((resolve) => { lock.open = resolve; })",
};

export const SHARED = floor("one shared promise", { make: "{}", ...shared });

export const RESOLVERS = floor("a promise for each", {
  make: "{ waiting: [] }",
  wait: "new Promise((resolve) => { lock.waiting.push(resolve); })",
  open: "for (const resolve of lock.waiting) resolve()",
  close: "lock.waiting = []",
});

export const CHAIN_TWICE = floor("promise chain twice, shared promise", {
  make: "{ tail: Promise.resolve() }",
  ...shared,
  section: (body) => `{ ${chain("")} } ${body} { ${chain("")} }`,
});

// Waiters that give up.

export const LISTENER = floor("controller, listener, promise", {
  make: "undefined",
  section: (body) => body,
  signal: `new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  })`,
});

export const TIMER = floor("timer, promise", {
  make: "undefined",
  section: (body) => body,
  timeout: "new Promise((resolve) => setTimeout(resolve, 1))",
});

export const FAILING_TIMER = floor("timer, promise, DOMException", {
  make: "undefined",
  section: (body) => body,
  timeout: `new Promise((_, reject) => {
    setTimeout(() => reject(new DOMException("Late", "TimeoutError")), 1);
  })`,
});

// Keys.

/**
 * It never forgets a key. One that does is no floor: a V8 `Map` that has a key
 * set and deleted over and over makes a new table at every second turn. That
 * costs more than all that Holdfast does, and its garbage slows whatever is
 * measured next.
 */
export const KEPT = floor("Map that keeps its keys, await", {
  make: "new Map(keys.map((key) => [key, undefined]))",
  acquire: "lock.get(key) ?? (lock.set(key, resolved), resolved)",
  release: "lock.set(key, undefined)",
}, { resolved });

export const FORGOTTEN = floor("Map that forgets its keys, await", {
  make: "new Map()",
  acquire: "lock.get(key) ?? (lock.set(key, resolved), resolved)",
  release: "lock.delete(key)",
}, { resolved });

export const MAP_OF_CHAINS = floor("Map, promise chain", {
  make: "new Map()",
  section: (body) =>
    `const before = lock.get(key);
    let release;
    const tail = new Promise((resolve) => { release = resolve; });
    lock.set(key, tail);
    await before;
    ${body}
    if (lock.get(key) === tail) lock.delete(key);
    release();`,
});

// Memory.

export const RESOLVER = floor("promise, resolver", {
  make: "undefined",
  acquire: "new Promise((resolve) => { kept[i] = resolve; })",
});
