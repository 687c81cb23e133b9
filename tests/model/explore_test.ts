import { assertEquals, assertRejects } from "@std/assert";
import { type Execution, exploreAll, multisets } from "./explore.ts";

/**
 * Tasks with so many steps each. They never wait.
 *
 * @param atEnd Gets the number of the task that took each step.
 */
function steps(tasks: number[], atEnd: (taken: string) => void): Execution {
  const left = [...tasks];
  let taken = "";
  return {
    actions: () =>
      left.flatMap((steps, task) =>
        steps === 0 ? [] : [{
          label: `task ${task}`,
          run() {
            left[task]!--;
            taken += task;
          },
        }]
      ),
    check() {},
    end: () => Promise.resolve(atEnd(taken)),
  };
}

Deno.test("exploreAll() takes every schedule once", async () => {
  const taken: string[] = [];
  const programs = [[2, 1], [2, 2], [2, 2, 2]];
  const count = await exploreAll(
    programs,
    (tasks) => steps(tasks, (all) => void taken.push(all)),
    String,
  );
  // 3!/2!1!, 4!/2!2! and 6!/2!2!2!
  assertEquals(count, {
    programs: 3,
    schedules: 3 + 6 + 90,
    steps: 3 * 3 + 6 * 4 + 90 * 6,
  });
  assertEquals(taken.length, 3 + 6 + 90);
  assertEquals(taken.slice(0, 3), ["001", "010", "100"]);
  assertEquals(new Set(taken.slice(9)).size, 90);
});

Deno.test("exploreAll() tells the schedule that fails", async () => {
  await assertRejects(
    () =>
      exploreAll([[2, 2]], (tasks) =>
        steps(tasks, (taken) => {
          if (taken === "0110") throw new Error("The check failed");
        }), () => "two tasks"),
    Error,
    "two tasks\nfails after:\n  task 0\n  task 1\n  task 1\n" +
      "  task 0\n  end\nError: The check failed",
  );
});

Deno.test("multisets() gives every choice once", () => {
  assertEquals([...multisets("abc".split(""), 2)].map(String), [
    "a,a",
    "a,b",
    "a,c",
    "b,b",
    "b,c",
    "c,c",
  ]);
});
