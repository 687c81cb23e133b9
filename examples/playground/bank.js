// @ts-check
/** Three cash machines at one account, with a lock and without. */

// @ts-types="../../mod.ts"
import { Lock } from "./holdfast.js";
import { Lane } from "./lane.js";
import { Scenario } from "./scenario.js";

/** @import { Move } from "./run.js" */

const MACHINES = ["ATM-A", "ATM-B", "ATM-C"];
const APART = 400;
const ANSWER_TAKES = 900;

/** What the machines should come to. */
const EXPECTED = 100 * MACHINES.length;

/** @param {Account} account */
const askBank = (account) => account.ask();

/** @param {Account} account */
export async function deposit(account) {
  const before = account.balance;
  // Others run here.
  await askBank(account);
  account.balance = before + 100;
}

/**
 * @param {Account} account
 * @param {Lock} lock
 */
export async function depositLocked(account, lock) {
  await lock.run(async () => {
    const before = account.balance;
    // Others wait for the lock.
    await askBank(account);
    account.balance = before + 100;
  });
}

/** One run of all machines. */
export class Bank extends Scenario {
  balance = 0;
  #lock = new Lock();
  #balances = new Lane("Balance", this.clock);

  /**
   * @param {boolean} isLocked
   * @param {Move[]} moves
   */
  constructor(isLocked, moves) {
    super(moves);
    this.isLocked = isLocked;
    const machines = MACHINES.map((name) => new Lane(name, this.clock));
    this.lanes = [...machines, this.#balances];
    this.#balances.acts = false;
    this.#balances.begin("balance", "0");
    machines.forEach((machine, i) => {
      this.clock.after(i * APART, () => this.#start(machine), machine);
    });
  }

  /** @override */
  get result() {
    const lost = EXPECTED - this.balance;
    return {
      before: "Balance",
      value: this.balance,
      after: `of ${EXPECTED}`,
      verdict: !this.isOver ? "" : lost > 0 ? `${lost} lost` : "nothing lost",
      isBad: lost > 0,
    };
  }

  /** @param {number} balance */
  write(balance) {
    this.balance = balance;
    this.#balances.begin("balance", `${balance}`);
  }

  /** @param {Lane} machine */
  #start(machine) {
    const account = new Account(this, machine);
    if (!this.isLocked) return deposit(account);
    machine.begin("waiting", "waits", "await lock.run(");
    return depositLocked(account, this.#lock);
  }
}

/** The account as one machine sees it, which notes what that machine does. */
class Account {
  #bank;
  #machine;
  #read = 0;

  /**
   * @param {Bank} bank
   * @param {Lane} machine
   */
  constructor(bank, machine) {
    this.#bank = bank;
    this.#machine = machine;
  }

  get balance() {
    this.#read = this.#bank.balance;
    this.#note(`reads ${this.#read}`);
    return this.#read;
  }

  set balance(balance) {
    const lost = this.#bank.balance - this.#read;
    this.#bank.write(balance);
    this.#machine.end({ text: `${this.#read} → ${balance}` });
    this.#note(`writes ${balance}`, lost > 0 ? `${lost} lost` : "");
  }

  ask() {
    this.#machine.begin(
      this.#bank.isLocked ? "inside" : "unlocked",
      `${this.#read} → …`,
      "await askBank(",
    );
    return this.#bank.clock.pause(ANSWER_TAKES, this.#machine);
  }

  /**
   * @param {string} action
   * @param {string} [fault]
   */
  #note(action, fault) {
    const { balance } = this.#bank;
    this.#bank.note(this.#machine, action, `${balance}`, fault);
  }
}
