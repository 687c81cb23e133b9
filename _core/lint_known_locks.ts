/**
 * Private: says which expressions of a file are locks of this package. It goes
 * by what the file says of its variables, parameters and properties. If the file
 * does not say what something is, it goes by the import and by the name: in a
 * file that imports this package, what is called a lock is one.
 *
 * @module
 */

import { declarationOf, nameOf, type Node } from "./lint_syntax.ts";

/** `@holdfast/sync` from any registry, and its entry points. */
const PACKAGE = /(^|[:/])@(holdfast\/|jsr\/holdfast__)sync(@[^/]*)?(\/|$)/;

/** `lock`, `this.dbLock`, `locks.get(key)`, but not `clock` or `block`. */
const CALLED_A_LOCK =
  /(?<![A-Za-z])(lock|mutex|semaphore)|Lock|Mutex|Semaphore/;

/** Values that say by themselves that they are no lock. */
const PLAIN_VALUE = /^(New|Object|Class|(Arrow)?Function)Expression$|Literal$/;

/** The properties of a lock that are locks too. */
const PARTS = ["lock", "read", "write"];

/** Says whether a file imports something of this package. */
export function importsLocks(program: Node): boolean {
  return (program.body as readonly Node[]).some(isPackage);
}

/** Whether an import is from a module of the program itself. */
function isLocal(node: Node): boolean {
  return /^\.{0,2}\//.test(`${node.source?.value}`);
}

function isPackage(node: Node | undefined): boolean {
  return PACKAGE.test(`${node?.source?.value}`);
}

/** The locks of one file. */
export class KnownLocks {
  /** What the file says of its properties: name, type and value. */
  readonly #properties: [string, Node | undefined, Node | undefined][] = [];
  readonly #assignments: Node[] = [];
  /** What is being asked now. A question that leads to itself has no answer. */
  readonly #asked = new Set<Node | string>();

  /** Takes note of the properties. One may come after its use. */
  readonly visitor: Record<string, (node: Node) => void> = {
    PropertyDefinition: (node) => this.#note(node.key, node, node.value),
    TSPropertySignature: (node) => this.#note(node.key, node),
    Property: (node) => this.#note(node.key, node, node.value),
    TSParameterProperty: ({ parameter }) => {
      const { left = parameter!, right } = parameter!;
      this.#note(left, left, right);
    },
    AssignmentExpression: (node) => {
      this.#note(node.left!.property, undefined, node.right);
      this.#assignments.push(node);
    },
  };

  #note(key: Node | undefined, typed: Node | undefined, value?: unknown) {
    if (key === undefined) return;
    const type = typed?.typeAnnotation;
    this.#properties.push([nameOf(key), type, (value ?? undefined) as Node]);
  }

  /**
   * Says whether an expression is a lock, as far as one can tell.
   *
   * @param text The expression as the file writes it.
   */
  has(node: Node, text: string): boolean {
    return this.#is(node) || CALLED_A_LOCK.test(text) && !this.#isOther(node);
  }

  /** Whether the file says that an expression is a lock. */
  #is(node: Node): boolean {
    if (node.type === "Identifier") return this.#isVariable(node);
    if (node.type === "MemberExpression") return this.#isProperty(node);
    if (node.type === "NewExpression") return this.#isClass(node.callee!);
    // `lock!`, `lock?.…`, `x as Lock`, `given ?? new Lock()`
    return this.#isType(node.typeAnnotation) ||
      [node.expression, node.left, node.right].some((inner) =>
        typeof inner === "object" && this.#is(inner)
      );
  }

  #isVariable(node: Node): boolean {
    const declared = declarationOf(node.name!, node);
    if (declared === undefined) return false;
    return this.#ask(declared, () => {
      if (this.#isType(declared.typeAnnotation)) return true;
      const { type, init, right, key } = declared.parent!;
      if (type === "Property") return this.#isKnown(nameOf(key!));
      const value = init ?? right; // the variable's, or a parameter's default
      if (value) return this.#is(value);
      return this.#assignments.some(({ left, right }) =>
        left!.name === declared.name &&
        declarationOf(declared.name!, left!) === declared && this.#is(right!)
      );
    });
  }

  #isProperty({ object, property, computed }: Node): boolean {
    if (computed) return false; // `locks[key]`
    const name = nameOf(property!);
    return PARTS.includes(name) && this.#is(object!) || this.#isKnown(name);
  }

  /** Properties go by their name, unless the file has others of that name. */
  #isKnown(name: string): boolean {
    return this.#ask(name, () => {
      const same = this.#properties.filter((property) => property[0] === name);
      const lock = ([, type, value]: typeof same[number]) =>
        type ? this.#isType(type) : value !== undefined && this.#is(value);
      const other = ([, type, value]: typeof same[number]) =>
        type ? !this.#isType(type) : value?.type === "NewExpression";
      return same.some(lock) &&
        !same.some((each) => !lock(each) && other(each));
    });
  }

  /** Whether the file says that an expression is something else. */
  #isOther(node: Node): boolean {
    if (node.type === "MemberExpression" && !node.computed) {
      return this.#properties.some(([name, type, value]) =>
        name === nameOf(node.property!) &&
        (type !== undefined || value !== undefined && this.#isOther(value))
      );
    }
    if (node.type !== "Identifier") return PLAIN_VALUE.test(node.type);
    const declared = declarationOf(node.name!, node);
    if (declared === undefined) return false;
    const { typeAnnotation, parent } = declared;
    if (typeAnnotation !== undefined) return true;
    if (/^Import.*Specifier$/.test(parent!.type)) {
      return !isLocal(parent!.parent!);
    }
    if (/^(Class|Function)Declaration$/.test(parent!.type)) {
      return parent!.id === declared;
    }
    const value = parent!.init ?? parent!.right;
    return value ? this.#ask(declared, () => this.#isOther(value)) : false;
  }

  #isType(node: Node | undefined): boolean {
    if (node === undefined) return false;
    if (node.typeName) return this.#isClass(node.typeName);
    return this.#isType(node.typeAnnotation) ||
      (node.types ?? []).some((type) => this.#isType(type));
  }

  /** Says whether a name is a class of this package, or extends one. */
  #isClass(node: Node): boolean {
    const first = node.object ?? node.left ?? node; // `sync.Lock` begins with it
    const declared = declarationOf(`${first.name}`, first)?.parent;
    return isPackage(declared?.parent) || declared?.superClass != null &&
        this.#ask(declared, () => this.#isClass(declared.superClass!));
  }

  #ask(what: Node | string, answer: () => boolean): boolean {
    if (this.#asked.has(what)) return false;
    this.#asked.add(what);
    try {
      return answer();
    } finally {
      this.#asked.delete(what);
    }
  }
}
