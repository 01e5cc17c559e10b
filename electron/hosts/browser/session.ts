import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

interface Token {
  digest: Buffer;
  settled: Promise<boolean>;
  settle(used: boolean): void;
  timer: NodeJS.Timeout;
}

/** One-time tokens and the bearers they are exchanged for. Only digests are kept; all end with the engine. */
export interface Sessions {
  issue(): { token: string };
  exchange(token: string): { bearer: string } | undefined;
  check(bearer: string): boolean;
  /** Resolves true when the token was used, false when it never will be. */
  settled(token: string): Promise<boolean>;
  close(): void;
}

/** Long enough to carry an address through an SSH forward by hand. */
const tokenMs = 600_000;
const maxTokens = 64;
const maxBearers = 256;

export function createSessions(lifeMs = tokenMs): Sessions {
  const tokens: Token[] = [];
  const bearers: Buffer[] = [];
  const drop = (token: Token, used: boolean): void => {
    const at = tokens.indexOf(token);
    if (at >= 0) tokens.splice(at, 1);
    clearTimeout(token.timer);
    token.settle(used);
  };
  // Every entry is compared, so that the time tells nothing about which one was near.
  const find = (value: string): Token | undefined => {
    const wanted = digest(value);
    let found: Token | undefined;
    for (const token of tokens) if (timingSafeEqual(token.digest, wanted)) found = token;
    return found;
  };

  return {
    issue() {
      const token = randomBytes(32).toString('base64url');
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const entry: Token = {
        digest: digest(token),
        settled: promise,
        settle: resolve,
        timer: setTimeout(() => drop(entry, false), lifeMs),
      };
      entry.timer.unref();
      tokens.push(entry);
      const oldest = tokens[0];
      if (tokens.length > maxTokens && oldest) drop(oldest, false);
      return { token };
    },
    exchange(value) {
      const token = find(value);
      if (!token) return undefined;
      drop(token, true);
      const bearer = randomBytes(32).toString('base64url');
      bearers.push(digest(bearer));
      if (bearers.length > maxBearers) bearers.shift();
      return { bearer };
    },
    check(value) {
      const wanted = digest(value);
      let found = false;
      for (const bearer of bearers) if (timingSafeEqual(bearer, wanted)) found = true;
      return found;
    },
    settled: (value) => find(value)?.settled ?? Promise.resolve(true),
    close() {
      for (const token of [...tokens]) drop(token, false);
      bearers.length = 0;
    },
  };
}

function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
