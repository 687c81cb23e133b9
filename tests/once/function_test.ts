/** What `fn` is given, and what it may return. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
} from "@std/assert";
import { once } from "../../once.ts";
import { drainMicrotasks } from "../support/promises.ts";
import { thenable } from "../support/thenable.ts";

Deno.test("fn gets a signal and nothing else, a new one for each run", async () => {
  const runs: unknown[][] = [];
  const load = once((...args) => {
    runs.push(args);
    return Promise.reject();
  });
  const { signal } = new AbortController();
  await load({ signal }).catch(() => {});
  await load({ signal }).catch(() => {});
  assertEquals(runs.map((args) => args.length), [1, 1]);
  const [[first], [second]] = runs as [[AbortSignal], [AbortSignal]];
  assertInstanceOf(first, AbortSignal);
  assertInstanceOf(second, AbortSignal);
  assert(first !== second && first !== signal);
});

const everyThenable: [string, PromiseLike<unknown>, unknown][] = [
  [
    "resolves with another",
    thenable((resolve) => resolve(thenable((resolve) => resolve("value")))),
    "value",
  ],
  [
    "resolves twice",
    thenable((resolve) => {
      resolve("value");
      resolve("other");
    }),
    "value",
  ],
  [
    "resolves and then throws",
    thenable((resolve) => {
      resolve("value");
      throw "error";
    }),
    "value",
  ],
  [
    "rejects and then resolves",
    thenable((resolve, reject) => {
      reject("error");
      resolve("value");
    }),
    "error",
  ],
  [
    "throws",
    thenable(() => {
      throw "error";
    }),
    "error",
  ],
  [
    "cannot be read",
    {
      get then(): never {
        throw "error";
      },
    },
    "error",
  ],
];

for (const [title, result, outcome] of everyThenable) {
  Deno.test(`a thenable that ${title} gives every caller one ${outcome}`, async () => {
    const load = once(() => result);
    const calls = [load(), load()];
    const expected = outcome === "value"
      ? { status: "fulfilled", value: outcome }
      : { status: "rejected", reason: outcome };
    for (const settled of await Promise.allSettled(calls)) {
      assertEquals<unknown>(settled, expected);
    }
    await drainMicrotasks();
    assertEquals(load.state, outcome === "value" ? "done" : "idle");
  });
}

Deno.test("a function is a value too", async () => {
  const value = () => assert(false, "it is not called");
  assertStrictEquals(await once(() => value)(), value);
});
