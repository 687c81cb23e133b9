/**
 * Tests of bad arguments. Every public call refuses them in the same way and
 * changes nothing: it rejects if it returns a promise, else it throws. A primitive
 * says what its calls take, and the tests follow from that.
 *
 * @module
 */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";

/** All subjects are free, or all are held. */
export type State = "free" | "held";

/**
 * Makes what the calls are made on. A call must leave it as it is.
 *
 * @param fn A function that a call may be given, and must not call.
 */
type MakeSubjects<S> = (state: State, fn: () => void) => S;

export interface Call<S> {
  /** `bad` is of type `never`, which fits any parameter. */
  make: (subjects: S & { fn: () => void }, bad: never) => unknown;
  /** Starts the message. */
  failure: string;
  throws?: true;
}

export interface CallWithOptions<S> extends Call<S> {
  /** The names of its options. */
  known: string[];
}

/** The class of an error, and its message in full. */
type ExpectedError = [
  errorClass: new (message: string) => Error,
  message: string,
];

/** A value, and how messages show it. */
export type Shown = [shown: string, value: unknown];

const TEXT = '"a \\"b\\""';

/** A value of each kind. */
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

/** A value of each kind, without those that are good. */
export function valuesExcept(...good: string[]): Shown[] {
  return Object.entries(values).filter(([shown]) => !good.includes(shown));
}

/** What an option must be, and values that it must not be. */
const badOptions: Record<string, [must: string, bad: Shown[]]> = {
  name: ["a string", valuesExcept("undefined", TEXT)],
  open: ["a boolean", valuesExcept("undefined", "true")],
  keepError: ["a function", valuesExcept("undefined", "a function")],
  permits: ["a number", valuesExcept("undefined", "5")],
  timeout: ["a number of milliseconds", valuesExcept("undefined", "5")],
  signal: ["an AbortSignal", [
    ...valuesExcept("undefined", "null", "an AbortSignal"),
    ["an object", new AbortController()],
    ["an object", new EventTarget()],
    ["an object", { aborted: false, removeEventListener() {} }],
    ["an object", { aborted: false, addEventListener() {} }],
  ]],
};

/** Makes the tests of calls that take options. */
export function testOptions<S extends object>(
  makeSubjects: MakeSubjects<S>,
  calls: Record<string, CallWithOptions<S>>,
): void {
  for (const [title, call] of Object.entries(calls)) {
    const { make, failure, known } = call;
    const all = known.join(", ");
    const refuses = (bad: unknown, ...error: ExpectedError) =>
      assertRefuses(makeSubjects, call, bad, ...error);

    Deno.test(`${title} refuses options that are not an object`, async () => {
      for (const [shown, value] of valuesExcept("undefined", "an object")) {
        const message =
          `${failure}: options must be an object { ${all} }, got ${shown}`;
        await refuses(value, TypeError, message);
      }
    });

    Deno.test(`${title} refuses an option that it does not know`, async () => {
      for (const options of [{ timeOut: 50 }, { timeOut: undefined }]) {
        const message = `${failure}: there is no option "timeOut", only ${all}`;
        await refuses(options, TypeError, message);
      }
    });

    for (const option of known) {
      const [must, bad] = badOptions[option]!;
      Deno.test(`${title} refuses a ${option} that is not ${must}`, async () => {
        for (const [shown, value] of bad) {
          const message = `${failure}: ${option} must be ${must}, got ${shown}`;
          await refuses({ [option]: value }, TypeError, message);
        }
      });
    }

    if (known.includes("timeout")) {
      Deno.test(`${title} refuses a timeout that is negative or NaN`, async () => {
        for (const timeout of [-1, -Number.MIN_VALUE, -Infinity, NaN]) {
          const message =
            `${failure}: timeout must be 0 or more milliseconds, got ${timeout}`;
          await refuses({ timeout }, RangeError, message);
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
        await refuses(options, Error, "Not to be read");
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
        make(subjectsOf(makeSubjects, state).subjects, options as never);
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
          const { subjects, look } = subjectsOf(makeSubjects, state);
          make(subjects, options as never);
          return look();
        });
        assertEquals(empty, without);
        assertEquals(undefineds, without);
      }
    });
  }
}

/** Makes the tests of calls with an argument that must be one thing. */
export function testArgument<S extends object>(
  makeSubjects: MakeSubjects<S>,
  calls: Record<string, Call<S>>,
  must: string,
  bad: readonly Shown[],
): void {
  for (const [title, call] of Object.entries(calls)) {
    Deno.test(`${title}: ${must}`, async () => {
      for (const [shown, value] of bad) {
        const message = `${call.failure}: ${must}, got ${shown}`;
        await assertRefuses(makeSubjects, call, value, TypeError, message);
      }
    });
  }
}

/** Checks that a call fails as it should and leaves everything as it is. */
export async function assertRefuses<S extends object>(
  makeSubjects: MakeSubjects<S>,
  { make, throws }: Call<S>,
  bad: unknown,
  ...[errorClass, message]: ExpectedError
): Promise<void> {
  for (const state of ["free", "held"] as const) {
    const { subjects, look } = subjectsOf(makeSubjects, state);
    const before = look();
    const call = () => make(subjects, bad as never);
    const error = throws
      ? assertThrows(call, errorClass)
      : await assertRejects(call as () => Promise<unknown>, errorClass);
    assertEquals(error.message, message);
    assertEquals(look(), before);
  }
}

/** The subjects, and what shows all that a call might change. */
function subjectsOf<S extends object>(
  makeSubjects: MakeSubjects<S>,
  state: State,
) {
  let calls = 0;
  const fn = () => void calls++;
  const made = makeSubjects(state, fn);
  return {
    subjects: { ...made, fn },
    look: () => Deno.inspect({ ...made, calls }),
  };
}
