/**
 * Measures candidates side by side in one process, in Deno, Node and Bun.
 *
 * Two traps falsify such figures two- or threefold. V8 shares type feedback
 * between generated functions of identical text, so each program gets a text of
 * its own. A forced garbage collection drops the code of classes without a live
 * instance, so none is forced while time is measured.
 *
 * @module
 */

import process from "node:process";
import { HOLDFAST } from "./holdfast.ts";
import type {
  Candidate,
  Control,
  Figures,
  Pace,
  Program,
  Workload,
} from "./types.ts";

/**
 * Measures one workload after the other. A workload that Holdfast can't do is
 * left out, and so is a candidate that fails the workload's check.
 */
export async function* measure(
  workloads: Iterable<Workload>,
  candidates: readonly Candidate[],
  pace: Pace,
): AsyncGenerator<Figures> {
  let before: Figures | undefined;
  for (const workload of workloads) {
    const { id, title, bytesOf, operations, controls } = workload;
    const lacking: Record<string, string> = {};
    const makers = new Map<string, () => Program>();
    const scope = workload.scope?.();
    for (const it of controls) {
      makers.set(it.name, makerOf(it, workload, scope));
    }
    for (const it of candidates) {
      const why = takesTooLong(it, workload, before, pace)
        ? TOO_LONG
        : await reasonAgainst(it, workload, scope);
      if (why === undefined) makers.set(it.name, makerOf(it, workload, scope));
      else lacking[it.name] = why;
    }
    if (!makers.has(HOLDFAST)) continue;
    const isTime = bytesOf === undefined;
    const samples = isTime
      ? await compare(makers, pace)
      : await weigh(makers, bytesOf);
    const scale = isTime ? 1e6 / operations : 1;
    const names = [...samples.keys()];
    const valueOf = (name: string) => median(samples.get(name)!.values());
    before = {
      id,
      title,
      operations,
      unit: isTime ? "ns" : "bytes",
      values: Object.fromEntries(
        names.map((name) => [name, valueOf(name) * scale]),
      ),
      ratios: Object.fromEntries(
        names.filter((name) => name !== HOLDFAST).map((name) => [
          name,
          pairedRatio(samples.get(HOLDFAST)!, samples.get(name)!),
        ]),
      ),
      controls: controls.map(({ name }) => name),
      lacking,
    };
    yield before;
  }
}

const TOO_LONG = "takes too long";

/** Whether it will, if the time grows with the square of the size. */
function takesTooLong(
  { name }: Candidate,
  { id, operations, isHuge }: Workload,
  before: Figures | undefined,
  { limit }: Pace,
): boolean {
  if (name === HOLDFAST) return false;
  if (isHuge) return true;
  if (before === undefined) return false;
  if (series(id) !== series(before.id)) return false;
  if (before.lacking[name] === TOO_LONG) return true;
  const growth = operations / before.operations;
  const last = (before.values[name] ?? 0) * before.operations / 1e6;
  return last * growth ** 2 > limit;
}

/** `keys` of `keys-1000` */
function series(id: string): string {
  return id.replace(/-\d+$/, "");
}

/** Why the candidate can't be measured, if it can't. */
async function reasonAgainst(
  candidate: Candidate,
  workload: Workload,
  scope?: Record<string, unknown>,
): Promise<string | undefined> {
  const ways = candidate[workload.of];
  if (!ways || !workload.code(ways)) return workload.lacking ?? "has none";
  for (const [id, why] of candidate.cannot ?? []) {
    if (id.test(workload.id)) return why;
  }
  const check = workload.check?.(ways);
  if (check === undefined) return;
  try {
    await compile(check, candidate, workload, scope)().sample(1);
  } catch (error) {
    if (candidate.name === HOLDFAST) throw error;
    return `fails with ${error}`;
  }
}

/** Returns a function that makes the program which does the workload. */
export function makerOf(
  candidate: Candidate | Control,
  workload: Workload,
  scope?: Record<string, unknown>,
): () => Program {
  const ways = "ways" in candidate ? candidate.ways : candidate[workload.of];
  const code = ways && workload.code(ways);
  if (!code) throw new Error(`${candidate.name} can't do ${workload.id}`);
  return compile(code, candidate, workload, scope);
}

