/**
 * What a task may do with a lock.
 *
 * @module
 */

import type { Attempt, CheckedLimits, CheckedLock } from "./checked_lock.ts";
import type { Script, SignalName, Step } from "./tasks.ts";

export type LockScript = Script<CheckedLock, Attempt>;
type LockStep = Step<CheckedLock, Attempt>;

interface StepLimits {
  readonly signal?: SignalName;
  readonly timeout?: number;
}

/** Takes keys and awaits the guard. `"ab"` stands for two keys. */
export function acquire(keys: string, limits?: StepLimits): LockStep {
  return attempting(
    "acquire",
    keys,
    (lock, ...of) => lock.acquire(...of),
    limits,
  );
}

/** Runs a function with the keys. It returns when they are released. */
export function run(keys: string, limits?: StepLimits): LockStep {
  return attempting(
    "run",
    keys,
    (lock, keys, limits) => lock.run(keys, false, limits),
    limits,
  );
}

/** Runs a function that returns at once. */
export function runAtOnce(keys: string): LockStep {
  return attempting(
    "run at once",
    keys,
    (lock, keys) => lock.run(keys, true),
  );
}

export function tryAcquire(keys: string): LockStep {
  return attempting("tryAcquire", keys, (lock, keys) => lock.tryAcquire(keys));
}

/** Releases what the task took first, or another of its guards. */
export function release(index = 0): LockStep {
  return {
    label: `release guard ${index}`,
    isVoid({ attempts }) {
      const attempt = attempts[index];
      return attempt?.guard === undefined && attempt?.finish === undefined;
    },
    run: (lock, { attempts }) => lock.release(attempts[index]!),
  };
}

/** The lock's own `release()`. */
export function free(key: string): LockStep {
  return { label: `release ${key}`, run: (lock) => lock.free(key) };
}

export function cancel(key: string): LockStep {
  return { label: `cancel ${key}`, run: (lock) => lock.cancel(key) };
}

/** The step, taken by a listener of the shared signal. */
export function onAbort(step: LockStep): LockStep {
  return {
    label: `on abort ${step.label}`,
    signal: "shared",
    run: (lock, task) =>
      task.signals.shared.onAbort(() => step.run(lock, task)),
  };
}

function attempting(
  what: string,
  keys: string,
  attempt: (
    lock: CheckedLock,
    keys: string[],
    limits?: CheckedLimits,
  ) => Attempt | undefined,
  limits?: StepLimits,
): LockStep {
  const { signal, timeout } = limits ?? {};
  const words = [what, keys];
  if (signal !== undefined) words.push(`with ${signal} signal`);
  if (timeout !== undefined) words.push(`within ${timeout} ms`);
  return {
    label: words.join(" "),
    signal,
    timeout,
    run(lock, { attempts, signals }) {
      const checked = limits && { signal: signal && signals[signal], timeout };
      attempts.push(attempt(lock, [...keys], checked));
    },
  };
}
