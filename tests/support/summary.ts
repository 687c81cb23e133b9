/**
 * What the tests explore by themselves, and what they leave out. `deno task test`
 * names a file as their argument, and prints the sums at its end. Otherwise each
 * line is printed at once.
 *
 * @module
 */

/** One line of the file. */
export interface Entry {
  readonly what: string;
  /** How many of each: programs, steps. Lines about the same add up. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Says how much a test has explored. */
export function explored(what: string, counts: Entry["counts"]): void {
  tell({ what, counts });
}

/** Says why tests are left out. */
export function leftOut(what: string): void {
  tell({ what: `Left out: ${what}`, counts: {} });
}

/** An entry as a line of text. */
export function lineOf({ what, counts }: Entry): string {
  const numbers = Object.entries(counts).map(([name, count]) =>
    `${count.toLocaleString("en").replaceAll(",", " ")} ${name}`
  );
  return numbers.length === 0 ? what : `${what}: ${numbers.join(", ")}`;
}

function tell(entry: Entry): void {
  const [file] = Deno.args;
  if (file === undefined) console.log(lineOf(entry));
  else {
    Deno.writeTextFileSync(file, `${JSON.stringify(entry)}\n`, {
      append: true,
    });
  }
}
