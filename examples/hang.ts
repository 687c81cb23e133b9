/**
 * A program hangs in three ways, and a watch says why: a lock taken twice, two
 * locks taken in opposite order, and a guard that nobody releases.
 *
 * ```sh
 * deno run examples/hang.ts
 * ```
 *
 * @module
 */

import { Lock } from "../mod.ts";
import { watchLocks } from "../watch.ts";

// A real program would write `watchLocks()`, which prints with console.warn.
watchLocks({ stallAfter: 200, onStall: ({ message }) => console.log(message) });

const db = new Lock({ name: "db" });
const [ann, bob] = [new Lock({ name: "Ann" }), new Lock({ name: "Bob" })];
const log = new Lock({ name: "log" });

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function save() {
  return db.run(() => "saved");
}

function handle() {
  return db.run(async () => {
    await pause(1);
    await save(); // waits for the lock that handle() holds
  });
}

function transfer(first: Lock, second: Lock) {
  return first.run(async () => {
    await pause(1);
    await second.run(() => {}); // the other task holds it, and wants ours
  });
}

async function append(_line: string) {
  await log.acquire(); // forgot `using`
}

console.log("--- A lock taken twice ---");
void handle();
await pause(400);

console.log("--- Two locks taken in opposite order ---");
void transfer(ann, bob);
void transfer(bob, ann);
await pause(400);

console.log("--- A guard that nobody releases ---");
void append("one");
void append("two");
