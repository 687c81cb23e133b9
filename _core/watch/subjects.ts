/**
 * Private: all that is held or waited for, without keeping it alive.
 *
 * @module
 */

import { about, type Observed } from "../observer.ts";
import { type Claim, Subject } from "./claims.ts";

/** A `WeakRef`. Workers with an old compatibility date have none. */
interface Ref {
  deref(): Subject | undefined;
}

/** The list is never shorter than that when dead and idle ones are taken out. */
const SHORT = 64;

/** What all claims are about. */
export class Subjects {
  readonly #all = new WeakMap<Observed, Subject>();
  // One reference for each subject that has or had claims, not one for each
  // claim: a new WeakRef keeps its target alive until the end of the task.
  #listed: Ref[] = [];
  #limit = SHORT;

  /** What is known of a resource that has no parts. */
  get(resource: Observed): Subject | undefined {
    return this.#all.get(resource);
  }

  /** The resource, or each of its parts, for a new claim. */
  of(resource: Observed): readonly Subject[] {
    const known = this.#all.get(resource);
    if (known?.isListed) return known.alone;
    const { parts } = resource[about](1);
    return parts === undefined
      ? this.#listedOne(resource).alone
      : parts.map((part) => this.#listedOne(part));
  }

  /** Some claims of all subjects, in the order in which they began. */
  claims<T extends Claim>(some: (subject: Subject) => Iterable<T>): T[] {
    const found = new Set<T>();
    for (const ref of this.#listed) {
      const subject = ref.deref();
      // A claim for several keys is found at each.
      if (subject) { for (const claim of some(subject)) found.add(claim); }
    }
    return [...found].sort((a, b) => a.place - b.place);
  }

  #listedOne(resource: Observed): Subject {
    let subject = this.#all.get(resource);
    if (subject === undefined) {
      subject = new Subject(resource);
      this.#all.set(resource, subject);
    }
    if (!subject.isListed) this.#list(subject);
    return subject;
  }

  #list(subject: Subject): void {
    subject.isListed = true;
    this.#listed.push(
      globalThis.WeakRef ? new WeakRef(subject) : { deref: () => subject },
    );
    // Only when the list has doubled, so each costs O(1).
    if (this.#listed.length > this.#limit) this.#sweep();
  }

  #sweep(): void {
    this.#listed = this.#listed.filter((ref) => {
      const subject = ref.deref();
      if (subject?.isIdle) subject.isListed = false;
      return subject?.isListed;
    });
    this.#limit = SHORT + 2 * this.#listed.length;
  }
}
