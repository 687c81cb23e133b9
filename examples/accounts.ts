/**
 * Two accounts with a lock each do not hold each other up. With one global lock
 * for both, the second machine waits for the first for no reason.
 *
 * ```sh
 * deno run examples/accounts.ts
 * ```
 *
 * Source: https://morinokabu.com/2026/01/14/python-asyncio-lock-concurrency-control,
 * "Global Variables vs Class Members".
 *
 * @module
 */

import { Lock } from "../mod.ts";

class BankAccount {
  balance = 0;
  readonly #lock: Lock;

  constructor(readonly name: string, lock = new Lock()) {
    this.#lock = lock;
  }

  async deposit(amount: number, taskName: string) {
    using _ = await this.#lock.acquire();
    console.log(`[${taskName}] Lock acquired for ${this.name}`);
    const currentValue = this.balance;
    await pause(100);
    this.balance = currentValue + amount;
    console.log(`[${taskName}] Updated balance: ${this.balance}`);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function main(account1: BankAccount, account2: BankAccount) {
  await Promise.all([
    account1.deposit(100, "ATM-A"),
    account2.deposit(100, "ATM-B"),
  ]);
}

console.log("--- One global lock ---");
const lock = new Lock();
await main(
  new BankAccount("Account-1", lock),
  new BankAccount("Account-2", lock),
);

console.log("--- A lock for each account ---");
await main(new BankAccount("Account-1"), new BankAccount("Account-2"));
