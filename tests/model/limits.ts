/**
 * Limits of a wait, as the steps, the library and the references take them.
 *
 * @module
 */

import type { AcquireOptions } from "../../mod.ts";
import type { CheckedSignal } from "./checked_signal.ts";
import type { SignalName } from "./tasks.ts";

/** Limits as steps name them. */
export interface StepLimits {
  readonly signal?: SignalName;
  readonly timeout?: number;
}

/** Limits as the checker takes them. Each is undefined if there is none. */
export interface CheckedLimits {
  readonly signal?: CheckedSignal | undefined;
  readonly timeout?: number | undefined;
}

/** Limits as the references take them. */
export interface ReferenceLimits {
  readonly signal: AbortSignal | undefined;
  readonly timeout: number;
}

/** Limits as the library takes them. */
export function optionsOf(limits?: CheckedLimits): AcquireOptions | undefined {
  if (limits === undefined) return undefined;
  return { signal: limits.signal?.signal, timeout: limits.timeout };
}

/** Limits as the references take them. */
export function referenceLimits(limits?: CheckedLimits): ReferenceLimits {
  const { signal, timeout = Infinity } = limits ?? {};
  return { signal: signal?.signal, timeout };
}
