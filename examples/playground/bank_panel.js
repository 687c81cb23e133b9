// @ts-check
/** The bank, without a lock and with one, side by side. */

import { Bank, deposit, depositLocked, DURATION, EXPECTED } from "./bank.js";
import { element, find, keepDrawing, show, showCode } from "./drawing.js";
import { Timeline } from "./timeline.js";

/** @import { Step } from "./bank.js" */

/** @param {HTMLElement} panel */
export function startBankPanel(panel) {
  for (const fn of [deposit, depositLocked]) showCode(fn);
  const status = find(panel, "p", ".status");
  const prepare = () => [
    new BankView(find(panel, "article", "[data-way=unlocked]"), false),
    new BankView(find(panel, "article", "[data-way=locked]"), true),
  ];
  let views = prepare();

  find(panel, "button").addEventListener("click", () => {
    const current = views = prepare();
    show(status, "Three machines deposit 100 each.");
    for (const { bank } of current) bank.run();
    keepDrawing(() => {
      if (current !== views) return false;
      for (const view of current) view.draw();
      if (current.some(({ bank }) => !bank.done)) return true;
      show(status, current.map(({ outcome }) => outcome).join(" "));
      return false;
    });
  });
}

/** One of the two sides. */
class BankView {
  #root;
  #timeline;

  /**
   * @param {HTMLElement} root
   * @param {boolean} isLocked
   */
  constructor(root, isLocked) {
    this.bank = new Bank(isLocked);
    this.#root = root;
    this.#timeline = new Timeline(
      find(root, "div", ".timeline"),
      isLocked ? ["waiting", "inside"] : ["unlocked"],
    );
    for (const lane of this.bank.lanes) this.#timeline.add(lane);
    this.draw();
  }

  get outcome() {
    return `${this.bank.isLocked ? "With" : "Without"} a lock: ` +
      `balance ${this.bank.balance}, ${this.#verdict}.`;
  }

  get #verdict() {
    const lost = EXPECTED - this.bank.balance;
    return lost > 0 ? `${lost} lost` : "nothing lost";
  }

  draw() {
    const { balance, clock, done, steps } = this.bank;
    this.#timeline.draw(clock.now, DURATION);
    show(find(this.#root, "b", ".balance"), balance);
    const verdict = find(this.#root, "span", ".verdict");
    verdict.classList.toggle("lost", balance < EXPECTED);
    show(verdict, done ? this.#verdict : "");
    show(find(this.#root, "tbody"), steps, (steps) => steps.map(drawStep));
  }
}

/** @param {Step} step */
function drawStep({ text, balance, lost }) {
  const writtenOver = lost > 0 ? [element("mark", {}, `${lost} lost`)] : [];
  return element(
    "tr",
    {},
    element("td", {}, text),
    element("td", {}, `${balance} `, ...writtenOver),
  );
}
