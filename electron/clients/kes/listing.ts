import { AppError } from '../../../shared/rpc/errors.ts';
import { forEachOf } from '../../platform/eachOf.ts';

interface Page {
  names: readonly string[] | null;
  continue_at?: string | undefined;
}

/** In the order of bytes, as KES sorts; `-` comes before all of them, and no prefix may end in it. */
const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const atOnce = 6;
/** A server that goes on and on is none. */
const mostQuestions = 10_000;
const mostNames = 1_000_000;
const longestName = 500;

/**
 * Every key name, though KES cuts each answer at 1024 and its continuation does not continue: it only tells the next name. So what
 * comes after that name is asked for by prefixes that differ from it at one place. Each of them costs the key store a whole listing:
 * `elsewhere` gives, where it is at hand, the store's own list of the same folder, which is believed when it has all that KES told.
 * Entries ending in `/` are folders of the key store, not keys.
 */
export async function listAllNames(
  ask: (prefix: string) => Promise<Page>,
  elsewhere?: () => Promise<readonly string[] | undefined>,
): Promise<string[]> {
  const found = new Set<string>();
  const isKey = (name: string): boolean => name !== '' && !name.endsWith('/');
  const sorted = (): string[] => [...found].filter(isKey).sort();

  const endless = (reason: string): AppError => new AppError('answerNotUnderstood', { host: 'KES', reason });
  let asked = 0;

  /** Adds what begins with a prefix; returns the name after which it was cut. */
  async function take(prefix: string): Promise<string | undefined> {
    asked += 1;
    if (asked > mostQuestions || found.size > mostNames) throw endless('its list of keys has no end');
    const page = await ask(prefix);
    const next = page.continue_at;
    if (next && next.length > longestName) throw endless('a name of it is too long');
    if (next && prefix !== '*' && (next === prefix || !next.startsWith(prefix))) throw endless('its list of keys goes on elsewhere');
    for (const name of page.names ?? []) found.add(name);
    if (page.continue_at) found.add(page.continue_at);
    return page.continue_at || undefined;
  }

  async function all(prefixes: readonly string[]): Promise<void> {
    await forEachOf(prefixes, atOnce, async (prefix) => {
      const next = await take(prefix);
      if (next !== undefined) await all(after(prefix, next));
    });
  }

  const next = await take('*');
  if (next === undefined) return sorted();
  const whole = new Set(await elsewhere?.());
  if ([...found].every((name) => whole.has(name))) return [...whole].filter(isKey).sort();
  await all(after('', next));
  return sorted();
}

/** Prefixes of all names from `next` on that begin with `stem`. Pure. */
function after(stem: string, next: string): string[] {
  // A name of an old server may hold what today's refuses in a prefix: up to there it leads.
  const odd = next.search(/[^\w-]/);
  const end = odd < 0 ? next.length : odd + 1;
  const prefixes = odd >= 0 ? [] : next.endsWith('-') ? below(next) : [next];
  for (let at = stem.length; at < end; at++) {
    const head = next.slice(0, at);
    for (const letter of letters) if (letter > (next[at] ?? '')) prefixes.push(head + letter);
  }
  // A lone `_` is refused as a prefix.
  return prefixes.flatMap((prefix) => (prefix === '_' ? [...below('_'), ...below('_-')] : [prefix]));
}

function below(stem: string): string[] {
  return [...letters].map((letter) => stem + letter);
}
