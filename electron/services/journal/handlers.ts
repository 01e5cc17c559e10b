import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { JournalEntry, journalProcedures } from '../../../shared/journal.ts';
import { sameCluster } from '../../../shared/projected.ts';
import { Secret } from '../../../shared/secret.ts';
import type { Text } from '../../../shared/text.ts';
import { readSealed } from '../../platform/sealedJson.ts';
import type { SealedStore } from '../../platform/sealedStore.ts';
import { createSerialQueue } from '../../platform/serialQueue.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import type { Publish } from '../../rpc/eventHub.ts';
import { after, beginning, type JournalSeal, journalSeal, macOf, type Place, parseLine, verifyLines } from './chain.ts';
import { appendLine, dropTornEnd, type JournalLines, journalSize, readJournal } from './journalFile.ts';

export interface Journal {
  handlers: DomainHandlers<typeof journalProcedures>;
  /** Adds one change that was really made (or tried and failed). Throws `fileNotWritable` and what the sealed store throws. */
  append(stackId: string | undefined, action: Text, outcome?: JournalEntry['outcome']): Promise<void>;
  /** The lines about one stack as they stand in the file, oldest first. */
  linesOf(stackId: string): Promise<string[]>;
  /** Those of them that are about one MinIO cluster, the first unless named: names of buckets repeat. */
  linesAbout(stackId: string, cluster?: string): Promise<string[]>;
}

interface JournalDeps {
  dataFolder: string;
  store: SealedStore;
  publish: Publish;
  /** Who the entries name: the user of the operating system. */
  actor: string;
}

/**
 * The journal of a data folder, one JSON line an entry. The line goes first and the head in the sealed store after it,
 * so a kill in between leaves one entry more than the head knows, which the next start adopts. While the store is
 * not open or only in memory, entries have no mac and `journal.verify` says unknown.
 */
export function createJournal({ dataFolder, store, publish, actor }: JournalDeps): Journal {
  const path = join(dataFolder, 'journal.jsonl');
  const queue = createSerialQueue();
  /** Where this engine's last entry ended, so that the whole file is not read again for every entry. */
  let known: { size: number; end: Place } | undefined;

  async function append(stackId: string | undefined, action: Text, outcome: JournalEntry['outcome']): Promise<number> {
    const { seal, end } = await whereToJoin();
    const entry = {
      v: 1 as const,
      seq: end.seq + 1,
      at: new Date().toISOString(),
      ...(stackId === undefined ? {} : { stackId }),
      actor,
      action,
      outcome,
    };
    const whole: JournalEntry = { ...entry, mac: seal === undefined ? '' : macOf(seal.key, end, entry) };
    // The key must be on disk before an entry depends on it.
    if (seal && !store.has('journal', 'seal')) await writeSeal(seal);
    const size = await appendLine(path, JSON.stringify(whole));
    known = { size, end: after(end, whole) };
    if (seal) await writeSeal({ ...seal, head: known.end });
    return whole.seq;
  }

  async function whereToJoin(): Promise<{ seal: JournalSeal | undefined; end: Place }> {
    const kept = store.durable() ? readSeal() : undefined;
    const untouched = known !== undefined && (await journalSize(path)) === known.size;
    if (known && untouched && (kept !== undefined || !store.durable())) return { seal: kept, end: known.end };
    const file = await readJournal(path);
    const seal = kept ?? (store.durable() ? newSeal(endOf(file.lines)) : undefined);
    return { seal, end: await repair(file, seal) };
  }

  /** Where the next entry joins. A damaged journal goes on after the head, so that the damage stays visible. */
  async function repair(file: JournalLines, seal: JournalSeal | undefined): Promise<Place> {
    const verdict = verifyLines(file.lines, seal);
    const sound = verdict.state === 'intact' || verdict.state === 'unknown';
    if (file.torn !== '') {
      if (sound) await dropTornEnd(path, file);
      else await appendLine(path, '');
    }
    if (sound) return verdict.end;
    const last = endOf(file.lines);
    return seal !== undefined && seal.head.seq >= last.seq ? seal.head : last;
  }

  function readSeal(): JournalSeal | undefined {
    return readSealed(store.get('journal', 'seal'), 'journal.seal', journalSeal);
  }

  async function writeSeal(seal: JournalSeal): Promise<void> {
    await store.set('journal', 'seal', new Secret(JSON.stringify(seal)));
  }

  async function list({ stackId, before, limit }: { stackId?: string | undefined; before?: number | undefined; limit: number }) {
    const { lines } = await readJournal(path);
    const mine = lines
      .map(parseLine)
      .filter((entry) => entry !== undefined)
      .filter((entry) => stackId === undefined || entry.stackId === stackId);
    const older = before === undefined ? mine : mine.filter((entry) => entry.seq < before);
    return { entries: older.slice(-limit).reverse(), total: mine.length };
  }

  async function verify() {
    const { lines } = await readJournal(path);
    const seal = store.durable() ? readSeal() : undefined;
    const verdict = verifyLines(lines, seal);
    // Entries that fit but came after the head are adopted, so that cutting them off would be found from now on.
    const adopt = seal !== undefined && (verdict.state === 'intact' || verdict.state === 'unknown') && verdict.end.seq > seal.head.seq;
    if (adopt) await writeSeal({ ...seal, head: verdict.end });
    const { state, entries, at } = verdict;
    return { state, entries, ...(at === undefined ? {} : { at }) };
  }

  function linesWhere(wanted: (entry: JournalEntry) => boolean): Promise<string[]> {
    const isWanted = (line: string): boolean => {
      const entry = parseLine(line);
      return entry !== undefined && wanted(entry);
    };
    return queue(async () => (await readJournal(path)).lines.filter(isWanted));
  }

  return {
    async append(stackId, action, outcome = 'done') {
      const seq = await queue(() => append(stackId, action, outcome));
      publish('journal.changed', { seq });
    },
    linesOf: (stackId) => linesWhere((entry) => entry.stackId === stackId),
    linesAbout: (stackId, cluster) =>
      linesWhere(({ stackId: of, action }) => of === stackId && sameCluster(action.params?.cluster?.toString(), cluster)),
    handlers: {
      'journal.list': (input) => queue(() => list(input)),
      'journal.verify': () => queue(verify),
    },
  };
}

function newSeal(start: Place): JournalSeal {
  return { key: randomBytes(32).toString('hex'), start, head: start };
}

/** Where the lines end, without judging them. */
function endOf(lines: readonly string[]): Place {
  let here = beginning;
  for (const line of lines) {
    const entry = parseLine(line);
    if (entry) here = after(here, entry);
  }
  return here;
}
