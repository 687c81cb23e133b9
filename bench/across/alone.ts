/**
 * How long it takes to take and free a key that nobody else wants, and many at
 * once over one connection.
 *
 * @module
 */

import type { Candidate, Places, Take } from "./candidates.ts";

/** What one candidate takes. */
export interface Cost {
  readonly name: string;
  readonly us: number;
  /** Compared with the bare commands. */
  readonly ratio: number | undefined;
}

const ROUNDS = 21;
/** How long each candidate runs in each round, in ms. */
const SAMPLE = 50;

/** A key by itself. */
export function alone(
  candidates: readonly Candidate[],
  at: Places,
): Promise<Cost[]> {
  return compare(candidates, at, async (take) => {
    await (await take("alone"))();
    return 1;
  });
}

/** 64 keys at once. */
export function many(
  candidates: readonly Candidate[],
  at: Places,
): Promise<Cost[]> {
  return compare(candidates, at, async (take) => {
    await Promise.all(Array.from({ length: 64 }, async (_, key) => {
      await (await take(`many-${key}`))();
    }));
    return 64;
  });
}

/**
 * In each round each candidate has its turn. A ratio is the median of those of
 * the rounds: noise that lasts longer than a round slows both sides.
 */
async function compare(
  candidates: readonly Candidate[],
  at: Places,
  once: (take: Take) => Promise<number>,
): Promise<Cost[]> {
  await using opened = new AsyncDisposableStack();
  const samples = new Map<string, number[]>();
  const measured = new Map<Candidate, Take>();
  for (const candidate of candidates) {
    const { take } = opened.use(await candidate.open(at));
    for (let i = 0; i < 20; i++) await once(take);
    measured.set(candidate, take);
    samples.set(candidate.name, []);
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [{ name }, take] of measured) {
      const start = performance.now();
      let count = 0;
      while (performance.now() - start < SAMPLE) count += await once(take);
      samples.get(name)!.push((performance.now() - start) / count * 1000);
    }
  }
  return candidates.map(({ name, floor }) => {
    const us = samples.get(name)!;
    const least = floor === undefined ? undefined : samples.get(floor);
    const ratio = least && median(us.map((us, round) => us / least[round]!));
    return { name, us: median(us), ratio };
  });
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? NaN;
}
