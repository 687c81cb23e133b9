/**
 * A generator of random numbers. The same seed gives the same numbers, so that
 * a test that fails once fails again.
 *
 * @returns A function that gives a whole number from 0 up to `end`, exclusive.
 */
export function makeRandom(seed = 1): (end: number) => number {
  return (end) => {
    seed = (seed * 75 + 74) % 65_537;
    return seed % end;
  };
}
