/**
 * What a task may do with anything that has a queue and holds.
 *
 * @module
 */

import type { Attempt, Call, CheckedQueue } from "./checked_queue.ts";
import type { StepLimits } from "./limits.ts";
import { attempting } from "./steps.ts";
import type { Step } from "./tasks.ts";

/** The steps of a kind of queue, so that their types need not be named. */
export function queueSteps<
  R,
  S extends CheckedQueue<R, C>,
  C extends Call,
>() {
  type QueueStep = Step<S, Attempt<C>>;
  return {
    /** Acquires and awaits the guard. */
    acquire: (request: R, limits?: StepLimits): QueueStep =>
      attempting(
        `acquire ${request}`,
        limits,
        (subject, limits) => subject.acquire(request, limits),
      ),

    /** Runs a function inside. It returns when it is released. */
    run: (request: R, limits?: StepLimits): QueueStep =>
      attempting(
        `run with ${request}`,
        limits,
        (subject, limits) => subject.run(request, false, limits),
      ),

    /** Runs a function that returns at once. */
    runAtOnce: (request: R): QueueStep =>
      attempting(
        `run at once with ${request}`,
        undefined,
        (subject) => subject.run(request, true),
      ),

    tryAcquire: (request: R): QueueStep =>
      attempting(
        `tryAcquire ${request}`,
        undefined,
        (subject) => subject.tryAcquire(request),
      ),

    /** Releases what the task took first, or another of its guards. */
    release: (index = 0): QueueStep => ({
      label: `release guard ${index}`,
      isVoid({ attempts }) {
        const attempt = attempts[index];
        return attempt?.guard === undefined && attempt?.finish === undefined;
      },
      run(subject, { attempts }) {
        const attempt = attempts[index];
        if (attempt !== undefined) subject.release(attempt);
      },
    }),

    /** Rejects everyone who waits. */
    cancel: (): QueueStep => ({
      label: "cancel",
      run: (subject) => subject.endAll(),
    }),
  };
}
