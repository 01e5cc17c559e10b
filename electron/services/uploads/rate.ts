/** Speed of the last seconds, so that a pause or a slow start is forgotten soon. */
export interface Rate {
  /** Bytes and items done so far. */
  note(bytes: number, items: number): void;
  /** Bytes a second; undefined before there is anything to tell. */
  bytesPerSecond(): number | undefined;
  secondsLeft(bytes: number, items: number): number | undefined;
}

const windowMs = 10_000;
const leastMs = 500;
/** What one file costs beside its bytes, in bytes: of many small ones their number tells more. */
const fileCost = 32 * 1024;

export function createRate(now: () => number = Date.now): Rate {
  const notes: { at: number; bytes: number; items: number }[] = [];
  const perSecond = (cost: number): number | undefined => {
    const [first, last] = [notes[0], notes.at(-1)];
    const ms = first && last ? last.at - first.at : 0;
    if (!first || !last || ms < leastMs) return undefined;
    return Math.max(0, ((last.bytes - first.bytes + cost * (last.items - first.items)) * 1000) / ms);
  };
  return {
    note(bytes, items) {
      const at = now();
      const last = notes.at(-1);
      if (last && at - last.at < 100) return;
      notes.push({ at, bytes, items });
      while (notes[1] && at - notes[1].at > windowMs) notes.shift();
    },
    bytesPerSecond: () => perSecond(0),
    secondsLeft(bytes, items) {
      const speed = perSecond(fileCost);
      return speed ? Math.ceil((bytes + items * fileCost) / speed) : undefined;
    },
  };
}
