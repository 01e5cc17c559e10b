import { journalEntry } from '../../../shared/journal.ts';

/** When the rule of a bucket that has none now was removed from here, as the journal's lines say; undefined: somebody else did, or there never was one. */
export function ruleGoneAt(lines: readonly string[], bucket: string): string | undefined {
  let gone: string | undefined;
  for (const line of lines) {
    if (!line.includes('bucketDid')) continue;
    const { action, outcome, at } = journalEntry.safeParse(parsed(line)).data ?? {};
    if (!action || outcome !== 'done' || action.params?.bucket !== bucket) continue;
    if (action.code === 'bucketDidRemoveRule') gone = at;
    if (action.code === 'bucketDidRule') gone = undefined;
  }
  return gone;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
