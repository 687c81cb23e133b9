import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { FileLocks } from "../../across/processes.ts";
import { settledState } from "../support/promises.ts";
import { conformance } from "./conformance.ts";

async function open() {
  const directory = await Deno.makeTempDir();
  const one = new FileLocks(directory);
  const other = new FileLocks(new URL(`file://${directory}`));
  return {
    directory,
    one,
    other,
    async [Symbol.asyncDispose]() {
      await one[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

conformance("FileLocks", open);

Deno.test("FileLocks creates its directory, again if it is removed", async () => {
  await using at = await open();
  await using locks = new FileLocks(`${at.directory}/a/b`);
  await Deno.remove(`${at.directory}/a`, { recursive: true });
  await using lease = await locks.acquire("a");
  assertEquals(lease.held, true);
});

Deno.test("FileLocks: a wait that was given up is inherited", async () => {
  await using at = await open();
  const lease = await at.one.acquire("a");
  const controller = new AbortController();
  const { signal } = controller;
  at.other.acquire("a", { signal }).catch(() => {});
  await settledState(at.other.acquire("b"));
  controller.abort();
  const waiting = at.other.acquire("a");
  assertEquals(await settledState(waiting), "pending");
  await lease.release();
  await (await waiting).release();
});

Deno.test("FileLocks: a wait that was given up lets go at once", async () => {
  await using at = await open();
  const lease = await at.one.acquire("a");
  await at.other.acquire("a", { timeout: 10 }).catch(() => {});
  assertEquals(await at.other.tryAcquire("a"), undefined);
  await lease.release();
  await using next = await at.one.acquire("a");
  assertEquals(next.held, true);
});

Deno.test("FileLocks: tryAcquire() right after the release of what was waited for", async () => {
  await using at = await open();
  const lease = await at.one.acquire("a");
  await at.other.acquire("a", { timeout: 10 }).catch(() => {});
  await lease.release();
  await using next = await at.other.tryAcquire("a");
  assertEquals(next?.held, true);
});

Deno.test("FileLocks: a failure names files and key", async () => {
  await using at = await open();
  await using locks = new FileLocks(`${at.directory}/a`);
  await Deno.remove(`${at.directory}/a`, { recursive: true });
  await Deno.writeTextFile(`${at.directory}/a`, "");
  const error = await locks.acquire("k").catch((error) => error);
  assertInstanceOf(error, Error);
  assertEquals(
    error.message.startsWith('Cannot acquire key "k" at files'),
    true,
  );
  assertInstanceOf(error.cause, Error);
});

Deno.test("FileLocks refuses what is not a directory's name", () => {
  assertThrows(() => new FileLocks(1 as never), TypeError, "directory");
});

Deno.test("FileLocks refuses platforms without file locks", () => {
  const { Deno: platform } = globalThis;
  try {
    Reflect.deleteProperty(globalThis, "Deno");
    assertThrows(() => new FileLocks("locks"), Error, "only Deno");
  } finally {
    globalThis.Deno = platform;
  }
});

Deno.test("FileLocks: disposal does not wait for what others hold", async () => {
  await using at = await open();
  const lease = await at.one.acquire("a");
  const locks = new FileLocks(at.directory);
  await locks.acquire("a", { timeout: 10 }).catch(() => {});
  await locks[Symbol.asyncDispose]();
  await lease.release();
  // Whoever comes next stands behind the thread that still waits.
  await (await at.other.acquire("a")).release();
});

Deno.test("FileLocks: a system that refuses to lock", async () => {
  await using at = await open();
  const lease = await at.one.acquire("a");
  const { lock } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.lock = () => Promise.reject(new Error("no locks left"));
  try {
    const error = await at.other.acquire("a").catch((error) => error);
    assertEquals(
      error.message,
      'Cannot acquire key "a" at files: no locks left',
    );
  } finally {
    Deno.FsFile.prototype.lock = lock;
  }
  await lease.release();
});
