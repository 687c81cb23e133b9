// Its mod.js imports a file that the package lacks.
// @ts-types="./async.d.ts"
export * from "npm:deno-std@1.4.0/async/deadline.js";
