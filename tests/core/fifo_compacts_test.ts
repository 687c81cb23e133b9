import { assertEquals, assertLess } from "@std/assert";
import { Fifo, type FifoNode } from "../../_core/fifo.ts";

/** Makes a queue of so many items. */
function makeFifo(length: number): { fifo: Fifo<FifoNode>; nodes: FifoNode[] } {
  const fifo = new Fifo<FifoNode>();
  const nodes = Array.from({ length }, () => ({ slot: 0 }));
  for (const node of nodes) fifo.push(node);
  return { fifo, nodes };
}

const leave: Record<string, (nodes: FifoNode[], count: number) => FifoNode[]> =
  {
    "the first": (nodes, count) => nodes.splice(0, count),
    "the first, in reverse,": (nodes, count) =>
      nodes.splice(0, count).reverse(),
    "those in the middle": (nodes, count) => nodes.splice(10, count),
  };

// The slots cannot be seen, but each item knows the number of its own.
for (const [which, take] of Object.entries(leave)) {
  for (const left of [20, 100, 1000, 10_000]) {
    Deno.test(`Fifo has few slots for the ${left} of 50 000 items that stay when ${which} leave`, () => {
      const { fifo, nodes } = makeFifo(50_000);
      for (const node of take(nodes, 50_000 - left)) fifo.remove(node);
      assertEquals(fifo.length, left);
      const highest = Math.max(...nodes.map(({ slot }) => slot));
      // A quarter of the slots is taken at least, save for the last halving.
      assertLess(highest, 8 * left);
      assertEquals(new Set(nodes.map(({ slot }) => slot)).size, left);
      for (const node of nodes) {
        assertEquals(fifo.first === node, true);
        fifo.removeFirst();
      }
      assertEquals(fifo.length, 0);
    });
  }
}
