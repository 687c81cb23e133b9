/**
 * Private: notices that a guard was lost.
 *
 * @module
 */

/** What has become of a guard. It leads to nothing, so it keeps nothing alive. */
export interface Fate {
  /** Whether the guard has been garbage-collected. */
  isLost: boolean;
}

let registry: FinalizationRegistry<Fate> | undefined;

/** Keeps an eye on a guard. */
export function fateOf(guard: object): Fate {
  const fate = { isLost: false };
  // A WeakRef would keep each guard alive until the end of the task. Workers of
  // Cloudflare with an old compatibility date have neither: no guard is lost.
  if (globalThis.FinalizationRegistry !== undefined) {
    registry ??= new FinalizationRegistry((fate) => fate.isLost = true);
    registry.register(guard, fate);
  }
  return fate;
}
