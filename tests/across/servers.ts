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

/** A server that can be stopped for a while, too. */
export interface RedisServer extends Server {
  /** SIGSTOP, SIGCONT. */
  signal(signal: Deno.Signal): void;
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
export const hasRedisCluster = hasRedis && find("redis-cli") !== undefined;
export const hasPostgres = find("pg_ctl") !== undefined;
export const hasPgBouncer = find("pgbouncer") !== undefined;

export async function startRedis(
  args: string[] = [],
  port: number = freePort(),
): Promise<RedisServer> {
  const directory = await Deno.makeTempDir();
  return serveRedis(port, directory, [
    ...["--dir", directory, "--save", ""],
    ...["--appendonly", "yes", "--appendfsync", "always"],
    ...args,
  ]);
}

async function serveRedis(
  port: number,
  directory: string,
  args: string[],
): Promise<RedisServer> {
  let process: Deno.ChildProcess;
  const pid = `${directory}/pid`;
  const end = whenDone(directory, "sh", ["-c", `kill -9 $(cat ${pid})`]);
  const server: RedisServer = {
    port,
    signal: (signal) => process.kill(signal),
    async start() {
      process = new Deno.Command(find("redis-server")!, {
        args: [
          ...[...args, "--port", `${port}`, "--bind", "127.0.0.1"],
          ...["--pidfile", pid],
        ],
        stdout: "null",
        stderr: "null",
      }).spawn();
      await accepts(port);
    },
    async kill() {
      process.kill("SIGKILL");
      await process.status;
    },
    async [Symbol.asyncDispose]() {
      await end();
      await process.status;
    },
  };
  try {
    await server.start();
  } catch (error) {
    await end();
    throw error;
  }
  return server;
}

/** Several nodes that share the keys. */
export interface Cluster extends AsyncDisposable {
  readonly nodes: readonly RedisServer[];
}

/** A cluster of three. If one node is down, the others go on with their keys. */
export async function startRedisCluster(): Promise<Cluster> {
  await using stack = new AsyncDisposableStack();
  const args = [
    ...["--cluster-enabled", "yes", "--cluster-node-timeout", "1000"],
    ...["--cluster-require-full-coverage", "no"],
  ];
  const nodes: RedisServer[] = [];
  for (let i = 0; i < 3; i++) {
    nodes.push(stack.use(await startRedis(args, freeClusterPort())));
  }
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`);
  await redisCli(
    ...["--cluster", "create", ...addresses],
    ...["--cluster-replicas", "0", "--cluster-yes"],
  );
  for (const node of nodes) await servesAllSlots(node);
  const started = stack.move();
  return { nodes, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

/** Waits until a node of a cluster knows that each key has a node. */
export async function servesAllSlots(node: Server): Promise<void> {
  for (let left = 200;; left--) {
    const info = await ask(node, "cluster", "info");
    if (/state:ok[^]*slots_ok:16384/.test(info)) return;
    if (left === 0) throw new Error(`the cluster is not ready: ${info}`);
    await pause();
  }
}

/** Sends a command to a Redis; returns the answer as Redis's client prints it. */
export function ask(
  { port }: { readonly port: number },
  ...command: string[]
): Promise<string> {
  return redisCli("-p", `${port}`, ...command);
}

async function redisCli(...args: string[]): Promise<string> {
  const command = new Deno.Command(find("redis-cli")!, { args });
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder().decode(stdout).trim();
  if (success) return text;
  throw new Error(`redis-cli: ${text} ${new TextDecoder().decode(stderr)}`);
}

/** A server that tells clients where the master named "main" is. */
export async function startSentinel({ port }: Server): Promise<RedisServer> {
  const directory = await Deno.makeTempDir();
  const config = `${directory}/sentinel.conf`;
  await Deno.writeTextFile(config, `sentinel monitor main 127.0.0.1 ${port} 1`);
  return serveRedis(freePort(), directory, [config, "--sentinel"]);
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
    `${find("pg_ctl")} -D ${directory}/data -l ${log} -o "${settings}" ` +
    `-w ${command}`;
  const stop = control("stop -m immediate");
  const [name, { args = [] }] = asUser(stop);
  const end = whenDone(directory, name, args);
  const start = () => asPostgres(control("start"));
  try {
    await asPostgres(
      `${find("initdb")} -D ${directory}/data -A trust -U postgres --no-sync`,
    );
    await start();
  } catch (error) {
    await end();
    throw error;
  }
  return {
    port,
    start,
    kill: () => asPostgres(stop),
    [Symbol.asyncDispose]: end,
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

/**
 * Runs a command and removes a directory when the returned function is called,
 * or when the tests end without that, be it that they are killed.
 */
function whenDone(
  directory: string,
  name: string,
  args: readonly string[],
): () => Promise<void> {
  const process = new Deno.Command("sh", {
    args: [
      ...["-c", `trap '' INT; cat > /dev/null; "$@"; rm -rf "$0"`],
      ...[directory, name, ...args],
    ],
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  return async () => {
    await process.stdin.close();
    await process.status;
  };
}

/** A port that nobody uses now. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** One of which the port that the nodes talk over, 10 000 higher, is free too. */
function freeClusterPort(): number {
  for (;;) {
    const port = freePort();
    try {
      Deno.listen({ hostname: "127.0.0.1", port: port + 10_000 }).close();
      return port;
    } catch { /* somebody uses it, or there is no such port */ }
  }
}

async function accepts(port: number): Promise<void> {
  for (let left = 200;; left--) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (left === 0) throw error;
      await pause();
    }
  }
}

/** Between two looks. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
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
