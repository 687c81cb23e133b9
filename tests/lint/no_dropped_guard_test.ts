import { assertEquals } from "@std/assert";
import { found } from "../support/lint.ts";

/** Locks of each kind, before the code of a test. */
const LOCKS = `
import { KeyedLock, Lock, Semaphore } from "@holdfast/sync";
const lock = new Lock();
const other = new Lock();
const users = new KeyedLock();
const slots = new Semaphore(5);
`;

function test(criterion: string, code: string, expected: string[]) {
  Deno.test(`no-dropped-guard ${criterion}`, () => {
    assertEquals(found("no-dropped-guard", LOCKS + code), expected);
  });
}

function finds(what: string, code: string, ...expected: string[]) {
  test(`finds ${what}`, code, expected);
}

function allows(what: string, code: string) {
  test(`allows ${what}`, code, []);
}

finds(
  "a call whose guard is dropped",
  "await lock.acquire();",
  "lock.acquire()",
);
finds("a call that is not awaited", "lock.acquire();", "lock.acquire()");
finds("a call behind void", "void lock.acquire();", "lock.acquire()");
finds(
  "a call on a lock that may be missing",
  "await lock?.acquire(); lock!.acquire();",
  "lock?.acquire()",
  "lock!.acquire()",
);
finds(
  "the calls of a keyed lock",
  `await users.acquire("ann"); await users.acquireAll(["bob"]);`,
  'users.acquire("ann")',
  'users.acquireAll(["bob"])',
);
finds(
  "a call of a semaphore, which no hand can free",
  "await slots.acquire({ permits: 2 });",
  "slots.acquire({ permits: 2 })",
);
finds(
  "a call whose failure is handled",
  "await lock.acquire().catch(() => {}).finally(() => {});",
  "lock.acquire()",
);
finds(
  "each of several calls",
  "await Promise.all([lock.acquire(), other.acquire()]);",
  "lock.acquire()",
  "other.acquire()",
);
finds(
  "a call for each key",
  "await Promise.allSettled([...keys].map((key) => users.acquire(key)));",
  "users.acquire(key)",
);
finds(
  "a call that is made only sometimes",
  "busy && await lock.acquire(); busy ? lock.acquire() : undefined;",
  "lock.acquire()",
  "lock.acquire()",
);
finds(
  "a call if the function frees another lock",
  "async function f() { await lock.acquire(); other.release(); }",
  "lock.acquire()",
);
finds(
  "a call if another function frees the lock",
  `async function f() { await lock.acquire(); }
   function g() { lock.release(); }`,
  "lock.acquire()",
);
finds(
  "a call around a function that frees only what it took itself",
  `async function f() {
     await lock.acquire();
     async function g() { await lock.acquire(); lock.release(); }
   }`,
  "lock.acquire()",
);

allows("a guard that is used", "using _ = await lock.acquire();");
allows("a guard that is kept", "const guard = await lock.acquire();");
allows("a guard that is returned", "const f = () => lock.acquire();");
allows("a guard that is handed on", "hold(await lock.acquire());");
allows("a guard in a field", "this.guard = await lock.acquire();");
allows(
  "a guard that a callback gets",
  "lock.acquire().then((guard) => guard.release());",
);
allows("a guard that is freed at once", "(await lock.acquire()).release();");
allows("a call that waits for nothing", "lock.tryAcquire();");
allows(
  "a function that says what it holds",
  "assertRejects(() => lock.acquire()); each(async () => await lock.acquire());",
);
allows("run()", "await lock.run(work);");
allows(
  "a release in the same function",
  `async function f() {
     await lock.acquire();
     try { work(); } finally { lock.release(); }
   }`,
);
allows(
  "a release in the same module",
  "await lock.acquire(); work(); lock.release();",
);
allows(
  "a release in a function inside of the same one",
  `async function f() {
     await lock.acquire();
     setTimeout(() => lock.release(), 10);
   }`,
);
allows(
  "a release by key",
  `async function f(key: string) {
     await users.acquire(key);
     users.release(key);
   }`,
);
allows(
  "a release of a lock that may be missing",
  "async () => { await lock?.acquire(); lock!.release(); };",
);
