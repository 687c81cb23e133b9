// @ts-check
/** Three cash machines at one account, with a lock and without. */

// @ts-types="../../mod.ts"
import { Lock } from "./holdfast.js";
import { Clock, Lane, pause } from "./lane.js";

const MACHINES = ["ATM-A", "ATM-B", "ATM-C"];
const APART = 300;
const ANSWER_TAKES = 900;

/** How long it takes one machine after the other, and a little longer. */
export const DURATION = ANSWER_TAKES * MACHINES.length + 500;

/** What the machines should come to. */
export const EXPECTED = 100 * MACHINES.length;

const askBank = () => pause(ANSWER_TAKES);

/** @param {Account} account */
export async function deposit(account) {
  const before = account.balance;
  await askBank(); // others run here
  account.balance = before + 100;
}

/**
 * @param {Account} account
 * @param {Lock} lock
 */
export function depositLocked(account, lock) {
  return lock.run(() => deposit(account));
}

/**
 * @typedef {object} Step
 * @property {string} text
 * @property {number} balance
 * @property {number} lost How much of the others' money is written over.
 */

/** One run of all machines. */
export class Bank {
  clock = new Clock();
  balance = 0;
  /** @type {Step[]} */
  steps = [];
  done = false;
  #lock = new Lock();
  #machines = MACHINES.map((name) => new Lane(name, this.clock));
  #balances = new Lane("Balance", this.clock);
  lanes = [...this.#machines, this.#balances];

  /** @param {boolean} isLocked */
  constructor(isLocked) {
    this.isLocked = isLocked;
  }

  async run() {
    this.clock.start();
    this.#balances.begin("balance", "0");
    await Promise.all(this.#machines.map(async (machine, i) => {
      await pause(i * APART);
      const account = new Account(this, machine);
      if (!this.isLocked) return deposit(account);
      machine.begin("waiting");
      return depositLocked(account, this.#lock);
    }));
    this.#balances.end({ to: DURATION });
    this.done = true;
  }

  /** @param {number} balance */
  write(balance) {
    this.balance = balance;
    this.#balances.begin("balance", `${balance}`);
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
    this.#machine.begin(
      this.#bank.isLocked ? "inside" : "unlocked",
      `${this.#read} → …`,
    );
    this.#note(`reads ${this.#read}`, 0);
    return this.#read;
  }

  set balance(balance) {
    const lost = this.#bank.balance - this.#read;
    this.#bank.write(balance);
    this.#machine.end({ text: `${this.#read} → ${balance}` });
    this.#note(`writes ${balance}`, lost);
  }

  /**
   * @param {string} action
   * @param {number} lost
   */
  #note(action, lost) {
    const { balance, steps } = this.#bank;
    steps.push({ text: `${this.#machine.name} ${action}`, balance, lost });
  }
}
