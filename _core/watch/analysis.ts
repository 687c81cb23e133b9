/**
 * Private: why waits do not end.
 *
 * A wait is *stuck* if it cannot be let in even if every hold that is not stuck
 * ended, and every wait in front that is not stuck had its turn. A hold is stuck
 * if a stuck wait was begun inside it, or if its guard is lost. So a semaphore
 * that a slow holder will free blames nobody, and waits in front count.
 *
 * @module
 */

import { type Claim, Hold, type Subject, type Wait } from "./claims.ts";
import { componentsOf } from "./components.ts";

/** What is known about a wait that does not end. */
export type Kind = "reentrant" | "deadlock" | "abandoned" | "slow";

/** A wait that does not end, and what is in its way. */
export interface Finding {
  readonly kind: Kind;
  /** The wait, then what it waits for, and so on. */
  readonly chain: readonly Claim[];
}

/** So many of the holds in the way are named, if they are only slow. */
const MOST_HOLDS = 5;

/** One subject, while it is looked at. */
interface Progress {
  readonly subject: Subject;
  readonly room: number;
  /** The waits, the longest first. */
  readonly waits: readonly Wait[];
  /** How many of them have had their turn. The rest is stuck, in the end. */
  passed: number;
  /** The room that stuck holds take. */
  taken: number;
}

/** All waits and holds at one moment. */
export class Analysis {
  readonly #progress = new Map<Subject, Progress>();
  // The waits begun inside each hold, and how many of them are stuck.
  readonly #inside = new Map<Hold, Wait[]>();
  readonly #stuckInside = new Map<Hold, number>();
  // The stuck wait just in front of each stuck wait, at each of its subjects.
  readonly #before = new Map<Wait, Wait[]>();
  // The stuck waits that a lost guard is in the way of.
  readonly #lost = new Set<Wait>();
  readonly #ring: Map<object, number>;

