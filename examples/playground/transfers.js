// @ts-check
/** Two transfers, each of which needs both accounts: a deadlock and its cure. */

// @ts-types="../../mod.ts"
import { KeyedLock } from "./holdfast.js";
import { Lane } from "./lane.js";
import { Scenario } from "./scenario.js";

/** @import { Move } from "./run.js" */

const APART = 400;
const ANSWER_TAKES = 900;

/** @param {Transfer} transfer */
const askBank = (transfer) => transfer.ask();

/**
 * @param {Transfer} transfer
 * @param {KeyedLock} locks
 */
export async function nested(transfer, locks) {
  const { from, to, pay } = transfer;
  await locks.run(from, async () => {
    // The other transfer runs here.
    await askBank(transfer);
    await locks.run(to, pay);
  });
}

/**
 * @param {Transfer} transfer
 * @param {KeyedLock} locks
 */
export async function allAtOnce(transfer, locks) {
  const { from, to, pay } = transfer;
  const keys = [from, to];
  const both = await locks.acquireAll(keys);
  try {
    await askBank(transfer);
    pay();
  } finally {
    both.release();
  }
}

/** One run of both transfers. */
export class Transfers extends Scenario {
  locks = new KeyedLock();
  #transfers;
  /** A lane for each account, which shows who holds its lock. */
  #accounts;

  /**
   * @param {boolean} isNested
   * @param {Move[]} moves
   */
  constructor(isNested, moves) {
    super(moves);
    this.isNested = isNested;
    this.#transfers = [
      new Transfer(this, 1, "Ann", "Bob"),
      new Transfer(this, 2, "Bob", "Ann"),
    ];
    this.#accounts = new Map(["Ann", "Bob"].map((account) => {
      const lane = new Lane(`${account}’s lock`, this.clock);
      lane.acts = false;
      return [account, lane];
    }));
    this.lanes = [
      ...this.#transfers.map(({ lane }) => lane),
      ...this.#accounts.values(),
    ];
    this.#transfers.forEach((transfer, i) => {
      this.clock.after(i * APART, () => transfer.start(), transfer.lane);
    });
  }

  /** @override */
  get result() {
    const count = this.#transfers.length;
    const done = this.#transfers.filter(({ lane }) => lane.ended).length;
    const stuck = "deadlock: each waits for the other";
    return {
      before: "Paid",
      value: done,
      after: `of ${count}`,
      verdict: !this.isOver ? "" : done < count ? stuck : "both went through",
      isBad: done < count,
    };
  }

  /**
   * @param {Lane} lane
   * @param {string} action
   */
  tell(lane, action) {
    this.note(lane, action, this.#showHolders().join(", "));
    if (this.#transfers.every(({ holdsAndWaits }) => holdsAndWaits)) {
      this.#transfers.forEach((transfer) => transfer.getStuck());
    }
  }

  /** @returns Who holds which account, in words. */
  #showHolders() {
    return [...this.#accounts].map(([account, lane]) => {
      const holder = this.#transfers.find(({ held }) => held.includes(account));
      const name = holder?.lane.name ?? "";
      if (name === "") lane.end();
      else if (name !== lane.text) lane.begin("held", name);
      return `${account}: ${name || "nobody"}`;
    });
  }
}

/** One transfer, which notes what it does. */
class Transfer {
  /** @type {string[]} */
  held = [];
  #run;

  /**
   * @param {Transfers} run
   * @param {number} number
   * @param {string} from
   * @param {string} to
   */
  constructor(run, number, from, to) {
    this.#run = run;
    this.from = from;
    this.to = to;
    this.lane = new Lane(`Transfer ${number}`, run.clock);
  }

  start() {
    const { isNested, locks } = this.#run;
    const at = isNested ? "await locks.run(from" : "locks.acquireAll(";
    this.lane.begin("waiting", "waits", at);
    return isNested ? nested(this, locks) : allAtOnce(this, locks);
  }

  async ask() {
    const { clock, isNested } = this.#run;
    this.held = isNested ? [this.from] : [this.from, this.to];
    const text = isNested ? `has ${this.from}` : "has both";
    this.lane.begin("inside", text, "await askBank(");
    this.#run.tell(this.lane, `takes ${this.held.join(" and ")}`);
    await clock.pause(ANSWER_TAKES, this.lane);
    if (!isNested) return;
    this.#wait("waiting");
    this.#run.tell(this.lane, `asks for ${this.to}`);
  }

  get holdsAndWaits() {
    return this.held.length > 0 && this.lane.kind === "waiting";
  }

  getStuck() {
    this.#wait("stuck");
  }

  pay = () => {
    this.held = [];
    this.lane.end();
    this.#run.tell(this.lane, "pays, and is done");
  };

  /** @param {"waiting" | "stuck"} kind */
  #wait(kind) {
    this.lane.begin(kind, `waits for ${this.to}`, "await locks.run(to");
  }
}
