/** Real requests to the server of `examples/user_lock_server.ts`. */

import { assert, assertEquals } from "@std/assert";
import { handle, users } from "../../examples/user_lock_server.ts";

/** Sends each request over its own connection, even if a proxy is set. */
type Send = (user: string) => Promise<Deno.Conn>;

// Each test has its own users, since the server never resets its counts.
function testServer(criterion: string, test: (send: Send) => Promise<void>) {
  Deno.test(`examples/user_lock_server.ts ${criterion}`, async () => {
    const hostname = "127.0.0.1";
    const server = Deno.serve({ hostname, port: 0, onListen() {} }, handle);
    await test(async (user) => {
      const connection = await Deno.connect({
        hostname,
        port: server.addr.port,
      });
      const request = `GET /${user} HTTP/1.0\r\n\r\n`;
      await connection.write(new TextEncoder().encode(request));
      return connection;
    });
    await server.shutdown();
    assertEquals(users.size, 0);
  });
}

async function answer(connection: Deno.Conn): Promise<string | undefined> {
  const text = await new Response(connection.readable).text();
  return text.split("\r\n\r\n")[1];
}

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    assert(Date.now() < end, `Waited too long until ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

testServer("counts each of the visits that come at once", async (send) => {
  const visits = Array.from({ length: 5 }, () => send("ann"));
  const answers = await Promise.all(
    visits.map(async (visit) => answer(await visit)),
  );
  assertEquals(
    answers.sort(),
    [1, 2, 3, 4, 5].map((visit) => `ann: visit ${visit}`),
  );
});

testServer("answers one user while another one waits", async (send) => {
  const guard = await users.acquire("bob");
  const bob = await send("bob");
  await until(() => users.waiting("bob") === 1);
  assertEquals(await answer(await send("cat")), "cat: visit 1");
  assertEquals(users.waiting("bob"), 1);
  guard.release();
  assertEquals(await answer(bob), "bob: visit 1");
});

testServer("forgets the request of a client that goes away", async (send) => {
  const guard = await users.acquire("dan");
  const gone = await send("dan");
  await until(() => users.waiting("dan") === 1);
  const stays = await send("dan");
  await until(() => users.waiting("dan") === 2);

  gone.close();
  await until(() => users.waiting("dan") === 1);
  guard.release();
  assertEquals(await answer(stays), "dan: visit 1");
});
