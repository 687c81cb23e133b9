import { assertEquals } from "@std/assert";
import { slotOf } from "../../across/_redis_slot.ts";

Deno.test("slotOf() agrees with CLUSTER KEYSLOT", () => {
  const slots = {
    "": 0,
    "123456789": 0x31c3,
    "foo": 12182,
    "é🔒": 3673,
    "{user1000}.following": 3443,
    "user1000": 3443,
    "foo{}{bar}": 8363,
    "foo{{bar}}zap": 4015,
    "foo{bar}{zap}": 5061,
    "a}b{:c}": 13979,
    "{": 4092,
    "{}": 15257,
    "{a": 10276,
  };
  for (const [key, slot] of Object.entries(slots)) {
    assertEquals(slotOf(key), slot, key);
  }
});
