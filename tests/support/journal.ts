/**
 * Notes in which order promises settle, and how: `a`, or `a: reason`.
 *
 * @returns The notes so far, and the function that has a promise noted.
 */
export function makeJournal(): {
  notes: string[];
  note(name: string, promise: Promise<unknown>): void;
} {
  const notes: string[] = [];
  return {
    notes,
    note(name, promise) {
      promise.then(
        () => notes.push(name),
        (reason) => notes.push(`${name}: ${reason}`),
      );
    },
  };
}
