/** What the rules take for a lock: each code drops one guard, of `acquire()`. */

import { assertEquals } from "@std/assert";
import { found } from "../support/lint.ts";

function test(criterion: string, code: string, expected: string[]) {
  Deno.test(`a lint rule ${criterion}`, () => {
    const calls = found("no-dropped-guard", code);
    assertEquals(calls, expected.map((lock) => `${lock}.acquire()`));
  });
}

function knows(what: string, code: string, ...locks: string[]) {
  test(`knows ${what}`, code, locks);
}

function ignores(what: string, code: string) {
  test(`ignores ${what}`, code, []);
}

const IMPORT = 'import { Lock } from "@holdfast/sync";';

for (
  const name of [
    "@holdfast/sync",
    "@holdfast/sync/lock",
    "jsr:@holdfast/sync@^1/lock",
    "jsr:/@holdfast/sync@1.0.0",
    "npm:@holdfast/sync@1",
    "npm:@jsr/holdfast__sync",
    "@jsr/holdfast__sync/lock",
    "https://cdn.test/jsr/@holdfast/sync@1/lock",
  ]
) {
  knows(
    `an import from ${name}`,
    `import { Lock } from "${name}"; new Lock().acquire();`,
    "new Lock()",
  );
}

for (const name of ["@holdfast/synced", "@hold/sync", "./holdfast/sync.ts"]) {
  ignores(
    `an import from ${name}`,
    `import { Lock } from "${name}"; new Lock().acquire();`,
  );
}

knows(
  "a class by another name",
  `import { Lock as Mutex } from "@holdfast/sync";
   const mutex = new Mutex();
   mutex.acquire();`,
  "mutex",
);
knows(
  "a class of a namespace",
  `import * as sync from "@holdfast/sync";
   const a = new sync.Lock();
   a.acquire();
   function f(b: sync.Lock) { b.acquire(); }`,
  "a",
  "b",
);
knows(
  "a class that extends one",
  `${IMPORT}
   class Log extends Lock {}
   class Journal extends Log {}
   const journal = new Journal();
   journal.acquire();`,
  "journal",
);
knows(
  "a variable that is exported, or declared in a loop",
  `${IMPORT}
   export const a = new Lock();
   a.acquire();
   for (let b = new Lock();;) b.acquire();`,
  "a",
  "b",
);
knows(
  "a parameter by its type or its default",
  `import type { KeyedLock, Lock } from "@holdfast/sync";
   function f(a: Lock, b: KeyedLock<number> | undefined, c = a, ...d: Lock[]) {
     a.acquire();
     b!.acquire();
     c.acquire();
   }`,
  "a",
  "b!",
  "c",
);
knows(
  "a variable of a variable",
  `${IMPORT}
   const a = new Lock();
   const b = a;
   const c = given ?? b;
   let d;
   (d ??= c).acquire();`,
  "(d ??= c)",
);
knows(
  "what a cast says",
  `${IMPORT} (locks.get("a") as Lock).acquire();`,
  '(locks.get("a") as Lock)',
);
knows(
  "a field",
  `${IMPORT}
   class Account {
     #a = new Lock();
     readonly b: Lock;
     constructor(private readonly c: Lock, d = new Lock(), private e = new Lock()) {
       this.d = d;
     }
     work() {
       this.#a.acquire();
       this.b.acquire();
       this.c.acquire();
       this.d.acquire();
       this.e.acquire();
     }
   }
   new Account().b.acquire();`,
  "this.#a",
  "this.b",
  "this.c",
  "this.d",
  "this.e",
  "new Account().b",
);
knows(
  "a property of an object or an interface",
  `${IMPORT}
   interface Account { a: Lock }
   const account = { "b": new Lock() };
   x.a.acquire();
   account.b.acquire();
   const { a, b: renamed } = account;
   a.acquire();
   renamed.acquire();`,
  "x.a",
  "account.b",
  "a",
  "renamed",
);
knows(
  "the sides of a read-write lock, and the lock of a condition",
  `import { Condition, RwLock } from "@holdfast/sync";
   const files = new RwLock();
   files.read.acquire();
   files.write.acquire();
   new Condition().lock.acquire();`,
  "files.read",
  "files.write",
  "new Condition().lock",
);

knows(
  "what is called a lock if the file does not say what it is",
  `import "@holdfast/sync";
   import { fileLock } from "./locks.ts";
   function f(lock, { mutex }) { lock.acquire(); mutex.acquire(); }
   fileLock.acquire();
   this.#lock.acquire();
   locks.get("a").acquire();
   for (const userLock of all) userLock.acquire();
   const dbSemaphore = make();
   dbSemaphore.acquire();`,
  "lock",
  "mutex",
  "fileLock",
  "this.#lock",
  'locks.get("a")',
  "userLock",
  "dbSemaphore",
);
ignores(
  "what is called a lock and is something else",
  `import "@holdfast/sync";
   import wakeLock, { type Mutex } from "wake";
   import * as fileLock from "npm:files";
   wakeLock.acquire();
   fileLock.acquire();
   const lock = new Mutex(), same = lock, plainLock = { acquire() {} };
   lock.acquire();
   plainLock.acquire();
   function f(mutex: Mutex, own = new Mutex()) { mutex.acquire(); }
   class Reader { dbLock = new Mutex(); read() { this.dbLock.acquire(); } }
   function aLock() {}
   aLock.acquire();
   class BLock {}
   BLock.acquire();
   const semaphore = lock;
   semaphore.acquire();
   new Lock().acquire();`,
);
ignores(
  "names that only contain the word",
  `import "@holdfast/sync"; clock.acquire(); block.acquire(); flock.acquire();`,
);
ignores("what is called a lock without the import", "lock.acquire();");

ignores(
  "the locks of others",
  `${IMPORT}
   import { Mutex } from "async-mutex";
   const mutex = new Mutex();
   mutex.acquire();
   pool.acquire();
   connect().acquire();
   pools[0].acquire();
   acquire();`,
);
ignores(
  "a name that means something else here",
  `${IMPORT}
   const turn = new Lock();
   function f(turn) { turn.acquire(); }
   function g({ turn, ...rest }) { turn.acquire(); }
   function h([turn] = []) { turn.acquire(); }
   { class turn {} turn.acquire(); }
   for (const turn of pools) turn.acquire();
   try {} catch (turn) { turn.acquire(); }
   try {} catch { turn.missing(); }`,
);
ignores(
  "a property that is something else in another class",
  `${IMPORT}
   class A { lock = new Lock(); }
   class B { lock = new Mutex(); work() { this.lock.acquire(); } }
   class C { gate = new Lock(); }
   class D { gate: Mutex; work() { this.gate.acquire(); } }`,
);
ignores(
  "a value that is said to be itself",
  `${IMPORT}
   const a = b, b = a;
   a.acquire();
   const c = { d: c.d };
   c.d.acquire();
   class E extends E {}
   new E().acquire();`,
);
ignores(
  "what is looked up",
  `${IMPORT}
   const name = "a", turns = { name: new Lock(), "other name": new Lock() };
   pools[name].acquire();
   pools[0].acquire();
   pools["other name"].acquire();`,
);
ignores("a class without a name", "export default class {} x.acquire();");

knows("a global by its name", `${IMPORT} lock.acquire();`, "lock");
