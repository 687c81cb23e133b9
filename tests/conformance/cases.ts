/**
 * The cases for every lock: those of CPython's tests of `asyncio.Lock`, and those
 * that other libraries fail.
 *
 * @module
 */

import { abort } from "./cases/abort.ts";
import { basics } from "./cases/basics.ts";
import { cancel } from "./cases/cancel.ts";
import { misuse } from "./cases/misuse.ts";
import { order } from "./cases/order.ts";
import { run } from "./cases/run.ts";
import { timeout } from "./cases/timeout.ts";
import type { Case } from "./subject.ts";

export const cases: readonly Case[] = [
  ...basics,
  ...order,
  ...abort,
  ...timeout,
  ...cancel,
  ...misuse,
  ...run,
];
