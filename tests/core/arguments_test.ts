/**
 * Bad arguments: every public call refuses them in the same way, throws where
 * it gives no promise and rejects where it does, and changes nothing.
 */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { KeyedLock } from "../../keyed_lock.ts";
import { Lock } from "../../lock.ts";
import { once } from "../../once.ts";

/** One of each primitive, all of them free or all of them held. */
function makeSubjects(state: "free" | "held") {
  const lock = new Lock({ name: "db" });
  const keyed = new KeyedLock({ name: "users" });
  let calls = 0;
  const fn = () => {
    calls++;
  };
  const onced = once(() => new Promise<void>(() => calls++));
  if (state === "held") {
    lock.tryAcquire();
    keyed.tryAcquire("a");
    onced();
  }
  return {
    lock,
    keyed,
    fn,
    onced,
    /** All that a call might change. */
    look: () => Deno.inspect({ lock, keyed, onced, calls }),
  };
}
type Subjects = ReturnType<typeof makeSubjects>;

interface Call {
  /** `never` for an argument passes the type checker as anything. */
  make: (subjects: Subjects, bad: never) => unknown;
  /** Starts the message. */
  cannot: string;
  throws?: true;
}

const takesOptions: Record<string, Call & { known: string[] }> = {
  "new Lock()": {
    make: (_, options) => new Lock(options),
    cannot: "Cannot create lock",
    known: ["name"],
    throws: true,
  },
  "new KeyedLock()": {
    make: (_, options) => new KeyedLock(options),
    cannot: "Cannot create keyed lock",
    known: ["name"],
    throws: true,
  },
  "once()": {
    make: ({ fn }, options) => once(fn, options),
    cannot: "Cannot create a once function",
    known: ["keepError"],
    throws: true,
  },
  "Lock.acquire()": {
    make: ({ lock }, options) => lock.acquire(options),
    cannot: 'Cannot acquire lock "db"',
    known: ["signal", "timeout"],
  },
  "Lock.run()": {
    make: ({ lock, fn }, options) => lock.run(fn, options),
    cannot: 'Cannot acquire lock "db"',
    known: ["signal", "timeout"],
  },
  "KeyedLock.acquire()": {
    make: ({ keyed }, options) => keyed.acquire("a", options),
    cannot: 'Cannot acquire key "a" of keyed lock "users"',
    known: ["signal", "timeout"],
  },
  "KeyedLock.run()": {
    make: ({ keyed, fn }, options) => keyed.run("a", fn, options),
    cannot: 'Cannot acquire key "a" of keyed lock "users"',
    known: ["signal", "timeout"],
  },
  "KeyedLock.acquireAll()": {
    make: ({ keyed }, options) => keyed.acquireAll(["b", "a"], options),
    cannot: 'Cannot acquire keys "b", "a" of keyed lock "users"',
    known: ["signal", "timeout"],
  },
  "KeyedLock.runAll()": {
    make: ({ keyed, fn }, options) => keyed.runAll(["b", "a"], fn, options),
    cannot: 'Cannot acquire keys "b", "a" of keyed lock "users"',
    known: ["signal", "timeout"],
  },
  "a function made by once()": {
    make: ({ onced }, options) => onced(options),
    cannot: "Cannot call a once function",
    known: ["signal", "timeout"],
  },
};

const takesFunction: Record<string, Call> = {
  "Lock.run()": {
    make: ({ lock }, fn) => lock.run(fn),
    cannot: 'Cannot run with lock "db"',
  },
  "KeyedLock.run()": {
    make: ({ keyed }, fn) => keyed.run("a", fn),
    cannot: 'Cannot run with key "a" of keyed lock "users"',
  },
  "KeyedLock.runAll()": {
    make: ({ keyed }, fn) => keyed.runAll(["b", "a"], fn),
    cannot: 'Cannot run with keys of keyed lock "users"',
  },
  "once()": {
    make: (_, fn) => once(fn),
    cannot: "Cannot create a once function",
    throws: true,
  },
};

const takesKeys: Record<string, Call> = {
  "KeyedLock.acquireAll()": {
    make: ({ keyed }, keys) => keyed.acquireAll(keys),
    cannot: 'Cannot acquire keys of keyed lock "users"',
  },
  "KeyedLock.runAll()": {
    make: ({ keyed, fn }, keys) => keyed.runAll(keys, fn),
    cannot: 'Cannot acquire keys of keyed lock "users"',
  },
  "KeyedLock.tryAcquireAll()": {
    make: ({ keyed }, keys) => keyed.tryAcquireAll(keys),
    cannot: 'Cannot acquire keys of keyed lock "users"',
    throws: true,
  },
};

const TEXT = '"a \\"b\\""';

/** A value of each kind, under the words that messages show it with. */
const values: Record<string, unknown> = {
  "undefined": undefined,
  "null": null,
  "true": true,
  "5": 5,
  "6n": 6n,
  "Symbol(s)": Symbol("s"),
  [TEXT]: 'a "b"',
  "an object": {},
  "an array": [],
  "a function": () => {},
  "an AbortSignal": AbortSignal.abort(),
};

