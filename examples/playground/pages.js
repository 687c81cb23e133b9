// @ts-check
/** Pages that all need the settings: a request each, or one for all of them. */

// @ts-types="../../mod.ts"
import { once } from "./holdfast.js";
import { Lane } from "./lane.js";
import { Scenario } from "./scenario.js";

/** @import { Move } from "./run.js" */

const COME = [0, 400, 800, 1600];
const ANSWER_TAKES = 1200;
const SHOWN_FOR = 600;

/** @param {Server} server */
export function askEachTime(server) {
  return () => server.fetchSettings();
}

/** @param {Server} server */
export function askOnce(server) {
  return once(() => server.fetchSettings());
}

/**
 * @param {Page} page
 * @param {() => Promise<string>} getSettings
 */
export async function open(page, getSettings) {
  const settings = await getSettings();
  await page.show(settings);
}

/** One run of all pages. */
export class Pages extends Scenario {
  #server;
  #pages;
  #isOnce;

  /**
   * @param {boolean} isOnce
   * @param {boolean} firstFails
   * @param {Move[]} moves
   */
  constructor(isOnce, firstFails, moves) {
    super(moves);
    this.#isOnce = isOnce;
    this.#server = new Server(this, firstFails);
    this.#pages = COME.map((_, i) => new Page(this, `Page ${i + 1}`));
    const getSettings = isOnce
      ? askOnce(this.#server)
      : askEachTime(this.#server);
    COME.forEach((time, i) => {
      const page = this.#pages[i];
      this.clock.after(time, () => page?.start(getSettings), page?.lane);
    });
    this.lanes = [...this.#pages.map(({ lane }) => lane), this.#server.lane];
  }

  /** @override */
  get result() {
    const { requests } = this.#server;
    return {
      before: "Sent",
      value: requests,
      after: `${
        requests === 1 ? "request" : "requests"
      } for ${this.#pages.length} pages`,
      verdict: this.isOver ? this.#verdict : "",
      isBad: !this.#isOnce,
    };
  }

  get #verdict() {
    const failed = this.#pages.filter(({ failed }) => failed).length;
    if (failed === 0) return this.#isOnce ? "one was enough" : "one per page";
    return this.#isOnce
      ? `${failed} failed with the first, the next one asked again`
      : `${failed} failed`;
  }

  /**
   * @param {Lane} lane
   * @param {string} action
   */
  tell(lane, action) {
    this.note(lane, action, `${this.#server.requests}`);
  }
}

/** It answers late, and fails at first if asked to. */
class Server {
  requests = 0;
  #open = 0;
  #run;
  #firstFails;

  /**
   * @param {Pages} run
   * @param {boolean} firstFails
   */
  constructor(run, firstFails) {
    this.#run = run;
    this.#firstFails = firstFails;
    this.lane = new Lane("Server", run.clock);
  }

  async fetchSettings() {
    const number = ++this.requests;
    this.#change(+1);
    this.#run.tell(this.lane, `gets request ${number}`);
    await this.#run.clock.pause(ANSWER_TAKES, this.lane);
    this.#change(-1);
    const fails = this.#firstFails && number === 1;
    this.#run.tell(this.lane, `${fails ? "refuses" : "answers"} ${number}`);
    if (fails) throw new Error("Busy");
    return "dark mode";
  }

  /** @param {number} change */
  #change(change) {
    this.#open += change;
    if (this.#open > 0) this.lane.begin("request", `${this.#open}`);
    else this.lane.end();
  }
}

/** It waits for the settings and shows them. */
class Page {
  failed = false;
  #run;

  /**
   * @param {Pages} run
   * @param {string} name
   */
  constructor(run, name) {
    this.#run = run;
    this.lane = new Lane(name, run.clock);
  }

  /** @param {() => Promise<string>} getSettings */
  async start(getSettings) {
    this.lane.begin("waiting", "waits", "await getSettings(");
    try {
      await open(this, getSettings);
    } catch {
      this.failed = true;
      this.lane.end({ kind: "failed", text: "failed" });
      this.#run.tell(this.lane, "gets the error");
    }
  }

  /** @param {string} settings */
  async show(settings) {
    this.lane.begin("shown", "ok", "await page.show(");
    this.#run.tell(this.lane, `shows ${settings}`);
    await this.#run.clock.pause(SHOWN_FOR, this.lane);
    this.lane.end();
  }
}
