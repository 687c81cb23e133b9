/**
 * Three cash machines deposit at once and no deposit is lost: the account holds
 * its own lock from reading the balance until the new one is written.
 *
 * ```sh
 * deno run examples/bank.ts
 * deno run examples/bank.ts --unsafe # without the lock: two deposits are lost
 * ```
 *
 * There is one lock for each account, not one for all, so using one account does
 * not block another.
 *
 * Source: https://morinokabu.com/2026/01/14/python-asyncio-lock-concurrency-control,
 * "Full Code" (001_f9ae6bf3055aadfb.txt).
 *
 * @module
 */

import { Lock } from "../mod.ts";

class BankAccount {
  balance = 0;
  readonly #lock = new Lock();

  async deposit(amount: number, atm: string) {
    console.log(`[${atm}] Waiting for lock...`);
    {
      using _ = await this.#lock.acquire();
      console.log(`[${atm}] Lock acquired. Starting process.`);
      await this.depositUnsafely(amount, atm);
    }
    console.log(`[${atm}] Process finished. Lock released.`);
  }

  async depositUnsafely(amount: number, atm: string) {
    const current = this.balance;
    console.log(`[${atm}] Read balance: ${current}`);
    await pause(100); // the other machines run here
    this.balance = current + amount;
    console.log(`[${atm}] Updated balance: ${this.balance}`);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const account = new BankAccount();
const unsafe = Deno.args.includes("--unsafe");

console.log("--- Starting concurrent deposit processing ---");
await Promise.all(
  ["ATM-A", "ATM-B", "ATM-C"].map((atm) =>
    unsafe ? account.depositUnsafely(100, atm) : account.deposit(100, atm)
  ),
);
console.log("--- All processes finished ---");
console.log(`Final Balance: ${account.balance} (Expected: 300)`);
