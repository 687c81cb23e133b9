/**
 * Private: a doubly linked list whose links are its members themselves, so
 * that joining and leaving from anywhere cost the same at any length and
 * allocate nothing.
 *
 * @module
 */

/** What a member carries. `list` is set exactly while it is in one. */
export interface Link {
  list: object | undefined;
  previous: Link | undefined;
  next: Link | undefined;
}

/** Its members in the order in which they came. */
export class List<N extends Link> {
  first: N | undefined = undefined;
  last: N | undefined = undefined;
  length = 0;

  /** Appends a member, which must not be in any list. */
  push(node: N): void {
    node.list = this;
    node.previous = this.last;
    if (this.last === undefined) this.first = node;
    else this.last.next = node;
    this.last = node;
    this.length++;
  }

  /** Takes a member out, which must be in this list. */
  remove(node: N): void {
    const previous = node.previous as N | undefined;
    const next = node.next as N | undefined;
    if (previous === undefined) this.first = next;
    else previous.next = next;
    if (next === undefined) this.last = previous;
    else next.previous = previous;
    node.list = node.previous = node.next = undefined;
    this.length--;
  }
}
