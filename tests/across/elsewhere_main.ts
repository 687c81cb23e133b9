/**
 * A program for other runtimes: with each client, a key goes from one object to
 * another.
 *
 * @module
 */

import process from "node:process";
import { open, type Spec } from "./open.ts";

const specs: Spec[] = JSON.parse(process.argv[2]!);
for (const spec of specs) {
  const first = await open(spec);
  const second = await open(spec);
  const lease = await first.locks.acquire("a");
  const waiting = second.locks.acquire("a", { timeout: 10_000 });
  console.log(spec.kind, await second.locks.tryAcquire("a") === undefined);
  await lease.release();
  console.log(await second.locks.run("b", (lease) => lease.held));
  await (await waiting).release();
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
}
