/**
 * Counts the listeners added to a signal and removed from it, from now on. A
 * removal that finds nothing does not count.
 */
export function countListeners(
  signal: AbortSignal,
): { added: number; removed: number } {
  const counts = { added: 0, removed: 0 };
  const types = new Map<unknown, unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: unknown[]) => {
    const [type, listener] = args;
    counts.added++;
    types.set(listener, type);
    Reflect.apply(addEventListener, signal, args);
  };
  signal.removeEventListener = (...args: unknown[]) => {
    const [type, listener] = args;
    if (types.get(listener) === type) counts.removed++;
    Reflect.apply(removeEventListener, signal, args);
  };
  return counts;
}
