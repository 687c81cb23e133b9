/**
 * Private: the strongly connected components of a graph, by Tarjan's algorithm,
 * without recursion: a line of 10 000 waits would run out of stack.
 *
 * @module
 */

/** Gives all nodes that can reach each other the same number. */
export function componentsOf<T>(
  roots: Iterable<T>,
  next: (node: T) => Iterable<T>,
): Map<T, number> {
  const component = new Map<T, number>();
  const index = new Map<T, number>();
  // The least index that can be reached from a node.
  const low = new Map<T, number>();
  const open: T[] = [];
  const path: { node: T; next: Iterator<T> }[] = [];

  function enter(node: T): void {
    index.set(node, index.size);
    low.set(node, index.get(node)!);
    open.push(node);
    path.push({ node, next: next(node)[Symbol.iterator]() });
  }

  function lower(node: T, value: number): void {
    if (value < low.get(node)!) low.set(node, value);
  }

  function leave(node: T): void {
    path.pop();
    const parent = path.at(-1);
    if (parent !== undefined) lower(parent.node, low.get(node)!);
    if (low.get(node) !== index.get(node)) return;
    let member;
    do {
      member = open.pop()!;
      component.set(member, index.get(node)!);
    } while (member !== node);
  }

  for (const root of roots) {
    if (!index.has(root)) enter(root);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { done, value } = top.next.next();
      if (done) leave(top.node);
      else if (!index.has(value)) enter(value);
      else if (!component.has(value)) lower(top.node, index.get(value)!);
    }
  }
  return component;
}
