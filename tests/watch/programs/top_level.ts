/**
 * A program that takes a lock twice at top level. Deno ends it after the report.
 *
 * @module
 */

import { Lock } from "../../../mod.ts";
import { watchLocks } from "../../../watch.ts";

watchLocks({ stallAfter: 100 });
const lock = new Lock({ name: "db" });
const guard = await lock.acquire();
await lock.acquire();
guard.release();
