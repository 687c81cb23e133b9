/**
 * Another process, which takes keys as its arguments say:
 *
 * - `contend`: says that it is ready, waits for a line, and takes one key over
 *   and over for some time. Prints when it was inside.
 * - `hold`: takes one key and keeps it.
 * - `keys`: takes many keys and keeps them. Prints how many bytes of its heap
 *   each takes.
 *
 * @module
 */

import { clock } from "../../tests/across/orders.ts";
import { candidates, type Places } from "./candidates.ts";

const [mode, name, at, amount] = Deno.args as [string, string, string, string];
const candidate = candidates.find((it) => it.name === name)!;
const { take } = await candidate.open(JSON.parse(at) as Places);

switch (mode) {
  case "contend": {
    await (await take(`ready-${amount}`))();
    console.log("ready");
    await Deno.stdin.read(new Uint8Array(1));
    const inside: [from: number, to: number][] = [];
    const end = clock() + Number(amount);
    while (clock() < end) {
      const free = await take("contended");
      const from = clock();
      await Promise.resolve();
      inside.push([from, clock()]);
      await free();
    }
    console.log(JSON.stringify(inside));
    Deno.exit();
    break;
  }
  case "hold":
    await take("taken-over");
    console.log("held");
    break;
  case "keys": {
    const count = Number(amount);
    await take("first"); // connects
    const before = heap();
    const keep: unknown[] = [];
    for (let at = 0; at < count;) {
      const some = Array.from(
        { length: Math.min(500, count - at) },
        () => take(`held-${at++}`),
      );
      keep.push(...await Promise.all(some));
    }
    console.log(JSON.stringify((heap() - before) / keep.length));
    break;
  }
}
// Keeps what it holds until it is killed.
await new Promise((resolve) => setTimeout(resolve, 3_600_000));

function heap(): number {
  (globalThis as unknown as { gc(): void }).gc();
  return Deno.memoryUsage().heapUsed;
}
