/**
 * All that are compared, Holdfast first.
 *
 * @module
 */

import { holdfast } from "./holdfast.ts";
import { libraries } from "./libraries.ts";
import type { Candidate } from "./types.ts";

export const candidates: readonly Candidate[] = [holdfast, ...libraries];
