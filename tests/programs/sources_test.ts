/**
 * Each listing of the documents that the examples come from has a program, with
 * the names, the values, the log lines and the pauses of the listing.
 *
 * The documents are not part of this project. The test looks for them in the
 * folder that `HOLDFAST_SOURCES` names, or else in `../shared/sources`.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { leftOut } from "../support/summary.ts";

const ROOT = new URL("../../", import.meta.url);
const FOLDER = Deno.env.get("HOLDFAST_SOURCES") ??
  new URL("../shared/sources", ROOT).pathname;

interface Source {
  /** Where it was published, which the program's header and the README name. */
  site: string;
  /** Its title, which the header names too. */
  title: string;
  /** Text that no other document has. */
  has: string;
  /** Where a listing, or a claim, begins, and the program that shows it. */
  listings: [begins: string, program: string][];
}

const SOURCES: Source[] = [
  {
    site: "Asyncio in Practice",
    title: "Async Locks and asyncio.Lock()",
    has: "Asyncio in Practice",
    listings: [
      ["The Problem: Interleaved State Mutation", "counter"],
      ["A lock ensures only one coroutine", "counter"],
      ["A Realistic Example: Shared Cache", "shared_cache"],
    ],
  },
  {
    site: "morinokabu.com",
    title: "python-asyncio-lock-concurrency-control",
    has: "manual_lock_example",
    listings: [
      ["counting to 95 instead of 100", "hundred_tasks"],
      ["# Basic pattern", "safe_operation"],
      ["Full Code", "bank"],
      ["Global Variables vs Class Members", "accounts"],
      ["If you try to acquire a second lock", "transfer"],
      ["is only for preventing contention", "bank_workers"],
      ["Advanced Usage", "manual_release"],
      ["writing to files", "write_files"],
    ],
  },
  {
    site: "Stack Overflow",
    title: "what's Python asyncio.Lock() for?",
    has: "what's Python asyncio.Lock() for?",
    listings: [
      ["async def get_stuff(url):", "cached_fetch"],
      ["async def parse_stuff():", "cached_fetch"],
      ["stuff_lock = asyncio.Lock()", "cached_fetch"],
      ["one example is when", "run_once"],
    ],
  },
  {
    site: "Sling Academy",
    title: "Understanding asyncio.Lock in Python: Explained with examples",
    has: "Sling Academy",
    listings: [
      ["Basic Usage of Asyncio.Lock", "basic"],
      ["Example 1: Using Locks for Rate Limiting", "rate_limit"],
      ["Example 2: Managing Shared Resources", "shared_resource"],
      ["Consider higher-level abstractions", "queue"],
    ],
  },
];

const README = Deno.readTextFileSync(new URL("README.md", ROOT));
const documents = readDocuments();
const missing = documents.length === 0;
if (missing) {
  leftOut(`the tests of the sources, since ${FOLDER} has none`);
}

function readDocuments(): string[] {
  try {
    return [...Deno.readDirSync(FOLDER)]
      .filter(({ name }) => name.endsWith(".txt"))
      .map(({ name }) => Deno.readTextFileSync(`${FOLDER}/${name}`));
  } catch {
    return [];
  }
}

function program(name: string): string {
  return Deno.readTextFileSync(new URL(`examples/${name}.ts`, ROOT));
}

// A module awaits at top level, its event loop has no name, and `fetch` needs no
// client.
const ONLY_PYTHON = ["main", "loop", "self", "client", "int", "str"];

/** The functions, classes, parameters and variables of a listing. */
function* names(listing: string): Iterable<string> {
  for (const [, name] of listing.matchAll(/(?:def|class) ([A-Za-z]\w*)[(:]/g)) {
    yield name!;
  }
  for (const [, all] of listing.matchAll(/def [a-z]\w*\((.*?)\):/g)) {
    for (const [name] of all!.matchAll(/\w+(?=$|[,:])/g)) yield name;
  }
  for (const [, name] of listing.matchAll(/\b([a-z]\w*) = /g)) {
    yield name!;
  }
}

/** What a program should have of a listing: names, values, logs and pauses. */
function* contents(listing: string): Iterable<string> {
  for (const name of names(listing)) {
    if (!ONLY_PYTHON.includes(name)) yield camelCase(name);
  }
  for (const [text] of listing.matchAll(/(?<=[( ])"[\w./-]+"(?=[),])/g)) {
    yield text;
  }
  for (const [, log] of listing.matchAll(/print\(f?"(.+?)"\)/g)) {
    yield log!.replaceAll(/\{[^{}]*\}/g, "{}").trim();
  }
  for (const [, seconds] of listing.matchAll(/asyncio\.sleep\(([\d.]+)\)/g)) {
    yield `pause(${Number(seconds) * 1000})`;
  }
}

function camelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_all, letter) => letter.toUpperCase());
}

function testSources(criterion: string, test: () => void | Promise<void>) {
  const name = `the examples ${criterion}`;
  Deno.test({ name, ignore: missing, fn: test });
}

/** What a program says of where it comes from: in its header, in the README. */
function origin(name: string): { header: string; readme: string } {
  const comment = program(name).split("*/")[0]!.replaceAll(/\s+\*\s+/g, " ");
  const [, header = ""] = comment.match(/Source: (.*?) @module/) ?? [];
  const row = RegExp(`\\(examples/${name}\\.ts\\) *\\| *(.*?) *\\|`);
  const [, readme = ""] = README.match(row) ?? [];
  return { header, readme };
}

for (const { site, title, has, listings } of SOURCES) {
  const same = documents.filter((document) => document.includes(has));

  testSources(`show each listing of ${site}`, () => {
    assert(same.length > 0, `no document has "${has}"`);
    for (const document of same) {
      const starts = listings.map(([begins]) => document.indexOf(begins));
      assert(!starts.includes(-1), `a listing is gone: ${starts}`);
      assertEquals(starts, starts.toSorted((a, b) => a - b));
      assertEquals([...contents(document.slice(0, starts[0]))], []);
      listings.forEach(([, file], i) => {
        // Only the code, and no values within texts, so that both compare.
        const text = program(file)
          .replaceAll(/\/\*.*?\*\//gs, "")
          .replaceAll(/\$\{[^{}]*\}/g, "{}");
        for (const part of contents(document.slice(starts[i], starts[i + 1]))) {
          const whole = RegExp(`(?<!\\w)${RegExp.escape(part)}(?!\\w)`);
          assert(whole.test(text), `${file} lacks ${part}`);
        }
      });
    }
  });

  Deno.test(`the README and the headers of the examples name ${site}`, () => {
    for (const [, file] of listings) {
      const { header, readme } = origin(file);
      assertStringIncludes(header, site);
      assertStringIncludes(header, title);
      assertStringIncludes(readme, site);
    }
  });

  testSources(`name sections that ${site} has`, () => {
    for (const [, file] of listings) {
      const { header, readme } = origin(file);
      for (const [, section] of `${header} ${readme}`.matchAll(/"(.*?)"/g)) {
        for (const document of same) assertStringIncludes(document, section!);
      }
    }
  });
}

testSources("cover every document", () => {
  const known = documents.filter((document) =>
    SOURCES.some(({ has }) => document.includes(has))
  );
  assertEquals(known.length, documents.length);
});

testSources("print what the bank's document prints", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "examples/bank.ts"],
    cwd: ROOT,
  }).output();
  const log = new TextDecoder().decode(stdout).trim();
  assert(documents.some((document) => document.includes(log)), log);
});
