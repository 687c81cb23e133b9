/**
 * A file of tests that hangs, for `deno test`.
 *
 * @module
 */

import { Lock } from "../../../mod.ts";
import { watchLocks } from "../../../watch.ts";

Deno.test("saves twice", async () => {
  watchLocks({ stallAfter: 60_000 });
  const lock = new Lock({ name: "db" });
  using _first = await lock.acquire();
  using _second = await lock.acquire();
});
