import { assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

/** Runs a command as a user would, and waits for its end. */
async function output(command: string) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: command.split(" ").slice(1), // without the word `deno`
    cwd: ROOT,
    // If there is a proxy, it cannot reach the server of the example.
    env: { NO_PROXY: "127.0.0.1" },
  }).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

function testOutput(command: string, criterion: string, stdout: string) {
  Deno.test(`${command} ${criterion}`, async () => {
    assertEquals(await output(command), { code: 0, stdout, stderr: "" });
  });
}

/** Runs an example by the command in its header and by the task. */
function testExample(command: string, criterion: string, stdout: string) {
  const task = command.replace(
    /run .*examples\/(\w+)\.ts/,
    "task --quiet example $1",
  );
  testOutput(command, criterion, stdout);
  testOutput(task, criterion, stdout);
}

testExample(
  "deno run examples/bank.ts",
  "prints the log of its source document line for line",
  `\
--- Starting concurrent deposit processing ---
[ATM-A] Waiting for lock...
[ATM-B] Waiting for lock...
[ATM-C] Waiting for lock...
[ATM-A] Lock acquired. Starting process.
[ATM-A] Read balance: 0
[ATM-A] Updated balance: 100
[ATM-A] Process finished. Lock released.
[ATM-B] Lock acquired. Starting process.
[ATM-B] Read balance: 100
[ATM-B] Updated balance: 200
[ATM-B] Process finished. Lock released.
[ATM-C] Lock acquired. Starting process.
[ATM-C] Read balance: 200
[ATM-C] Updated balance: 300
[ATM-C] Process finished. Lock released.
--- All processes finished ---
Final Balance: 300 (Expected: 300)
`,
);

testExample(
  "deno run examples/bank.ts --unsafe",
  "loses two deposits",
  `\
--- Starting concurrent deposit processing ---
[ATM-A] Read balance: 0
[ATM-B] Read balance: 0
[ATM-C] Read balance: 0
[ATM-A] Updated balance: 100
[ATM-B] Updated balance: 100
[ATM-C] Updated balance: 100
--- All processes finished ---
Final Balance: 100 (Expected: 300)
`,
);

testOutput(
  "deno run --allow-read=. --allow-write=.balance examples/bank_workers.ts",
  "loses deposits unless the lock reaches all workers",
  `\
no lock: 100 (expected: 300)
KeyedLock: 100 (expected: 300)
WebLocks: 300 (expected: 300)
`,
);

testOutput(
  "deno run --allow-read=.bank --allow-write=.bank --allow-run examples/bank_processes.ts",
  "loses deposits unless the lock reaches all processes",
  `\
no lock: 100 (expected: 300)
KeyedLock: 100 (expected: 300)
FileLocks: 300 (expected: 300)
`,
);

testExample(
  "deno run examples/one_replica.ts",
  "runs the job on one replica at a time",
  `\
replica A: the job runs, round 1
replica A: the job runs, round 2
replica A: ends
replica B: the job runs, round 1
replica B: the job runs, round 2
replica B: ends
replica C: the job runs, round 1
replica C: the job runs, round 2
replica C: ends
`,
);

testExample(
  "deno run examples/basic.ts",
  "lets both tasks in",
  `\
Lock acquired
Lock acquired
`,
);

testExample(
  "deno run --allow-net=127.0.0.1 examples/cached_fetch.ts",
  "gets the data with two requests without the lock and one with it",
  `\
--- getStuffWithoutLock ---
parseStuff: the data
useStuff: the data
doWork: some work
Requests for the data: 2
--- getStuff ---
parseStuff: the data
useStuff: the data
doWork: some work
Requests for the data: 1
`,
);

testExample(
  "deno run examples/counter.ts",
  "counts to 1 without a lock and to 3 with one",
  `\
--- incrementWithoutLock ---
task_A: counter = 1
task_B: counter = 1
task_C: counter = 1
Final counter: 1
--- increment ---
task_A: counter = 1
task_B: counter = 2
task_C: counter = 3
Final counter: 3
`,
);

testExample(
  "deno run examples/manual_release.ts",
  "releases the lock, also when the work fails",
  `\
Acquiring lock...
Executing critical section
Releasing lock
Locked: false
--- Across functions, by the guard ---
Acquiring lock...
Executing critical section
Releasing lock
Error: Disk full
Locked: false
`,
);

// Once only, since it takes eight seconds.
testOutput(
  "deno run examples/rate_limit.ts",
  "runs one task per second with a lock and two with a semaphore",
  `\
--- With a lock, as in the source ---
Critical task completed
Critical task completed
Critical task completed
Critical task completed
Critical task completed
5 tasks in 5 seconds: one per second, not two
--- With a semaphore ---
Starts in second 0
Starts in second 0
Starts in second 1
Critical task completed
Starts in second 1
Critical task completed
Starts in second 2
Critical task completed
Critical task completed
Critical task completed
5 tasks in 3 seconds: two per second
`,
);

