/**
 * Private: how long ago something was, also for a process that was paused.
 *
 * @module
 */

/** A moment, as both clocks of the machine show it. */
export interface Instant {
  readonly monotonic: number;
  readonly wall: number;
}

/** Reads both clocks. */
export function now(): Instant {
  return { monotonic: performance.now(), wall: Date.now() };
}

/**
 * Milliseconds since `start`, by whichever clock says more: the monotonic one
 * stops while a laptop sleeps, and the wall clock can be set back.
 */
export function elapsed(start: Instant): number {
  return Math.max(
    performance.now() - start.monotonic,
    Date.now() - start.wall,
  );
}
