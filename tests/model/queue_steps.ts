/**
 * What a task may do with anything that has a queue.
 *
 * @module
 */

import type { Attempt, CheckedLimits, CheckedQueue } from "./checked_queue.ts";
import type { Call } from "./reference_queue.ts";
import type { SignalName, Step } from "./tasks.ts";

/** Limits as steps name them. */
export interface StepLimits {
  readonly signal?: SignalName;
  readonly timeout?: number;
}

/** What is driven: a semaphore or a read-write lock. */
export type Queue<R> = CheckedQueue<R, Call<R>> & { cancel(): void };

type QueueStep<R, S extends Queue<R>> = Step<S, Attempt<Call<R>>>;

/** The steps of a kind of queue, so that their types need not be named. */
export function queueSteps<R, S extends Queue<R>>() {
  return {
    /** Acquires and awaits the guard. */
    acquire: (request: R, limits?: StepLimits): QueueStep<R, S> =>
      attempting(
        `acquire ${request}`,
        (subject, limits) => subject.acquire(request, limits),
        limits,
      ),

    /** Runs a function inside. It returns when it is released. */
    run: (request: R, limits?: StepLimits): QueueStep<R, S> =>
      attempting(
        `run with ${request}`,
        (subject, limits) => subject.run(request, false, limits),
        limits,
      ),

    /** Runs a function that returns at once. */
    runAtOnce: (request: R): QueueStep<R, S> =>
      attempting(
        `run at once with ${request}`,
        (subject) => subject.run(request, true),
      ),

    tryAcquire: (request: R): QueueStep<R, S> =>
      attempting(
        `tryAcquire ${request}`,
        (subject) => subject.tryAcquire(request),
      ),

    /** Releases what the task took first, or another of its guards. */
    release: (index = 0): QueueStep<R, S> => ({
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

    cancel: (): QueueStep<R, S> => ({
      label: "cancel",
      run: (subject) => subject.cancel(),
    }),

    /** Has a listener of the shared signal take the step. */
    onAbort: (step: QueueStep<R, S>): QueueStep<R, S> => ({
      label: `on abort ${step.label}`,
      signal: "shared",
      run: (subject, task) =>
        task.signals.shared.onAbort(() => step.run(subject, task)),
    }),
  };

  function attempting(
    what: string,
    attempt: (
      subject: S,
      limits?: CheckedLimits,
    ) => Attempt<Call<R>> | undefined,
    limits?: StepLimits,
  ): QueueStep<R, S> {
    const { signal, timeout } = limits ?? {};
    const words = [what];
    if (signal !== undefined) words.push(`with ${signal} signal`);
    if (timeout !== undefined) words.push(`within ${timeout} ms`);
    return {
      label: words.join(" "),
      signal,
      timeout,
      run(subject, { attempts, signals }) {
        const checked = limits &&
          { signal: signal && signals[signal], timeout };
        attempts.push(attempt(subject, checked));
      },
    };
  }
}
