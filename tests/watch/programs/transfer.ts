/**
 * The transfers of `examples/transfer.ts` under a watch. They hold their locks
 * with `using`, so the reports are `slow`. The lines in them show the mistake.
 *
 * @module
 */

import { watchLocks } from "../../../watch.ts";

let reports = 0;
const watch = watchLocks({
  stallAfter: 30, // the transfers give up after 100
  onStall({ message }) {
    console.log(message);
    // The transfers after these two are right, and a busy machine is slow.
    if (++reports === 2) watch[Symbol.dispose]();
  },
});
await import("../../../examples/transfer.ts");
