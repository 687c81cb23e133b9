/** What is left of `once` beside its promises, each of which has its own file. */

import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { type AcquireOptions, once } from "../../once.ts";
import { drainMicrotasks } from "../support/promises.ts";

Deno.test("state says how far it is", async () => {
  let runs = 0;
  const load = once(
    () => ++runs < 3 ? Promise.reject(runs) : runs,
    { keepError: (error) => error === 2 },
  );
  const states = [load.state];
  const note = () => states.push(load.state);
  for (let i = 0; i < 2; i++) {
    const call = load();
    note();
    await call.catch(note);
  }
  load.reset();
  note();
  const call = load();
  note();
  await call.then(note);
  assertEquals(states, [
    "idle",
    "running",
    "idle",
    "running",
    "failed",
    "idle",
    "running",
    "done",
  ]);
});

Deno.test("state cannot be set", async () => {
  const load = once(() => "value");
  const writable = load as { state: string };
  assertThrows(() => writable.state = "done", TypeError);
  assertEquals(load.state, "idle");
  assertEquals(await load(), "value");
});

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

/** Something to await that is no promise. */
function thenable(
  then: (
    resolve: (value: unknown) => void,
    reject: (reason: unknown) => void,
  ) => void,
): PromiseLike<unknown> {
  return { then } as PromiseLike<unknown>;
}

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

Deno.test("a call with an option that does not exist rejects even where there is a value", async () => {
  const load = once(() => "value");
  await load();
  await assertRejects(
    () => load({ timeOut: 5 } as unknown as AcquireOptions),
    TypeError,
    'there is no option "timeOut", only signal, timeout',
  );
});

Deno.test("console.log() shows the state and how many wait", async () => {
  let runs = 0;
  const load = once(() => ++runs === 1 ? Promise.reject("No") : runs, {
    keepError: () => true,
  });
  assertEquals(Deno.inspect(load), "Once [idle]");
  const calls = [load(), load()];
  assertEquals(Deno.inspect(load), "Once [running, waiting: 2]");
  await Promise.allSettled(calls);
  assertEquals(Deno.inspect(load), "Once [failed]");
  load.reset();
  await load();
  assertEquals(Deno.inspect(load), "Once [done]");
});

Deno.test("a signal that refuses a listener leaves the function as it was", async () => {
  const signal = {
    aborted: false,
    addEventListener() {
      throw new Error("Broken");
    },
    removeEventListener() {},
  } as unknown as AbortSignal;
  const load = once(() => 42);
  await assertRejects(() => load({ signal }), Error, "Broken");
  assertEquals(load.state, "idle");
  assertEquals(await load(), 42);
});
