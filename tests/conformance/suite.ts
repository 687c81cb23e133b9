/**
 * The suite: each case with each lock, and those of `once`. It runs wherever the
 * library does.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import { reasonOf } from "../support/promises.ts";
import { cases } from "./cases.ts";
import { onceCases } from "./once_cases.ts";
import type { Case, Subject } from "./subject.ts";
import { subjects } from "./subjects.ts";
import { waitCases } from "./wait_cases.ts";

/** One test: passed if `run` resolves. */
export interface Test {
  readonly name: string;
  run(): Promise<void>;
}

/**
 * All tests. If a lock is known to fail a case, the test is that it does fail. In
 * this way, a case that cannot fail is noticed.
 */
export function suite(): Test[] {
  const ofLocks = subjects.flatMap((subject) =>
    cases
      .filter(({ name, needs }) =>
        !subject.skips?.includes(name) &&
        (needs === undefined || subject.create()[needs] !== undefined)
      )
      .map((asked) =>
        subject.fails?.includes(asked.name)
          ? failing(subject, asked)
          : passing(subject, asked)
      )
  );
  const ofOnce = onceCases.map(({ name, run }) => ({
    name: `once(): ${name}`,
    run,
  }));
  return [...ofLocks, ...ofOnce, ...waitCases];
}

function passing(subject: Subject, { name, run }: Case): Test {
  return {
    name: `${subject.name}: ${name}`,
    run: () => run(subject.create()),
  };
}

function failing(subject: Subject, { name, run }: Case): Test {
  return {
    name: `${subject.name} fails: ${name}`,
    async run() {
      const error = await reasonOf(run(subject.create()));
      if (!(error instanceof AssertionError)) throw error;
    },
  };
}
