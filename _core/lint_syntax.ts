/**
 * Private: what the lint rules read of a syntax tree. Deno's linter and ESLint
 * both give ESTree, with the types as typescript-eslint has them.
 *
 * @module
 */

/** A node, with those of its fields that the rules look at. */
export interface Node {
  readonly type: string;
  readonly parent?: Node;
  readonly argument?: Node;
  readonly body?: Node | readonly Node[];
  readonly callee?: Node;
  readonly computed?: boolean;
  readonly declaration?: Node | null;
  readonly declarations?: readonly Node[];
  readonly elements?: readonly (Node | null)[];
  readonly expression?: Node | boolean;
  readonly id?: Node | null;
  readonly init?: Node | null;
  readonly key?: Node;
  readonly kind?: string;
  readonly left?: Node;
  readonly name?: string;
  readonly object?: Node;
  readonly param?: Node | null;
  readonly parameter?: Node;
  readonly params?: readonly Node[];
  readonly properties?: readonly Node[];
  readonly property?: Node;
  readonly right?: Node;
  readonly source?: { readonly value?: unknown } | null;
  readonly specifiers?: readonly Node[];
  readonly superClass?: Node | null;
  readonly local?: Node;
  readonly test?: Node | null;
  readonly typeAnnotation?: Node;
  readonly typeName?: Node;
  readonly types?: readonly Node[];
  readonly value?: unknown;
}

/** The name that an identifier or a string is; a private one begins with `#`. */
export function nameOf({ type, name, value }: Node): string {
  return type === "PrivateIdentifier" ? `#${name}` : `${name ?? value}`;
}

/** The function, or else the module, that a node stands in. */
export function functionAround(node: Node): Node {
  let around = node.parent!;
  while (around.parent && !around.params) around = around.parent;
  return around;
}

/**
 * The identifier that declares a name, as it is seen from a node. A class or a
 * function is declared by its own.
 */
export function declarationOf(name: string, from: Node): Node | undefined {
  for (let scope = from.parent; scope; scope = scope.parent) {
    for (const declared of declaredIn(scope)) {
      if (declared.name === name) return declared;
    }
  }
}

function* declaredIn(scope: Node): Iterable<Node> {
  for (const param of scope.params ?? []) yield* identifiers(param);
  if (scope.param) yield* identifiers(scope.param);
  const statements = Array.isArray(scope.body) ? scope.body : [];
  for (const statement of [scope.init, scope.left, ...statements]) {
    if (statement) yield* declaredBy(statement.declaration ?? statement);
  }
}

function* declaredBy(statement: Node): Iterable<Node> {
  for (const { local } of statement.specifiers ?? []) if (local) yield local;
  for (const { id } of statement.declarations ?? []) yield* identifiers(id!);
  if (statement.type.endsWith("Declaration") && statement.id) {
    yield statement.id;
  }
}

/** The identifiers of a pattern. */
function* identifiers(pattern: Node): Iterable<Node> {
  if (pattern.type === "Identifier") yield pattern;
  const inner = [
    pattern.left,
    pattern.argument,
    pattern.parameter,
    pattern.type === "Property" ? pattern.value as Node : undefined,
    ...pattern.properties ?? [],
    ...pattern.elements ?? [],
  ];
  for (const part of inner) if (part) yield* identifiers(part);
}

/** A method that is called, and what it is called on. */
interface Method {
  readonly object: Node;
  readonly property: Node;
}

/** The method that a node calls, if it does. */
export function methodOf({ callee }: Node): Method | undefined {
  const method = callee?.type === "ChainExpression"
    ? callee.expression as Node // `lock?.acquire()`
    : callee;
  return method?.type === "MemberExpression" ? method as Method : undefined;
}

/** The name of the method of `Promise` that a node calls, or else nothing. */
export function promiseMethod(node: Node): string {
  const method = methodOf(node);
  return method?.object.name === "Promise" ? nameOf(method.property) : "";
}
