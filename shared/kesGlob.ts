/** A rule that is longer is nobody's, and would be searched for a long time. */
const longest = 4_000;

/**
 * Go's path.Match, step for step, since its answers differ from those of a regular expression: after a star it takes the first
 * place that fits and never goes back. `*` and `?` stop at a slash, a class does not. Undefined: the pattern is malformed.
 */
export function goMatch(pattern: string, name: string): boolean | undefined {
  if (pattern.length > longest) return undefined;
  const chunks = chunksOf([...pattern]);
  // Go reads the rest of a pattern as well before it says no.
  if (chunks.some(({ signs }) => matchChunk(signs, [], 0) === 'malformed')) return undefined;
  const letters = [...name];
  let left = 0;
  for (const [at, { star, signs }] of chunks.entries()) {
    const last = at === chunks.length - 1;
    if (star && signs.length === 0) return !letters.includes('/', left);
    let found = matchChunk(signs, letters, left);
    if (last && found !== letters.length) found = undefined;
    for (let from = left; found === undefined && star && from < letters.length && letters[from] !== '/'; from += 1) {
      const there = matchChunk(signs, letters, from + 1);
      if (!last || there === letters.length) found = there;
    }
    if (typeof found !== 'number') return false;
    left = found;
  }
  return left === letters.length;
}

interface Chunk {
  /** A star stands before it. */
  star: boolean;
  signs: readonly string[];
}

/** What stands between stars. */
function chunksOf(pattern: readonly string[]): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 0; at < pattern.length; ) {
    const begin = at;
    while (pattern[at] === '*') at += 1;
    const from = at;
    let inClass = false;
    for (; at < pattern.length; at += 1) {
      const sign = pattern[at];
      if (sign === '\\') at += at + 1 < pattern.length ? 1 : 0;
      else if (sign === '[') inClass = true;
      else if (sign === ']') inClass = false;
      else if (sign === '*' && !inClass) break;
    }
    chunks.push({ star: from > begin, signs: pattern.slice(from, at) });
  }
  return chunks;
}

/** Where a name goes on after a chunk without stars that fits from there. It reads the whole chunk where nothing is left of the name. */
function matchChunk(chunk: readonly string[], name: readonly string[], from: number): number | undefined | 'malformed' {
  let failed = false;
  let left = from;
  const take = (): string | undefined => {
    if (left >= name.length) failed = true;
    if (failed) return undefined;
    left += 1;
    return name[left - 1];
  };
  for (let at = 0; at < chunk.length; at += 1) {
    const sign = chunk[at];
    if (sign === '[') {
      const found = readClass(chunk, at + 1, take());
      if (found === undefined) return 'malformed';
      at = found.end;
      if (!found.matches) failed = true;
    } else if (sign === '?') {
      if (take() === '/') failed = true;
    } else {
      if (sign === '\\') at += 1;
      if (at >= chunk.length) return 'malformed';
      if (take() !== chunk[at]) failed = true;
    }
    // A malformed one was found before, with no name at all.
    if (failed && name.length > 0) return undefined;
  }
  return failed ? undefined : left;
}

function readClass(chunk: readonly string[], from: number, sign: string | undefined): { end: number; matches: boolean } | undefined {
  let at = from;
  const negated = chunk[at] === '^';
  if (negated) at += 1;
  const letter = (): string | undefined => {
    if (chunk[at] === '-' || chunk[at] === ']') return undefined;
    if (chunk[at] === '\\') at += 1;
    const found = chunk[at];
    at += 1;
    // A class must be closed, so something follows.
    return at < chunk.length ? found : undefined;
  };
  let matches = false;
  for (let ranges = 0; !(chunk[at] === ']' && ranges > 0); ranges += 1) {
    const low = letter();
    if (low === undefined) return undefined;
    let high = low;
    if (chunk[at] === '-') {
      at += 1;
      const end = letter();
      if (end === undefined) return undefined;
      high = end;
    }
    if (sign !== undefined && number(low) <= number(sign) && number(sign) <= number(high)) matches = true;
  }
  return { end: at, matches: matches !== negated };
}

function number(sign: string): number {
  return sign.codePointAt(0) ?? 0;
}
