import { assert, assertEquals } from "@std/assert";
import { Fifo, type FifoNode } from "../../_core/fifo.ts";
import { makeRandom } from "../support/random.ts";

class Numbered implements FifoNode {
  slot = 0;
  readonly number: number;

  constructor(number: number) {
    this.number = number;
  }
}

/** Takes out all items, first come, first served. */
function drain(line: Fifo<Numbered>): number[] {
  const numbers = [];
  for (let { first } = line; first !== undefined; { first } = line) {
    numbers.push(first.number);
    line.remove(first);
  }
  return numbers;
}

Deno.test("Fifo keeps its order when items leave from anywhere", () => {
  const below = makeRandom();
  let longest = 0;
  for (let round = 0; round < 50; round++) {
    const line = new Fifo<Numbered>();
    const expected: Numbered[] = [];
    // It grows and shrinks twice.
    for (let i = 0; i < 400; i++) {
      const mostlyGrows = i % 200 < 100;
      if (expected.length === 0 || below(4) < (mostlyGrows ? 3 : 1)) {
        const item = new Numbered(i);
        expected.push(item);
        line.push(item);
      } else {
        const index = below(2) * below(expected.length);
        line.remove(expected.splice(index, 1)[0]!);
      }
      assertEquals(line.length, expected.length);
      assertEquals(line.first, expected[0]);
      longest = Math.max(longest, line.length);
    }
    assertEquals(drain(line), expected.map(({ number }) => number));
  }
  assert(longest > 32);
});

for (const length of [1, 15, 16, 17, 33]) {
  Deno.test(`Fifo of ${length} is as good as new when all have left`, () => {
    for (const order of [1, -1]) {
      const line = new Fifo<Numbered>();
      for (let round = 0; round < 3; round++) {
        const items = Array.from({ length }, (_, i) => new Numbered(i));
        for (const item of items) line.push(item);
        for (const item of items.slice().sort(() => order)) line.remove(item);
        assertEquals(line.length, 0);
        assertEquals(line.first, undefined);
      }
      line.push(new Numbered(7));
      assertEquals(drain(line), [7]);
    }
  });
}