/** Makes a function of the text of its body. */
function compile(
  body: string,
  { name, uses, ...rest }: Candidate | Control,
  { id }: Workload,
  scope: Record<string, unknown> = {},
): () => Program {
  const names = { ...scope, ...uses };
  // The comment makes the text differ from those of the other candidates.
  const text = `// ${id}, ${name}\n${body}`;
  const make = new Function(...Object.keys(names), text);
  return () => ({
    ...make(...Object.values(names)),
    rest: "rest" in rest ? rest.rest : undefined,
  });
}

/** The figure of one `n` in each round in which it was measured. */
type Samples = ReadonlyMap<number, number>;

/** Measures all of them in each round, in another order each time. */
async function compare(
  makers: ReadonlyMap<string, () => Program>,
  pace: Pace,
): Promise<Map<string, Samples>> {
  const runners = [];
  for (const [name, make] of makers) {
    const program = make();
    runners.push({ name, program, ...await warmUp(program, pace) });
  }
  for (let round = 1; round < pace.rounds; round++) {
    const present = runners.filter(({ every }) => round % every === 0);
    for (const { program, n, samples } of shuffled(present)) {
      samples.set(round, await time(program, n) / n);
    }
  }
  for (const { program } of runners) await program.close();
  return new Map(runners.map(({ name, samples }) => [name, samples]));
}

/** Also finds out how much to do in a sample, and takes the first one. */
async function warmUp(program: Program, pace: Pace) {
  await program.open();
  const start = performance.now();
  let n = 1;
  let elapsed = await time(program, n);
  // The best so far. Another program may have interrupted the last one.
  let best = elapsed;
  while (n * best < pace.sample || performance.now() - start < pace.warmUp) {
    if (n * best < pace.sample) n *= 2;
    elapsed = await time(program, n);
    best = Math.min(best, elapsed / n);
  }
  const every = interval(elapsed, pace);
  return { n, every, samples: new Map([[0, elapsed / n]]) };
}

/**
 * In which rounds to measure: every so many. It is a power of two, so that of
 * any two candidates one is measured whenever the other is.
 */
function interval(elapsed: number, { rounds, least, budget }: Pace): number {
  const longest = least > 1 ? (rounds - 1) / (least - 1) : Infinity;
  const wanted = Math.min(elapsed * rounds / budget, longest);
  let every = 1;
  while (every < wanted && every * 2 <= longest) every *= 2;
  return every;
}

/** In milliseconds. */
async function time(program: Program, n: number): Promise<number> {
  const start = performance.now();
  await program.sample(n);
  const elapsed = performance.now() - start;
  await pause(program.rest);
  return elapsed;
}

function pause(milliseconds = 0): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Weighs what each leaves on the heap after `n`, in bytes for each of them. */
async function weigh(
  makers: ReadonlyMap<string, () => Program>,
  n: number,
): Promise<Map<string, Samples>> {
  const weights = new Map<string, Samples>();
  for (const [name, make] of makers) {
    // The first time, V8 also allocates feedback and code.
    await growth(make(), n);
    weights.set(name, new Map([[0, await growth(make(), n) / n]]));
  }
  return weights;
}

/** How many bytes a sample adds to the heap. */
async function growth(program: Program, n: number): Promise<number> {
  await program.open();
  // What came before may not have been cleared away yet.
  let before, now = await heapUsed();
  do [before, now] = [now, await heapUsed()]; while (now < before - n / 10);
  await program.sample(n);
  const bytes = await heapUsed() - now;
  await program.close();
  return bytes;
}

/** What is left after a garbage collection, which `--expose-gc` allows. */
async function heapUsed(): Promise<number> {
  for (let i = 0; i < 2; i++) {
    await pause();
    Reflect.get(globalThis, "gc")();
  }
  return process.memoryUsage().heapUsed;
}

/** Returns the values in random order. */
export function shuffled<T>(values: Iterable<T>): T[] {
  const all = [...values];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}

/** The median of `a / b`, over the rounds in which both were measured. */
function pairedRatio(a: Samples, b: Samples): number {
  const shared = [...a.keys()].filter((round) => b.has(round));
  return median(shared.map((round) => a.get(round)! / b.get(round)!));
}

function median(values: Iterable<number>): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
