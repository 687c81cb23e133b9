/**
 * A queue does the work of a lock: tasks hand in their orders, and the only worker
 * that touches the stock takes one after the other.
 *
 * ```sh
 * deno run examples/queue.ts
 * ```
 *
 * Take a queue if the tasks need not wait for the result, or if locking spreads
 * over many functions. The data has one owner, so there is nothing to lock, and
 * no deadlock. Take a lock if a task has to go on with the result.
 *
 * Source: Sling Academy, "Understanding asyncio.Lock in Python: Explained with
 * examples", "Best Practices and Tips".
 *
 * @module
 */

interface Order {
  customer: string;
  apples: number;
}

const { readable: orders, writable } = new TransformStream<Order, Order>();
const queue = writable.getWriter();

async function worker() {
  let apples = 10;
  for await (const order of orders) {
    const before = apples;
    await pause(10); // nobody else can change the stock meanwhile
    if (order.apples > before) {
      console.log(`${order.customer}: ${order.apples} apples are too many`);
      continue;
    }
    apples = before - order.apples;
    console.log(`${order.customer}: ${order.apples} apples, ${apples} left`);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const work = worker();
await Promise.all([
  queue.write({ customer: "Ann", apples: 4 }),
  queue.write({ customer: "Bob", apples: 7 }),
  queue.write({ customer: "Eve", apples: 5 }),
]);
await queue.close();
await work;
