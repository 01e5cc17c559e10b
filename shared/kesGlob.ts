/**
 * Go's path.Match, step for step, since its answers differ from those of a regular expression: after a star it takes the first
 * place that fits and never goes back. `*` and `?` stop at a slash, a class does not. Undefined: the pattern is malformed.
 */
export function goMatch(pattern: string, name: string): boolean | undefined {
  let rest = [...pattern];
  let left = [...name];
  chunks: while (rest.length > 0) {
    const { star, chunk, after } = nextChunk(rest);
    rest = after;
    if (star && chunk.length === 0) return !left.includes('/');
    const here = matchChunk(chunk, left);
    if (here === 'malformed') return undefined;
    if (here && (here.length === 0 || rest.length > 0)) {
      left = here;
      continue;
    }
    for (let at = 0; star && at < left.length && left[at] !== '/'; at += 1) {
      const there = matchChunk(chunk, left.slice(at + 1));
      if (there === 'malformed') return undefined;
      if (!there || (rest.length === 0 && there.length > 0)) continue;
      left = there;
      continue chunks;
    }
    return wellFormed(rest) ? false : undefined;
  }
  return left.length === 0;
}

function wellFormed(pattern: readonly string[]): boolean {
  for (let rest = pattern; rest.length > 0; ) {
    const { chunk, after } = nextChunk(rest);
    if (matchChunk(chunk, []) === 'malformed') return false;
    rest = after;
  }
  return true;
}

/** The stars at the beginning, and what follows up to the next one. */
function nextChunk(pattern: readonly string[]): { star: boolean; chunk: string[]; after: string[] } {
  let begin = 0;
  while (pattern[begin] === '*') begin += 1;
  let inClass = false;
  let end = begin;
  for (; end < pattern.length; end += 1) {
    const sign = pattern[end];
    if (sign === '\\') end += end + 1 < pattern.length ? 1 : 0;
    else if (sign === '[') inClass = true;
    else if (sign === ']') inClass = false;
    else if (sign === '*' && !inClass) break;
  }
  return { star: begin > 0, chunk: pattern.slice(begin, end), after: pattern.slice(end) };
}

/** What is left of a name after a chunk without stars. It reads the whole chunk, so that a malformed one is always seen. */
function matchChunk(chunk: readonly string[], name: readonly string[]): string[] | undefined | 'malformed' {
  let failed = false;
  let left = 0;
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
  }
  return failed ? undefined : name.slice(left);
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
