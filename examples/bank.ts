/**
 * Three cash machines deposit at once and no deposit is lost: the account holds
 * its own lock from reading the balance until the new one is written.
 *
 * ```sh
 * deno run examples/bank.ts
 * deno run examples/bank.ts --unsafe # without the lock: two deposits are lost
 * ```
 *
 * Each account has a lock of its own, so using one account does not block
 * another: see accounts.ts.
 *
 * Source: https://morinokabu.com/2026/01/14/python-asyncio-lock-concurrency-control,
 * "Full Code" and "Sample Execution Result".
 *
 * @module
 */

import { Lock } from "../mod.ts";

class BankAccount {
  readonly #lock = new Lock();

  constructor(public balance = 0) {}

  async deposit(amount: number, taskName: string) {
    console.log(`[${taskName}] Waiting for lock...`);
    {
      using _ = await this.#lock.acquire();
      console.log(`[${taskName}] Lock acquired. Starting process.`);
      await this.depositUnsafely(amount, taskName);
    }
    console.log(`[${taskName}] Process finished. Lock released.`);
  }

  async depositUnsafely(amount: number, taskName: string) {
    const currentValue = this.balance;
    console.log(`[${taskName}] Read balance: ${currentValue}`);
    await pause(100); // the other machines run here
    const newValue = currentValue + amount;
    this.balance = newValue;
    console.log(`[${taskName}] Updated balance: ${newValue}`);
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
