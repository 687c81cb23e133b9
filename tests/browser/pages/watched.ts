/**
 * A page that hangs, for `tests/browser/watch.ts`. It is bundled.
 *
 * @module
 */

import { Lock } from "../../../mod.ts";
import { type Stall, watchLocks } from "../../../watch.ts";

/** The events that anybody listens for. */
const events: string[] = [];
const { addEventListener } = globalThis;
globalThis.addEventListener = (type: string, ...rest: unknown[]) => {
  events.push(type);
  Reflect.apply(addEventListener, globalThis, [type, ...rest]);
};

const stalls: Stall[] = [];
watchLocks({ stallAfter: 100, onStall: (stall) => stalls.push(stall) });
watchLocks({ stallAfter: 200 }); // prints

const db = new Lock({ name: "db" });

function save(): Promise<void> {
  return db.run(() => {});
}

function handle(): Promise<void> {
  return db.run(async () => {
    await null;
    await save();
  });
}

const log = new Lock({ name: "log" });

async function append(): Promise<void> {
  await log.acquire(); // forgot `using`
}

Object.assign(globalThis, { events, stalls, handle, append });
