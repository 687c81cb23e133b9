/**
 * Moves keys from one node of a Redis Cluster to another, step by step.
 *
 * @module
 */

import { ask, type Cluster, type Server } from "./servers.ts";

/** The slot of a key, on its way from its node to the next one. */
export interface Move {
  /** Moves some of its keys. */
  migrate(...names: string[]): Promise<void>;
  /** Tells all nodes that the slot has moved. */
  finish(): Promise<void>;
}

/** From now on, the old node sends those who ask for a missing key to the new. */
export async function moveSlot(
  { nodes }: Cluster,
  name: string,
): Promise<Move> {
  const answers = await Promise.all(
    nodes.map((node) => ask(node, "get", name)),
  );
  const at = answers.findIndex((answer) => !answer.startsWith("MOVED"));
  const from = nodes[at]!;
  const to = nodes[(at + 1) % nodes.length]!;
  const slot = await ask(from, "cluster", "keyslot", name);
  const set = async (node: Server, state: string, other: Server) => {
    const id = await ask(other, "cluster", "myid");
    await ask(node, "cluster", "setslot", slot, state, id);
  };
  await set(to, "importing", from);
  await set(from, "migrating", to);
  return {
    async migrate(...names) {
      const there = ["127.0.0.1", `${to.port}`, "", "0", "5000"];
      await ask(from, "migrate", ...there, "keys", ...names);
    },
    async finish() {
      await set(to, "node", to);
      for (const node of nodes) await set(node, "node", to);
    },
  };
}
