/**
 * Serves the playground as a static host would.
 *
 * ```sh
 * deno task playground
 * deno task playground 8080 # on that port
 * ```
 *
 * @module
 */

const FOLDER = new URL("../examples/playground/", import.meta.url);

const TYPES = new Map([
  ["css", "text/css"],
  ["html", "text/html"],
  ["js", "text/javascript"],
]);

/** Answers a request for one of the page's files. */
export async function answer(request: Request): Promise<Response> {
  const name = new URL(request.url).pathname.slice(1) || "index.html";
  // No other path names a file, so a slash, encoded or not, leads nowhere else.
  const type = TYPES.get(/^(?:styles\/)?\w+\.(\w+)$/.exec(name)?.[1] ?? "");
  if (type === undefined) return notFound();
  try {
    const { readable } = await Deno.open(new URL(name, FOLDER));
    return new Response(readable, {
      headers: { "content-type": `${type}; charset=utf-8` },
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return notFound();
    throw error;
  }
}

function notFound(): Response {
  return new Response("Not found", { status: 404 });
}

if (import.meta.main) {
  const [port = "8000"] = Deno.args;
  Deno.serve({ hostname: "127.0.0.1", port: Number(port) }, answer);
}
