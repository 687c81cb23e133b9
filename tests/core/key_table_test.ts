import { assertEquals, assertStrictEquals } from "@std/assert";
import { KeyTable } from "../../_core/key_table.ts";
import { makeRandom } from "../support/random.ts";

Deno.test("KeyTable does what a Map does while keys come and go", () => {
  const table = new KeyTable<number, string>();
  const map = new Map<number, string>();
  let largest = 0;
  const random = makeRandom();
  for (let i = 0; i < 5_000; i++) {
    const key = random(60);
    assertEquals(table.get(key), map.get(key));
    if (map.delete(key)) {
      table.delete(key);
    } else {
      map.set(key, `${i}`);
      table.add(key, `${i}`);
    }
    assertEquals(table.size, map.size);
    assertEquals([...table.entries()], [...map]);
    largest = Math.max(largest, map.size);
  }
  assertEquals(largest > 32, true); // more than the young map holds twice over
});

for (const size of [1, 15, 16, 17, 32, 33]) {
  Deno.test(`KeyTable finds and deletes each of ${size} keys`, () => {
    const table = new KeyTable<number, number>();
    for (let key = 0; key < size; key++) table.add(key, -key);

    for (let key = 0; key < size; key++) {
      assertEquals(table.get(key), -key);
      table.delete(key);
      assertEquals(table.get(key), undefined);
      assertEquals(table.size, size - key - 1);
    }
    assertEquals([...table.entries()], []);
  });
}

for (const others of [[], ["other"]]) {
  Deno.test(`KeyTable compares keys as a Map does, beside ${others.length} others`, () => {
    const keys = [NaN, 0, -0, "", "0", null, undefined, Symbol(), {}, 0n];
    for (const key of keys) {
      const table = new KeyTable<unknown, string>();
      const map = new Map<unknown, string>();
      for (const each of [...others, key]) {
        table.add(each, "there");
        map.set(each, "there");
      }
      const added = Array.from(table.entries(), ([key]) => key);
      [...map.keys()].forEach((key, i) => assertStrictEquals(added[i], key));
      for (const key of keys) assertEquals(table.get(key), map.get(key));
      for (const key of keys) {
        table.delete(key);
        map.delete(key);
        assertEquals(table.size, map.size);
      }
    }
  });
}

Deno.test("KeyTable finds the key undefined when the key before it is gone", () => {
  const table = new KeyTable<unknown, string>();
  table.add("a", "first");
  table.add(undefined, "second");
  table.delete("a");
  assertEquals(table.get(undefined), "second");
  table.delete(undefined);
  assertEquals(table.size, 0);
});

Deno.test("KeyTable.delete() does nothing for a key that is not there", () => {
  const table = new KeyTable<string, number>();
  table.add("a", 1);
  table.delete("b");
  assertEquals([...table.entries()], [["a", 1]]);
});

Deno.test("KeyTable finds a key that was deleted from the old map and added again", () => {
  const table = new KeyTable<number, string>();
  for (let key = 0; key < 17; key++) table.add(key, "first");
  table.delete(0);
  table.add(0, "second");
  assertEquals(table.get(0), "second");
  assertEquals(table.size, 17);
});
