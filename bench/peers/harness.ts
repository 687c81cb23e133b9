/**
 * Measures candidates beside each other in one process, in Deno, Node and Bun.
 *
 * Two traps falsify such figures two- or threefold, and both are avoided here.
 * V8 shares type feedback between generated functions of the same text, so each
 * gets a text of its own; and a forced garbage collection drops the code of
 * classes without a live instance, so none is forced while time is measured.
 *
 * @module
 */

import process from "node:process";

/** What all others are compared with. */
export const HOLDFAST = "Holdfast";

/**
 * How to take something and set it free, as pieces of JavaScript in which
 * `lock` is what `make` made. What is left out can't be done.
 */
export interface Ways {
  readonly make: string;
  /** A promise that fulfils when it is taken. */
  readonly acquire?: string;
  /** Sets it free through `guard`, what `acquire` gave. */
  readonly guard?: string;
  /** Sets it free without. */
  readonly release?: string;
  /** Whether `guard` is disposable. */
  readonly disposable?: boolean;
  /** Takes it if that needs no waiting, and is truthy then. */
  readonly tryAcquire?: string;
  /** A promise of what `fn` returns, which runs while it is taken. */
  readonly run?: string;
  /** Waits until it is taken or `signal` is aborted. */
  readonly signal?: string;
  /** Waits until it is taken or a millisecond is over. */
  readonly timeout?: string;
  /** Runs `body` while it is taken, where the pieces above won't do. */
  section?(body: string): string;
}

/** One of those that are compared. */
export interface Candidate {
  readonly name: string;
  /** What its pieces of code name. */
  readonly uses: Readonly<Record<string, unknown>>;
  readonly lock?: Ways;
  /** A lock for each `key`. */
  readonly keyed?: Ways;
  /** What has `fn` run once. */
  readonly once?: Ways;
  /** For how many milliseconds it goes on working behind the scenes. */
  readonly rest?: number;
  /** Ids of workloads that it must be kept away from, and why. */
  readonly cannot?: readonly (readonly [RegExp, string])[];
}

/** Something to measure. */
export interface Workload {
  /** Stable: figures are filed under it. May end in a size: `keys-1000`. */
  readonly id: string;
  readonly title: string;
  /** What of the candidates it is about. */
  readonly of: "lock" | "keyed" | "once";
  /** Measures the heap after so many `n`, not the time. */
  readonly bytesOf?: number;
  /** How many operations are in one `n`. */
  readonly operations: number;
  /** Those that do the bare minimum by hand; the first is the floor. */
  readonly controls: readonly Candidate[];
  /** What the code names besides what the candidate uses. */
  scope?(): Record<string, unknown>;
  /** A body that returns a {@linkcode Program}, if there are ways to do it. */
  code(ways: Ways): string | undefined;
  /** The like; its `sample` rejects where the ways go wrong. */
  check?(ways: Ways): string | undefined;
  /** Why some can't do it. */
  readonly lacking?: string;
}

/** What the code of a workload makes. */
export interface Program {
  /** Takes what it is to hold. */
  open(): Promise<void>;
  /** Does `n` times what is measured. */
  sample(n: number): Promise<void>;
  /** Gives back what it holds. */
  close(): Promise<void>;
  /** How long to leave it alone after a sample, in milliseconds. */
  rest?: number | undefined;
}

/** How much time measuring may take, in milliseconds. */
export interface Pace {
  /** How often each is measured, */
  readonly rounds: number;
  /** and for how long at least. */
  readonly sample: number;
  /** How long each runs beforehand. */
  readonly warmUp: number;
  /** Who takes longer in all rounds together is measured in fewer. */
  readonly budget: number;
  /** Who may be expected to take longer in one sample is left out. */
  readonly limit: number;
}

/** What came out. */
export interface Figures {
  readonly id: string;
  readonly title: string;
  readonly operations: number;
  readonly unit: "ns" | "bytes";
  /** Of one operation, by name. */
  readonly values: Readonly<Record<string, number>>;
  /** The names that are controls; the first is the floor. */
  readonly controls: readonly string[];
  /** Why there is no value, by name. */
  readonly lacking: Readonly<Record<string, string>>;
}