function valuesExcept(...good: string[]): [string, unknown][] {
  return Object.entries(values).filter(([shown]) => !good.includes(shown));
}

/** What an option must be, and what it therefore must not be. */
const badOptions: Record<string, [string, [string, unknown][]]> = {
  name: ["a string", valuesExcept("undefined", TEXT)],
  keepError: ["a function", valuesExcept("undefined", "a function")],
  timeout: ["a number of milliseconds", valuesExcept("undefined", "5")],
  signal: ["an AbortSignal", [
    ...valuesExcept("undefined", "null", "an AbortSignal"),
    ["an object", new AbortController()],
    ["an object", new EventTarget()],
    ["an object", { aborted: false, removeEventListener() {} }],
    ["an object", { aborted: false, addEventListener() {} }],
  ]],
};

/** Checks that a call fails as it should and leaves everything as it is. */
async function assertRefuses(
  { make, throws }: Call,
  bad: unknown,
  errorClass: new (message: string) => Error,
  message: string,
): Promise<void> {
  for (const state of ["free", "held"] as const) {
    const subjects = makeSubjects(state);
    const before = subjects.look();
    const call = () => make(subjects, bad as never);
    const error = throws
      ? assertThrows(call, errorClass)
      : await assertRejects(call as () => Promise<unknown>, errorClass);
    assertEquals(error.message, message);
    assertEquals(subjects.look(), before);
  }
}

for (const [title, call] of Object.entries(takesOptions)) {
  const { make, cannot, known } = call;
  const all = known.join(", ");

  Deno.test(`${title} refuses options that are no object`, async () => {
    for (const [shown, value] of valuesExcept("undefined", "an object")) {
      const message =
        `${cannot}: options must be an object { ${all} }, got ${shown}`;
      await assertRefuses(call, value, TypeError, message);
    }
  });

  Deno.test(`${title} refuses an option that it does not know`, async () => {
    for (const options of [{ timeOut: 50 }, { timeOut: undefined }]) {
      const message = `${cannot}: there is no option "timeOut", only ${all}`;
      await assertRefuses(call, options, TypeError, message);
    }
  });

  for (const option of known) {
    const [must, bad] = badOptions[option]!;
    Deno.test(`${title} refuses a ${option} that is not ${must}`, async () => {
      for (const [shown, value] of bad) {
        const message = `${cannot}: ${option} must be ${must}, got ${shown}`;
        await assertRefuses(call, { [option]: value }, TypeError, message);
      }
    });
  }

  if (known.includes("timeout")) {
    Deno.test(`${title} refuses a timeout that is negative or NaN`, async () => {
      for (const timeout of [-1, -Number.MIN_VALUE, -Infinity, NaN]) {
        const message =
          `${cannot}: timeout must be 0 or more milliseconds, got ${timeout}`;
        await assertRefuses(call, { timeout }, RangeError, message);
      }
    });
  }

  Deno.test(`${title} passes on what reading an option throws`, async () => {
    for (const option of known) {
      const options = {
        get [option]() {
          throw new Error("Not to be read");
        },
      };
      await assertRefuses(call, options, Error, "Not to be read");
    }
  });

  Deno.test(`${title} reads each option once`, () => {
    for (const state of ["free", "held"] as const) {
      const reads: string[] = [];
      const options = {};
      for (const option of known) {
        Object.defineProperty(options, option, {
          enumerable: true,
          get: () => void reads.push(option),
        });
      }
      make(makeSubjects(state), options as never);
      assertEquals(reads, known);
    }
  });

  Deno.test(`${title} takes an undefined option as left out`, () => {
    for (const state of ["free", "held"] as const) {
      const [without, empty, undefineds] = [
        undefined,
        {},
        Object.fromEntries(known.map((option) => [option, undefined])),
      ].map((options) => {
        const subjects = makeSubjects(state);
        make(subjects, options as never);
        return subjects.look();
      });
      assertEquals(empty, without);
      assertEquals(undefineds, without);
    }
  });
}

for (const [title, call] of Object.entries(takesFunction)) {
  Deno.test(`${title} refuses what is not a function`, async () => {
    for (const [shown, value] of valuesExcept("a function")) {
      const message = `${call.cannot}: fn must be a function, got ${shown}`;
      await assertRefuses(call, value, TypeError, message);
    }
  });
}

for (const [title, call] of Object.entries(takesKeys)) {
  Deno.test(`${title} refuses keys that are not iterable, and a string`, async () => {
    for (const [shown, value] of valuesExcept("an array")) {
      const message =
        `${call.cannot}: keys must be an iterable of keys such as an array, got ${shown}`;
      await assertRefuses(call, value, TypeError, message);
    }
  });

  Deno.test(`${title} passes on what the iteration throws`, async () => {
    const keys = {
      *[Symbol.iterator]() {
        yield "b";
        throw new Error("No more keys");
      },
    };
    await assertRefuses(call, keys, Error, "No more keys");
  });
}
