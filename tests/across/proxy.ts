/**
 * A proxy that can fall silent without closing, as a network does.
 *
 * @module
 */

export class Proxy implements Disposable {
  readonly port: number;
  #isSilent = false;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.Conn>();
  readonly #mute = new WeakSet<Deno.Conn>();
  readonly #to: number;

  constructor(to: number) {
    this.#to = to;
    this.port = this.#listener.addr.port;
    this.#serve();
  }

  /** From now on nothing comes through, for good. New connections do. */
  silence(): void {
    this.#isSilent = true;
  }

  /** New connections come through; those that were silenced are cut. */
  restore(): void {
    this.pass();
    this.#cut();
  }

  /** New connections come through; those that are open stay silent. */
  pass(): void {
    this.#isSilent = false;
    for (const connection of this.#open) this.#mute.add(connection);
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    this.#cut();
  }

  #cut(): void {
    for (const connection of this.#open) close(connection);
    this.#open.clear();
  }

  async #serve(): Promise<void> {
    for await (const client of this.#listener) {
      const server = await Deno.connect({
        hostname: "127.0.0.1",
        port: this.#to,
      }).catch(() => undefined);
      if (server === undefined) {
        close(client);
        continue;
      }
      this.#open.add(client).add(server);
      this.#pass(client, server);
      this.#pass(server, client);
    }
  }

  async #pass(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const buffer = new Uint8Array(65536);
    try {
      for (;;) {
        const length = await from.read(buffer);
        if (length === null) break;
        if (this.#isSilent || this.#mute.has(from)) continue;
        for (let at = 0; at < length;) {
          at += await to.write(buffer.subarray(at, length));
        }
      }
    } catch { /* closed */ }
    if (this.#isSilent || this.#mute.has(from)) return;
    close(from);
    close(to);
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch { /* closed before */ }
}