/** Measures workloads one after the other, for those that pass their checks. */
export async function* measure(
  workloads: Iterable<Workload>,
  candidates: readonly Candidate[],
  pace: Pace,
): AsyncGenerator<Figures> {
  let before: Figures | undefined;
  for (const workload of workloads) {
    const { id, title, bytesOf, operations } = workload;
    const lacking: Record<string, string> = {};
    const makers = new Map<string, () => Program>();
    const scope = workload.scope?.();
    for (const it of [...workload.controls, ...candidates]) {
      const made = takesTooLong(it, workload, before, pace)
        ? TOO_LONG
        : await makerOf(it, workload, scope);
      if (typeof made === "string") lacking[it.name] = made;
      else makers.set(it.name, made);
    }
    const isTime = bytesOf === undefined;
    const medians = isTime
      ? await compare(makers, pace)
      : await weigh(makers, bytesOf);
    const scale = isTime ? 1e6 / operations : 1;
    before = {
      id,
      title,
      operations,
      unit: isTime ? "ns" : "bytes",
      values: Object.fromEntries(
        Array.from(medians, ([name, value]) => [name, value * scale]),
      ),
      controls: workload.controls.map(({ name }) => name),
      lacking,
    };
    yield before;
  }
}

const TOO_LONG = "takes too long";

/** Whether it will, if the time grows with the square of the size. */
function takesTooLong(
  candidate: Candidate,
  { id, operations, controls }: Workload,
  before: Figures | undefined,
  { limit }: Pace,
): boolean {
  const { name } = candidate;
  if (name === HOLDFAST || controls.includes(candidate)) return false;
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

/** What makes its program, or why there is none. */
async function makerOf(
  candidate: Candidate,
  workload: Workload,
  scope?: Record<string, unknown>,
): Promise<string | (() => Program)> {
  const { name, uses, rest, cannot, [workload.of]: ways } = candidate;
  const code = ways && workload.code(ways);
  if (ways === undefined || code === undefined) return workload.lacking ?? "";
  for (const [id, why] of cannot ?? []) if (id.test(workload.id)) return why;
  const maker = (code: string) => {
    // The comment makes the text differ from those of the others.
    const text = `// ${workload.id}, ${name}\n${code}`;
    const make = compile(text, { ...scope, ...uses });
    return () => ({ ...make(), rest });
  };
  if (!workload.controls.includes(candidate)) {
    const check = workload.check?.(ways);
    try {
      if (check !== undefined) await maker(check)().sample(1);
    } catch (error) {
      if (name === HOLDFAST) throw error;
      return `fails with ${error}`;
    }
  }
  return maker(code);
}

/** Makes a function of the text of its body and of what that may name. */
function compile(
  body: string,
  scope: Readonly<Record<string, unknown>>,
): () => Program {
  const make = new Function(...Object.keys(scope), body);
  return () => make(...Object.values(scope));
}

/**
 * Measures all in turns, in each round in another order.
 *
 * @returns The median of the milliseconds for each `n`.
 */
async function compare(
  makers: ReadonlyMap<string, () => Program>,
  pace: Pace,
): Promise<Map<string, number>> {
  const runners = [];
  for (const [name, make] of makers) {
    const program = make();
    runners.push({ name, program, ...await warmUp(program, pace) });
  }
  for (let round = 1; round < pace.rounds; round++) {
    const present = runners.filter(({ every }) => round % every === 0);
    for (const { program, n, times } of shuffled(present)) {
      times.push(await time(program, n) / n);
    }
  }
  for (const { program } of runners) await program.close();
  return new Map(runners.map(({ name, times }) => [name, median(times)]));
}

/** Finds how much to do in one measurement as well, and makes the first. */
async function warmUp(program: Program, pace: Pace) {
  await program.open();
  let n = 1;
  let elapsed = await time(program, n);
  const start = performance.now();
  while (elapsed < 4 * pace.budget) {
    elapsed = await time(program, n);
    if (elapsed < pace.sample) n *= 2;
    else if (performance.now() - start > pace.warmUp) break;
  }
  const every = Math.ceil(elapsed * pace.rounds / pace.budget);
  return { n, every, times: [elapsed / n] };
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

/** Weighs what each has on the heap after `n`, in bytes for each. */
async function weigh(
  makers: ReadonlyMap<string, () => Program>,
  n: number,
): Promise<Map<string, number>> {
  const weights = new Map<string, number>();
  for (const [name, make] of makers) {
    // The first time, V8 allocates feedback and code besides.
    await growth(make(), n);
    weights.set(name, await growth(make(), n) / n);
  }
  return weights;
}

/** By how much a sample makes the heap grow. */
async function growth(program: Program, n: number): Promise<number> {
  await program.open();
  // What came before may still be being cleared away.
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

/** A figure as people read it, with three digits: `1.25 µs`, `304 bytes`. */
export function inWords(value: number, unit: Figures["unit"]): string {
  const units = unit === "ns" ? ["ns", "µs", "ms", "s"] : ["bytes", "kB", "MB"];
  let power = 0;
  while (Math.abs(value) >= 999.5 && power < units.length - 1) {
    value /= 1_000;
    power++;
  }
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(Math.max(0, digits))} ${units[power]}`;
}

/** In random order. */
export function shuffled<T>(values: Iterable<T>): T[] {
  const all = [...values];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}
