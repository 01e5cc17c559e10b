/** How many pages at first, by default, and at most; `options.inFlight` is another most. */
const begin = 2;
const usual = 4;
const most = 16;
const windowMs = 250;
/** So much more must come of more pages at once, and none may take much longer: else they only wait for each other. */
const pays = 1.1;
const holds = 1.3;
/** Ms in which a page should come: longer ones are asked for in smaller portions. */
const pageMs = 1000;
const smallest = 100;

/**
 * How many pages are asked for at once, and how big. At first one more with each page that took no longer than those before
 * it: where a server only waits (for the network, for KES) a bucket is half read before rates can be compared. Then climbs while the rate of objects grows with it, goes back where it does
 * not, and tries again now and then. Knows no clock of its own.
 */
export interface Flow {
  readonly limit: number;
  readonly pageSize: number;
  /** A page came: its objects, its ms. `full`: as many were under way as may be. */
  landed(objects: number, ms: number, full: boolean, now: number): void;
  /** The server asked for less. */
  slower(now: number): void;
}

export function createFlow(ceiling: number = most): Flow {
  let limit = Math.min(begin, ceiling);
  let pageSize = 1000;
  /** The rate of a limit before this one was tried, to go back to. */
  let before: { limit: number; rate: number; perObject: number } | undefined;
  let climbing = true;
  let starting = true;
  let quietUntil = 0;
  let held = 0;
  let heldRate = 0;
  let perObject = Infinity;
  let window = { since: -1, objects: 0, pages: 0, full: 0, ms: 0 };

  function restart(now: number): void {
    window = { since: now, objects: 0, pages: 0, full: 0, ms: 0 };
  }

  function judge(rate: number, took: number, now: number): void {
    if (climbing) {
      const paid = !before || limit <= usual || (rate > before.rate * pays && took < before.perObject * holds);
      if (!paid) {
        limit = before?.limit ?? limit;
        climbing = false;
        held = 0;
        heldRate = 0;
      } else if (limit < ceiling) {
        before = { limit, rate, perObject: took };
        limit = Math.min(ceiling, limit < usual ? usual : Math.ceil(limit * 1.5));
      } else climbing = false;
      return;
    }
    held++;
    if (rate < heldRate * 0.6 && limit > begin) {
      // It became slower all by itself: others need the server, so less is asked of it.
      limit--;
      heldRate = rate;
    } else heldRate = heldRate === 0 ? rate : heldRate * 0.8 + rate * 0.2;
    if (held < 24 || limit >= ceiling || now < quietUntil) return;
    before = { limit, rate: heldRate, perObject: took };
    limit = Math.min(ceiling, limit + 2);
    climbing = true;
  }

  /** One more for each page that came as fast as the best one: its time is not spent in a queue. */
  function startUp(objects: number, ms: number, full: boolean): void {
    if (ms / objects > perObject * holds) starting = false;
    else if (full) limit = Math.min(ceiling, limit + 1);
    if (limit >= ceiling) starting = false;
  }

  return {
    get limit() {
      return limit;
    },
    get pageSize() {
      return pageSize;
    },
    landed(objects, ms, full, now) {
      if (objects >= smallest / 2) {
        // The best seen is what the server needs without a queue; it is forgotten slowly.
        perObject = Math.min(perObject * 1.005, ms / objects);
        pageSize = Math.max(smallest, Math.min(1000, Math.round(pageMs / perObject)));
        if (starting && objects >= pageSize / 2) startUp(objects, ms, full);
      }
      if (starting) return;
      if (window.since < 0) restart(now - ms);
      window.objects += objects;
      window.ms += ms;
      window.pages++;
      if (full) window.full++;
      const took = now - window.since;
      if (window.pages < Math.max(3, limit) || took < windowMs) return;
      // Where there was not enough to ask for, nothing is learned of the limit.
      if (window.full * 4 >= window.pages * 3) judge(window.objects / took, window.ms / Math.max(1, window.objects), now);
      restart(now);
    },
    slower(now) {
      limit = Math.max(1, Math.floor(limit / 2));
      starting = false;
      climbing = false;
      before = undefined;
      held = 0;
      heldRate = 0;
      quietUntil = now + 10_000;
      restart(now);
    },
  };
}
