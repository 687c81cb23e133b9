import { assertEquals } from "@std/assert";
import { found } from "../support/lint.ts";

const LOCKS = `
import { KeyedLock, Lock } from "@holdfast/sync";
const lock = new Lock();
const users = new KeyedLock();
`;

function test(criterion: string, code: string, expected: string[]) {
  Deno.test(`no-raced-acquire ${criterion}`, () => {
    assertEquals(found("no-raced-acquire", LOCKS + code), expected);
  });
}

test(
  "finds an acquire() in Promise.race",
  "const guard = await Promise.race([lock.acquire(), late(10)]);",
  ["lock.acquire()"],
);
test(
  "finds an acquire() in Promise.any",
  'Promise.any([users.acquire("ann"), users.acquireAll(["bob"])]);',
  ['users.acquire("ann")', 'users.acquireAll(["bob"])'],
);
test(
  "finds an acquire() for each key",
  `Promise.race([...keys.map((key) => users.acquire(key)), late(10)]);
   Promise.any(keys.map(async (key) => await users.acquire(key)));`,
  ["users.acquire(key)", "users.acquire(key)"],
);
test(
  "finds an acquire() whose failure is handled, or that is one of several",
  `Promise.race([lock.acquire().catch(log), late(10)]);
   Promise.race([Promise.all([lock.acquire()]), late(10)]);`,
  ["lock.acquire()", "lock.acquire()"],
);
test(
  "allows a task that frees the lock by itself",
  `Promise.race([
     lock.run(work),
     lock.acquire().then((guard) => guard.release()),
     (async () => { using _ = await lock.acquire(); })(),
     late(10),
   ]);`,
  [],
);
test(
  "allows what else one does with several",
  `const guards = await Promise.all([lock.acquire()]);
   race([lock.acquire()]); track.race([lock.acquire()]);`,
  [],
);