testExample(
  "deno run examples/run_once.ts",
  "runs three times with the lock as printed, and once with one that is shared",
  `\
Runs for 3 requests by requestByMany: 3
Runs for 3 requests by requestSharing: 1
Runs for 3 requests by requestOnce: 1
--- A failure is not remembered ---
Request 1: Error: Not yet (runs: 1)
Request 2: Error: Not yet (runs: 2)
Request 3: done (runs: 3)
Request 4: done (runs: 3)
`,
);

testExample(
  "deno run --allow-net=127.0.0.1 examples/shared_cache.ts",
  "fetches a post twice if the lock is dropped, else once",
  `\
--- fetchPostCached ---
Fetching post 1
Fetching post 1
Fetching post 2
Title at /posts/1
Title at /posts/1
Title at /posts/2
Requests: /posts/1, /posts/1, /posts/2
--- fetchPost ---
Fetching post 1
Fetching post 2
Cache hit for post 1
Title at /posts/1
Title at /posts/1
Title at /posts/2
Requests: /posts/1, /posts/2
`,
);

testExample(
  "deno run examples/shared_resource.ts",
  "shows what each task left where a lock is needed and where not",
  `\
--- accessSharedResource ---
Resource state: [8]
Resource state: [8, 50]
Resource state: [8, 50, 74]
Resource state: [8, 50, 74, 59]
Resource state: [8, 50, 74, 59, 31]
--- withoutLock ---
Resource state: [8]
Resource state: [8, 50]
Resource state: [8, 50, 74]
Resource state: [8, 50, 74, 59]
Resource state: [8, 50, 74, 59, 31]
--- waitingWithoutLock ---
Resource state: [8, 50, 74, 59, 31]
Resource state: [8, 50, 74, 59, 31]
Resource state: [8, 50, 74, 59, 31]
Resource state: [8, 50, 74, 59, 31]
Resource state: [8, 50, 74, 59, 31]
--- waiting ---
Resource state: [8]
Resource state: [8, 50]
Resource state: [8, 50, 74]
Resource state: [8, 50, 74, 59]
Resource state: [8, 50, 74, 59, 31]
`,
);

testExample(
  "deno run examples/transfer.ts",
  "loses a transfer with nested locks, and none in order or with acquireAll()",
  `\
--- nested ---
Ann to Bob: holds Ann
Bob to Ann: holds Bob
TimeoutError: Cannot acquire lock "Bob" within 100 ms: still held, 0 waiting
Bob to Ann: moved 10
Ann 110, Bob 90 (expected: Ann 80, Bob 120)
--- inOrder ---
Ann to Bob: moved 30
Bob to Ann: moved 10
Ann 80, Bob 120 (expected: Ann 80, Bob 120)
--- allAtOnce ---
Ann to Bob: moved 30
Bob to Ann: moved 10
Ann 80, Bob 120 (expected: Ann 80, Bob 120)
`,
);

testExample(
  "deno run --allow-net=127.0.0.1 examples/user_lock_server.ts",
  "takes one user's requests in turn, and different users' side by side",
  `\
ann: 1 waiting
ann: 2 waiting
ann: 3 waiting
bob: visit 1
ann: the second client goes away
ann: 2 waiting
ann: visit 1
ann: visit 2
`,
);

testExample(
  "deno run --allow-net=127.0.0.1 examples/downloads.ts",
  "has five requests at a time and no more",
  `\
Downloaded 50, from Page 1 to Page 50
Requests at once: 5 at most
`,
);

testExample(
  "deno run examples/producer_consumer.ts",
  "never puts three on the shelf nor takes from an empty one",
  `\
Put bread: [bread]
Took bread: []
Put cake: [cake]
Put rolls: [cake, rolls]
Took cake: [rolls]
Put tarts: [rolls, tarts]
The producer is done
Took rolls: [tarts]
Took tarts: []
The consumer is done
`,
);

testExample(
  "deno run examples/read_mostly_cache.ts",
  "reads old and new prices together without the lock only",
  `\
Without a lock
Reader 1 begins
Reader 2 begins
All prices are new
Reader 1: 1 + 20
Reader 2: 10 + 20
With a read-write lock
Reader 1 begins
Reader 2 begins
Reader 1: 10 + 20
Reader 2: 10 + 20
All prices are new
Reader 3 begins
Reader 3: 100 + 200
`,
);

testExample(
  "deno run examples/start_gate.ts",
  "starts those who wait when the gate opens, and others at once",
  `\
Worker 1 comes
Worker 2 comes
The settings are loaded, 2 workers wait
Worker 1 starts
Worker 2 starts
Worker 3 comes
Worker 3 starts
Closed for maintenance
Worker 4 comes
1 worker waits
Worker 4 starts
`,
);

