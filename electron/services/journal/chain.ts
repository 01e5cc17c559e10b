import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import { type JournalEntry, journalEntry } from '../../../shared/journal.ts';

/** A place in the journal: the number of an entry and the digest over everything up to it. `seq` 0: before the first. */
const place = z.strictObject({ seq: z.int().nonnegative(), digest: z.string() });
export type Place = z.infer<typeof place>;

/** What the sealed store remembers of the journal. Entries up to `start` were there before it could protect them. */
export const journalSeal = z.strictObject({ key: z.string(), start: place, head: place });
export type JournalSeal = z.infer<typeof journalSeal>;

export const beginning: Place = { seq: 0, digest: '' };

type Unsealed = Omit<JournalEntry, 'mac'>;

/** HMAC-SHA256 over all entries before and this one, hex. */
export function macOf(key: string, before: Place, entry: Unsealed): string {
  return createHmac('sha256', Buffer.from(key, 'hex'))
    .update(`${before.digest}\n${canonical(entry)}`)
    .digest('hex');
}

export function after(before: Place, entry: JournalEntry): Place {
  const digest = createHash('sha256')
    .update(`${before.digest}\n${canonical(entry)}\n${entry.mac}`)
    .digest('hex');
  return { seq: entry.seq, digest };
}

/** The same bytes for the same entry, however its JSON was written. */
function canonical({ seq, at, stackId, actor, action, outcome }: Unsealed): string {
  const params = Object.entries(action.params ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([seq, at, stackId ?? null, actor, action.code, params, outcome]);
}

/** One line of the file; `undefined` when it is not an entry. */
export function parseLine(line: string): JournalEntry | undefined {
  try {
    return journalEntry.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

export interface Verdict {
  state: 'intact' | 'altered' | 'cut' | 'unknown';
  entries: number;
  at?: number;
  /** Where the file ends, as far as it fits. */
  end: Place;
}

/**
 * Walks the lines against what the sealed store remembers. More sealed entries than the head knows are fine when they
 * fit: a kill can come between the line and the head. Entries without a mac are never called intact.
 */
export function verifyLines(lines: readonly string[], seal: JournalSeal | undefined): Verdict {
  const result = (state: Verdict['state'], end: Place, at?: number): Verdict => ({
    state,
    entries: lines.length,
    end,
    ...(at === undefined ? {} : { at }),
  });
  let unprotected = seal === undefined || seal.start.seq > 0;
  let here = beginning;
  for (const line of lines) {
    const entry = parseLine(line);
    const expected = here.seq + 1;
    if (entry?.seq !== expected) return result('altered', here, expected);
    const before = here;
    here = after(before, entry);
    if (seal === undefined) continue;
    if (entry.mac === '') unprotected = true;
    else if (entry.seq > seal.start.seq && entry.mac !== macOf(seal.key, before, entry)) return result('altered', before, expected);
    for (const known of [seal.start, seal.head]) {
      if (known.seq === here.seq && known.digest !== here.digest) return result('altered', before, expected);
    }
  }
  if (seal !== undefined && here.seq < seal.head.seq) return result('cut', here, expectedAfter(here));
  return result(unprotected ? 'unknown' : 'intact', here);
}

function expectedAfter({ seq }: Place): number {
  return seq + 1;
}