  constructor(waits: Iterable<Wait>) {
    const all = [...waits];
    for (const wait of all) this.#note(wait);
    this.#letThrough();
    for (const { waits, passed } of this.#progress.values()) {
      for (let i = passed; i < waits.length; i++) {
        const before = this.#before.get(waits[i]!) ?? [];
        if (i > passed) before.push(waits[i - 1]!);
        this.#before.set(waits[i]!, before);
      }
    }
    this.#markLost();
    this.#ring = componentsOf<object>(
      this.#before.keys(),
      (node) => this.#next(node),
    );
  }

  /** Says why a wait does not end. */
  find(wait: Wait): Finding {
    const ring = this.#ring.get(wait);
    const mine = new Set(wait.inside());
    const isInRing = ring !== undefined &&
      [...mine].some((hold) => this.#ring.get(hold) === ring);
    if (isInRing) {
      const chain = this.#path(wait, (hold) => mine.has(hold), ring);
      const holds = chain.filter((claim) => claim instanceof Hold);
      return { kind: holds.length === 1 ? "reentrant" : "deadlock", chain };
    }
    if (this.#lost.has(wait)) {
      const chain = this.#path(wait, (hold) => hold.isAbandoned);
      return { kind: "abandoned", chain };
    }
    return { kind: "slow", chain: [wait, ...this.#obstacles(wait)] };
  }

  #note(wait: Wait): void {
    for (const subject of wait.subjects) {
      if (this.#progress.has(subject)) continue;
      const { room, waits, holds } = subject;
      const line = { subject, room, waits: [...waits], passed: 0, taken: 0 };
      this.#progress.set(subject, line);
      for (const hold of holds) {
        if (hold.isAbandoned) this.#addStuckInside(hold);
      }
    }
    for (const hold of wait.inside()) {
      const others = this.#inside.get(hold);
      if (others === undefined) this.#inside.set(hold, [wait]);
      else others.push(wait);
      this.#addStuckInside(hold);
    }
  }

  #addStuckInside(hold: Hold): void {
    this.#stuckInside.set(hold, (this.#stuckInside.get(hold) ?? 0) + 1);
  }

  /** Lets waits have their turn until those that are left are stuck. */
  #letThrough(): void {
    const agenda = [...this.#progress.values()];
    for (const line of agenda) {
      for (const hold of line.subject.holds) {
        if (this.#stuckInside.has(hold)) line.taken += hold.takes;
      }
    }
    for (let line = agenda.pop(); line !== undefined; line = agenda.pop()) {
      const wait = line.waits[line.passed];
      if (wait === undefined) continue;
      const all = wait.subjects.map((subject) => this.#progress.get(subject)!);
      const fits = all.every((line) =>
        line.waits[line.passed] === wait && !isFull(line, wait)
      );
      if (!fits) continue;
      for (const line of all) line.passed++;
      agenda.push(...all);
      for (const hold of wait.inside()) {
        const left = this.#stuckInside.get(hold)! - 1;
        this.#stuckInside.set(hold, left);
        if (left > 0) continue;
        this.#stuckInside.delete(hold);
        for (const subject of hold.subjects) {
          const line = this.#progress.get(subject);
          if (line === undefined || !subject.holds.has(hold)) continue;
          line.taken -= hold.takes;
          agenda.push(line);
        }
      }
    }
  }

  /** Whoever stands behind a wait that a lost guard is in the way of is lost too. */
  #markLost(): void {
    const agenda: [line: Progress, from: number][] = [];
    for (const line of this.#progress.values()) {
      if (![...line.subject.holds].some((hold) => hold.isAbandoned)) continue;
      const first = line.waits.findIndex((wait, i) =>
        i >= line.passed && isFull(line, wait)
      );
      if (first >= 0) agenda.push([line, first]);
    }
    for (const [line, from] of agenda) { // it grows while it is worked through
      for (const wait of line.waits.slice(from)) {
        if (this.#lost.has(wait)) break;
        this.#lost.add(wait);
        for (const subject of wait.subjects) {
          const other = this.#progress.get(subject)!;
          if (other === line) continue;
          agenda.push([other, other.waits.indexOf(wait) + 1]);
        }
      }
    }
  }

  /** What a stuck wait, a subject or a stuck hold has to wait for. */
  #next(node: object): Iterable<object> {
    const before = this.#before.get(node as Wait);
    if (before !== undefined) {
      return [...before, ...this.#fullSubjects(node as Wait)];
    }
    const line = this.#progress.get(node as Subject);
    if (line !== undefined) return this.#stuckHolds(line.subject);
    return (this.#inside.get(node as Hold) ?? []).filter((wait) =>
      this.#before.has(wait)
    );
  }

  /** The subjects where stuck holds leave no room for a wait. */
  #fullSubjects(wait: Wait): Subject[] {
    return wait.subjects.filter((subject) =>
      isFull(this.#progress.get(subject)!, wait)
    );
  }

  #stuckHolds(subject: Subject): Hold[] {
    return [...subject.holds].filter((hold) => this.#stuckInside.has(hold));
  }

  /**
   * The shortest way from a stuck wait to a hold, counted in holds. There is one.
   *
   * @param ring The component to stay in, if the way ends where it begins.
   */
  #path(
    wait: Wait,
    isEnd: (hold: Hold) => boolean,
    ring?: number,
  ): Claim[] {
    const from = new Map<object, Claim | undefined>([[wait, undefined]]);
    const isNew = (node: object, before: Claim): boolean => {
      if (from.has(node)) return false;
      if (ring !== undefined && this.#ring.get(node) !== ring) return false;
      from.set(node, before);
      return true;
    };
    let waits = [wait];
    for (;;) {
      const holds: Hold[] = [];
      for (const wait of waits) { // it grows while it is worked through
        for (const before of this.#before.get(wait)!) {
          if (isNew(before, wait)) waits.push(before);
        }
        for (const subject of this.#fullSubjects(wait)) {
          if (!isNew(subject, wait)) continue;
          for (const hold of this.#stuckHolds(subject)) {
            if (isEnd(hold)) return wayTo(hold, wait, from);
            if (isNew(hold, wait)) holds.push(hold);
          }
        }
      }
      waits = [];
      for (const hold of holds) {
        for (const wait of this.#next(hold) as Wait[]) {
          if (isNew(wait, hold)) waits.push(wait);
        }
      }
    }
  }

  /** What keeps a wait for the time being. */
  #obstacles(wait: Wait): Claim[] {
    const claims = new Set<Claim>();
    for (const { holds, waits, room } of wait.subjects) {
      let taken = wait.takes;
      for (const hold of holds) taken += hold.takes;
      const [first] = waits;
      if (taken <= room && first !== wait) claims.add(first!);
      for (const hold of holds) {
        if (claims.size < MOST_HOLDS) claims.add(hold);
      }
    }
    return [...claims];
  }
}

// A request that a resize has made too large waits for no hold.
function isFull({ taken, room }: Progress, wait: Wait): boolean {
  return taken > 0 && taken + wait.takes > room;
}

function wayTo(
  hold: Hold,
  wait: Wait,
  from: ReadonlyMap<object, Claim | undefined>,
): Claim[] {
  const way: Claim[] = [hold];
  for (
    let claim: Claim | undefined = wait;
    claim !== undefined;
    claim = from.get(claim)
  ) way.unshift(claim);
  return way;
}