testExample(
  "deno run examples/accounts.ts",
  "lets two accounts go on side by side unless one lock is for both",
  `\
--- One global lock ---
[ATM-A] Lock acquired for Account-1
[ATM-A] Updated balance: 100
[ATM-B] Lock acquired for Account-2
[ATM-B] Updated balance: 100
--- A lock for each account ---
[ATM-A] Lock acquired for Account-1
[ATM-B] Lock acquired for Account-2
[ATM-A] Updated balance: 100
[ATM-B] Updated balance: 100
`,
);

testExample(
  "deno run examples/hundred_tasks.ts",
  "counts to 95 without a lock and to 100 with one",
  `\
Without a lock: 95 (expected: 100)
With a lock: 100 (expected: 100)
`,
);

testExample(
  "deno run examples/queue.ts",
  "takes one order after the other",
  `\
Ann: 4 apples, 6 left
Bob: 7 apples are too many
Eve: 5 apples, 1 left
`,
);

testExample(
  "deno run examples/safe_operation.ts",
  "lets one task in at a time",
  `\
Locked before: false
One is inside, 1 waits
Locked processing...
Locked processing...
Locked afterwards: false
`,
);

testExample(
  "deno run --allow-read=.a.log,.b.log --allow-write=.a.log,.b.log examples/write_files.ts",
  "loses lines without the lock and none with it",
  `\
--- addLineWithoutLock ---
.a.log: 1 of 2 lines
.b.log: 1 of 2 lines
--- addLine ---
.a.log: 2 of 2 lines
.b.log: 2 of 2 lines
`,
);

const LISTING = `\
accounts
    Two accounts with a lock each do not hold each other up. With one global lock for both, the second machine waits for the first for no reason.
bank
    Three cash machines deposit at once and no deposit is lost: the account holds its own lock from reading the balance until the new one is written.
bank_processes
    The bank's three cash machines are three processes that keep the balance in a file. Without a lock, deposits are lost, and also with a lock that does not reach beyond its process. With \`FileLocks\`, none is lost.
bank_workers
    The bank's three cash machines run in three workers and keep the balance in a file. Without a lock, deposits are lost, and also with a lock that does not reach beyond its worker. With \`WebLocks\`, none is lost.
basic
    Two tasks take turns: the lock is free again when the block ends.
cached_fetch
    Two tasks that need the same page make two requests without a lock, and one with it. A task that does not need the lock does not wait.
counter
    Three tasks add one to the same counter. Without a lock, each overwrites what the others wrote. With a lock, all three count.
downloads
    Fifty pages are downloaded, at most five at a time. A semaphore lets five tasks in, and another one whenever one of them is done.
hang
    A program hangs in three ways, and a watch says why: a lock taken twice, two locks taken in opposite order, and a guard that nobody releases.
hundred_tasks
    A hundred tasks add one to the same counter, and now and then two of them overlap. Without a lock they count to 95, with one to 100.
manual_release
    A lock is taken and freed by hand, in a \`finally\`, so that it is free again even if the work fails. The guard does it across functions too.
one_replica
    A job runs every second on one of several replicas, and moves on to another one when that one dies. A lock decides which replica runs it.
producer_consumer
    A producer waits while the shelf is full, and a consumer while it is empty. A condition lets each go on when the other has changed the shelf.
queue
    A queue does the work of a lock: tasks hand in their orders, and the only worker that touches the stock takes one after the other.
rate_limit
    A lock lets one task run at a time, but that is not a limit per second. The source promises two tasks per second and gets one. A semaphore gives two.
read_mostly_cache
    Many tasks read prices side by side, and one task replaces them while nobody reads. With a read-write lock, no reader sees old and new prices together.
run_once
    Many requests need something that should run only once. A lock and a flag do that if all requests share them. \`once\` needs neither.
safe_operation
    Only one task at a time is inside the block, and the lock is free again when the block ends.
shared_cache
    A cache that frees its lock between check and store fetches a post twice. A cache with one lock for each post fetches it once, and different posts side by side.
shared_resource
    Five tasks append to one list. Without an \`await\` inside, they need no lock. With one, only a lock lets each find the list as it left it.
start_gate
    Workers start only when the settings are loaded. A closed gate holds up the workers that come early. Once it is open, nobody waits.
transfer
    Two transfers in opposite directions wait for each other if each locks its own account first. In a consistent order, or with \`acquireAll\`, they do not.
user_lock_server
    A server that handles one request at a time for each user, and requests of different users side by side. If a client goes away, its request leaves the queue.
write_files
    Two writers add a line to each of two files. Without a lock, a line is lost in each file. With a lock for each path, none is.
`;

testOutput(
  "deno task --quiet example",
  "lists the examples with their lessons",
  LISTING,
);

Deno.test("deno task example NAME fails and lists the examples if none has that name", async () => {
  assertEquals(await output("deno task --quiet example ../tools/example"), {
    code: 1,
    stdout: LISTING,
    stderr:
      'Cannot run example "../tools/example": there are only the examples below\n\n',
  });
});
