/**
 * The engines that are here, started once for all tests of a file, and those
 * that are not.
 *
 * @module
 */

import type { Spec } from "./open.ts";
import {
  hasPostgres,
  hasRedis,
  type Server,
  startPostgres,
  startRedis,
} from "./servers.ts";

/** Makes what an engine needs; the stack does away with it. */
type Start = (stack: AsyncDisposableStack) => Promise<Spec>;

/** Started before the first test, as a test that starts one would leak it. */
export const redis: Server | undefined = hasRedis
  ? await startRedis()
  : undefined;
export const postgres: Server | undefined = hasPostgres
  ? await startPostgres()
  : undefined;

/** A prefix, so that no test meets another's keys. */
export function fresh(): string {
  return `test-${crypto.randomUUID()}:`;
}

export const engines: [name: string, start: Start][] = [
  ["FileLocks", async (stack) => {
    const directory = await Deno.makeTempDir();
    stack.defer(() => Deno.remove(directory, { recursive: true }));
    return { kind: "files", directory };
  }],
];

for (const kind of ["redis", "ioredis"] as const) {
  if (redis === undefined) break;
  const { port } = redis;
  engines.push([
    `RedisLocks on ${kind}`,
    () => Promise.resolve({ kind, port, prefix: fresh() }),
  ]);
}

for (const kind of ["pg", "postgres"] as const) {
  if (postgres === undefined) break;
  const { port } = postgres;
  engines.push([
    `PostgresLocks on ${kind}`,
    () => Promise.resolve({ kind, port, prefix: fresh() }),
  ]);
}

if (!hasRedis) leaveOut("Redis", "redis-server");
if (!hasPostgres) leaveOut("PostgreSQL", "postgresql");

/** Says which tests are left out, and how to have them. */
export function leaveOut(engine: string, program: string): void {
  console.log(
    `The tests on ${engine} are left out: install ${program}, for example ` +
      `with \`apt-get install ${program}\``,
  );
}

Deno.test.afterAll(async () => {
  await redis?.[Symbol.asyncDispose]();
  await postgres?.[Symbol.asyncDispose]();
});
