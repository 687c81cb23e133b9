/**
 * Real servers for the tests, on free ports of the loopback address and in
 * directories of their own, all of which are gone afterwards.
 *
 * @module
 */

/** A server that can be killed and started again, with its data kept. */
export interface Server extends AsyncDisposable {
  readonly port: number;
  /** Kills it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
}

/** Where Debian and others put the programs. */
const PLACES = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

/** @returns The path of a program, or `undefined` if it is not installed. */
export function find(program: string): string | undefined {
  const versions = list("/usr/lib/postgresql").sort((a, b) => +b - +a)
    .map((version) => `/usr/lib/postgresql/${version}/bin`);
  return [...PLACES, ...versions].map((place) => `${place}/${program}`)
    .find((path) => exists(path));
}

export const hasRedis = find("redis-server") !== undefined;
export const hasPostgres = find("pg_ctl") !== undefined;
export const hasPgBouncer = find("pgbouncer") !== undefined;

export async function startRedis(args: string[] = []): Promise<Server> {
  const directory = await Deno.makeTempDir();
  const port = freePort();
  let process: Deno.ChildProcess;
  const start = async () => {
    process = new Deno.Command(find("redis-server")!, {
      args: [
        ...["--port", `${port}`, "--bind", "127.0.0.1", "--dir", directory],
        ...["--save", "", "--appendonly", "yes", "--appendfsync", "always"],
        ...args,
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
    await accepts(port);
  };
  const kill = async () => {
    process.kill("SIGKILL");
    await process.status;
  };
  await start();
  return {
    port,
    start,
    kill,
    async [Symbol.asyncDispose]() {
      await kill().catch(() => {});
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/**
 * PostgreSQL does not run as root, so then it runs as `postgres`.
 *
 * @param more Settings: `name=value`.
 */
export async function startPostgres(more: string[] = []): Promise<Server> {
  const directory = await Deno.makeTempDir();
  const port = freePort();
  const log = `${directory}/log`;
  await Deno.writeTextFile(log, "");
  await own(directory);
  const settings = [
    `port=${port}`,
    `unix_socket_directories=${directory}`,
    "listen_addresses=127.0.0.1",
    "max_locks_per_transaction=256",
    "max_connections=300",
    ...more,
  ].map((setting) => `-c ${setting}`).join(" ");
  const control = (command: string) =>
    asPostgres(
      `${find("pg_ctl")} -D ${directory}/data -l ${log} -o "${settings}" ` +
        `-w ${command}`,
    );
  await asPostgres(
    `${find("initdb")} -D ${directory}/data -A trust -U postgres --no-sync`,
  );
  await control("start");
  return {
    port,
    start: () => control("start"),
    kill: () => control("stop -m immediate"),
    async [Symbol.asyncDispose]() {
      await control("stop -m immediate").catch(() => {});
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** A pooler in front of a PostgreSQL. */
export async function startPgBouncer(
  { port: to }: Server,
  mode: "session" | "transaction",
): Promise<Server> {
  const directory = await Deno.makeTempDir();
  const port = freePort();
  await Deno.writeTextFile(
    `${directory}/ini`,
    `[databases]
postgres = host=127.0.0.1 port=${to} dbname=postgres user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
ignore_startup_parameters = extra_float_digits
`,
  );
  await own(directory);
  let process: Deno.ChildProcess;
  const start = async () => {
    process = new Deno.Command(...asUser(
      `exec ${find("pgbouncer")} -q ${directory}/ini`,
    )).spawn();
    await accepts(port);
  };
  const kill = async () => {
    process.kill("SIGTERM");
    await process.status;
  };
  await start();
  return {
    port,
    start,
    kill,
    async [Symbol.asyncDispose]() {
      await kill().catch(() => {});
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** A port that nobody uses now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function accepts(port: number): Promise<void> {
  for (let left = 200;; left--) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function asPostgres(command: string): Promise<void> {
  const { success } = await new Deno.Command(...asUser(command)).output();
  if (!success) throw new Error(`${command} has failed`);
}

function asUser(command: string): [string, Deno.CommandOptions] {
  const quiet = { stdout: "null", stderr: "null" } as const;
  return Deno.uid() === 0
    ? ["su", { args: ["postgres", "-s", "/bin/sh", "-c", command], ...quiet }]
    : ["sh", { args: ["-c", command], ...quiet }];
}

async function own(directory: string): Promise<void> {
  if (Deno.uid() !== 0) return;
  await new Deno.Command("chown", { args: ["-R", "postgres", directory] })
    .output();
}

function list(directory: string): string[] {
  return exists(directory)
    ? Array.from(Deno.readDirSync(directory), ({ name }) => name)
    : [];
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
