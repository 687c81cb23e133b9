import {
  assertEquals,
  assertLess,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { KeyTable } from "../../_core/key_table.ts";
import { isCollected } from "../support/gc.ts";
import { makeRandom } from "../support/random.ts";

/** As many keys as fill the first and the second level, and one in no level. */
const FULL = 1 + 512 + 16;

/** A table and a map with the keys from 0 to `size - 1`. */
function filled(size: number) {
  const table = new KeyTable<unknown, string>();
  const map = new Map<unknown, string>();
  for (let key = 0; key < size; key++) {
    table.add(key, `${key}`);
    map.set(key, `${key}`);
  }
  return { table, map };
}

/** Also compares the order. */
function assertSame<K, V>(table: KeyTable<K, V>, map: Map<K, V>): void {
  assertEquals(table.size, map.size);
  const entries = [...table.entries()];
  assertEquals(entries.length, map.size);
  let i = 0;
  for (const [key, value] of map) {
    assertStrictEquals(entries[i]?.[0], key);
    assertStrictEquals(entries[i]?.[1], value);
    assertStrictEquals(table.get(key), value);
    i++;
  }
}

for (const most of [3, 60, 3_000]) {
  Deno.test(`KeyTable does what a Map does while up to ${most} keys come and go`, () => {
    const table = new KeyTable<number, string>();
    const map = new Map<number, string>();
    let largest = 0;
    const random = makeRandom();
    for (let i = 0; i < 20_000; i++) {
      const key = random(most);
      assertStrictEquals(table.get(key), map.get(key));
      if (map.delete(key)) {
        table.delete(key);
      } else {
        map.set(key, `${i}`);
        table.add(key, `${i}`);
      }
      if (i % most === 0) assertSame(table, map);
      largest = Math.max(largest, map.size);
    }
    assertSame(table, map);
    assertLess(most / 3, largest);
    for (const key of map.keys()) table.delete(key);
    assertSame(table, new Map());
  });
}

for (const size of [1, 2, 16, 17, 18, FULL, FULL + 1, 20_000]) {
  Deno.test(`KeyTable finds and deletes each of ${size} keys`, () => {
    const { table, map } = filled(size);
    assertSame(table, map);
    for (const key of map.keys()) {
      table.delete(key);
      assertStrictEquals(table.get(key), undefined);
    }
    assertSame(table, new Map());
  });
}

for (const others of [0, 1, 17, FULL]) {
  Deno.test(`KeyTable compares keys as a Map does, beside ${others} others`, () => {
    const keys = [NaN, 0, -0, "", "0", null, undefined, Symbol(), {}, 0n];
    for (const key of keys) {
      const { table, map } = filled(0);
      table.add(key, "there");
      map.set(key, "there");
      for (let i = 0; i < others; i++) {
        table.add(`other ${i}`, "other");
        map.set(`other ${i}`, "other");
      }
      assertSame(table, map);
      for (const key of keys) assertEquals(table.get(key), map.get(key));
      for (const key of keys) {
        table.delete(key);
        map.delete(key);
        assertEquals(table.size, map.size);
      }
      assertSame(table, map);
    }
  });

  Deno.test(`KeyTable takes -0 for 0, after ${others} others`, () => {
    const { table, map } = filled(0);
    for (let i = 0; i < others; i++) {
      table.add(`other ${i}`, "other");
      map.set(`other ${i}`, "other");
    }
    table.add(-0, "zero");
    map.set(-0, "zero");
    assertSame(table, map);
  });
}

Deno.test("KeyTable finds the key undefined when the one before it has gone", () => {
  const table = new KeyTable<unknown, string>();
  table.add("a", "first");
  table.add(undefined, "second");
  table.delete("a");
  assertEquals(table.get(undefined), "second");
  table.delete(undefined);
  assertEquals(table.size, 0);
});

for (const size of [0, 1, 2, FULL]) {
  Deno.test(`KeyTable.delete() does nothing for a key that is not among ${size}`, () => {
    const { table, map } = filled(size);
    table.delete("none");
    table.delete(undefined);
    assertSame(table, map);
  });
}

Deno.test("KeyTable keeps what is added anew after its key was in a later level", () => {
  const { table, map } = filled(FULL + 1);
  for (const key of [0, 1, 300, FULL - 1]) {
    for (const each of [table, map]) each.delete(key);
    table.add(key, "again");
    map.set(key, "again");
  }
  assertSame(table, map);
});

/** Calls a function during which the n-th `Map.prototype.set` finds it full. */
function whileFull(n: number, fn: () => void): void {
  const { set } = Map.prototype;
  Map.prototype.set = function (key, value) {
    if (--n === 0) throw new RangeError("Map maximum size exceeded");
    return set.call(this, key, value);
  };
  try {
    fn();
  } finally {
    Map.prototype.set = set;
  }
}

/** Sizes of tables, and which calls of `set()` during the next `add()` throw. */
const everyThrow: [size: number, calls: number[]][] = [
  [2, [1]], // no move
  [17, [1, 8, 16, 17]], // into a level that is new
  [33, [1, 8, 16, 17]], // into one that holds some keys
  [FULL, [1, 256, 512, 513]], // of two levels, the second into a new one
  [FULL + 512, [1, 256, 512, 513]], // into one that holds some keys
];

for (const [size, calls] of everyThrow) {
  for (const n of calls) {
    Deno.test(`KeyTable.add() to ${size} keys changes nothing if call ${n} of set() throws`, () => {
      const { table, map } = filled(size);
      whileFull(n, () => {
        assertThrows(() => table.add("new", "new"), RangeError, "maximum");
      });
      assertSame(table, map);
      assertEquals(table.get("new"), undefined);

      table.add("new", "new");
      map.set("new", "new");
      assertSame(table, map);
      for (const key of map.keys()) {
        table.delete(key);
        assertEquals(table.get(key), undefined); // it was there only once
      }
      assertSame(table, new Map());
    });
  }
}

Deno.test("KeyTable.get() and delete() need no room", () => {
  const { table, map } = filled(FULL + 1);
  whileFull(1, () => {
    for (const key of map.keys()) {
      table.get(key);
      table.delete(key);
    }
  });
  assertSame(table, new Map());
});

Deno.test("KeyTable keeps no key that is gone alive, though others stay", async () => {
  const table = new KeyTable<object, string>();
  const stays = Array.from({ length: FULL }, () => ({}));
  const gone = (() => {
    const keys = Array.from({ length: 2 * FULL }, () => ({}));
    const all = [...keys.slice(0, FULL), ...stays, ...keys.slice(FULL)];
    for (const key of all) table.add(key, "");
    for (const key of keys) table.delete(key);
    return keys.map((key) => new WeakRef(key));
  })();
  assertEquals(await isCollected(gone[0]!), true);
  assertEquals(gone.filter((ref) => ref.deref() !== undefined), []);
  assertEquals(table.size, stays.length);
});
