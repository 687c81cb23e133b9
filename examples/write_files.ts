/**
 * Two writers add a line to each of two files. Without a lock, a line is lost in
 * each file. With a lock for each path, none is.
 *
 * ```sh
 * deno run --allow-read=.a.log,.b.log --allow-write=.a.log,.b.log examples/write_files.ts
 * ```
 *
 * The lock is for what reads a file and then writes it. Writers of different
 * files do not wait for each other. Other processes know nothing of this lock.
 *
 * Source: https://morinokabu.com/2026/01/14/python-asyncio-lock-concurrency-control,
 * "Summary", "writing to files".
 *
 * @module
 */

import { KeyedLock } from "../mod.ts";

const files = new KeyedLock();

async function addLineWithoutLock(path: string, line: string) {
  const text = await Deno.readTextFile(path);
  await pause(100); // the other writers read the same text
  await Deno.writeTextFile(path, `${text}${line}\n`);
}

async function addLine(path: string, line: string) {
  using _ = await files.acquire(path);
  await addLineWithoutLock(path, line);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const paths = [".a.log", ".b.log"];

for (const write of [addLineWithoutLock, addLine]) {
  console.log(`--- ${write.name} ---`);
  for (const path of paths) await Deno.writeTextFile(path, "");
  await Promise.all(
    paths.flatMap((path) => [write(path, "one"), write(path, "two")]),
  );
  for (const path of paths) {
    const text = await Deno.readTextFile(path);
    console.log(`${path}: ${text.trimEnd().split("\n").length} of 2 lines`);
  }
}

for (const path of paths) await Deno.remove(path);
