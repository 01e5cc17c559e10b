import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';
import { stepIds } from '../../../shared/setup.ts';
import { type Stack, stack, stackId, type stackProcedures, type stackSummary } from '../../../shared/stacks.ts';
import { say, type Text } from '../../../shared/text.ts';
import type { StackFolder, StackSecrets } from '../../jobs/step.ts';
import { readJsonFile, writeJsonFile } from '../../platform/atomicFile.ts';
import type { Log } from '../../platform/log.ts';
import type { SealedStore } from '../../platform/sealedStore.ts';
import { createSerialQueue } from '../../platform/serialQueue.ts';
import { readDocumentFile } from '../../platform/storedDocument.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import type { Publish } from '../../rpc/eventHub.ts';
import { removedIds } from './removal.ts';
import { stackForm } from './stackDocument.ts';
import { createStackFolder } from './stackFolder.ts';
import { collide } from './stackTree.ts';

type Summary = z.infer<typeof stackSummary>;
interface Damaged {
  id: string;
  error: { code: string; details: AppError['details'] };
}

export interface NewStack {
  name: string;
  /** The id that it had elsewhere; it gets another one where this is taken. */
  id?: string;
  /** Left out: a lab, unless `fill` says otherwise. */
  origin?: Stack['origin'];
  /** Where the files of a lab go. Left out: the stack's own place in the data folder. */
  folder?: string;
  /** What it holds from the start, by its id. */
  fill?(document: Stack): Stack;
  /** Must be on disk before the stack is listed: a kill in between leaves nothing half-made. */
  before?(document: Stack): Promise<void>;
}

export interface Stacks {
  /** The others are of `keeping.ts`. */
  handlers: DomainHandlers<Pick<typeof stackProcedures, 'stacks.list' | 'stacks.get' | 'stacks.readOnly'>>;
  /** Oldest first. A document that cannot be read is left out and logged; `get` says what is wrong with it. */
  list(): Promise<Summary[]>;
  /** Throws `stackUnknown`, `fileDamaged`, `fileNewer`. */
  get(id: string): Promise<Stack>;
  create(wanted: NewStack): Promise<Stack>;
  save(document: Stack): Promise<void>;
  /** Reads, changes and saves as one; two changes of one stack never overtake each other. */
  update(id: string, change: (document: Stack) => Stack): Promise<Stack>;
  /** The engine's own files about a stack (`stack.json`, `setup.json`, …), apart from the files of its servers. */
  stateFolder(id: string): string;
  folderOf(document: Stack): StackFolder;
  secretsOf(id: string): StackSecrets;
}

interface StacksDeps {
  dataFolder: string;
  store: SealedStore;
  publish: Publish;
  log: Log;
  journal(stackId: string, action: Text): Promise<void>;
}

/** What the list needs of a set-up; the set-up itself owns that file. */
const setupSummary = z.object({ steps: z.array(z.object({ state: z.string() })) });

/** The documents of all stacks in the data folder, read anew each time and written atomically. */
export function createStacks({ dataFolder, store, publish, log, journal }: StacksDeps): Stacks {
  const root = join(dataFolder, 'stacks');
  const queue = createSerialQueue();
  const stateFolder = (id: string): string => {
    if (!stackId.safeParse(id).success) throw new AppError('stackUnknown', { id: id.slice(0, 80) });
    return join(root, id);
  };
  const fileOf = (id: string): string => join(stateFolder(id), 'stack.json');

  function find(id: string): Promise<Stack | undefined> {
    return readDocumentFile(fileOf(id), stackForm);
  }

  async function get(id: string): Promise<Stack> {
    const found = await find(id);
    if (found === undefined) throw new AppError('stackUnknown', { id });
    return found;
  }

  async function write(document: Stack): Promise<void> {
    await writeJsonFile(fileOf(document.id), stack.parse(document));
    publish('stacks.changed', { id: document.id });
  }

  async function summary(found: Stack): Promise<Summary> {
    const { id, name, origin, folder, createdAt, draft, readOnly } = found;
    // Servers of a stack can be stopped whatever became of the record of its set-up.
    const setup = await readJsonFile(join(stateFolder(id), 'setup.json'), setupSummary).catch((error: unknown) => {
      log.error('setup.unreadable', { id, error });
      return undefined;
    });
    const steps = setup?.steps ?? [];
    const proven = steps.filter((step) => step.state === 'proven').length;
    // What this stack has no use for is no part of the whole.
    const skipped = steps.filter((step) => step.state === 'skipped').length;
    return {
      id,
      name,
      origin,
      folder,
      createdAt,
      draft,
      readOnly,
      setup: { proven, total: Math.max(steps.length, stepIds.length) - skipped },
    };
  }

  async function listAll(): Promise<{ stacks: Summary[]; damaged: Damaged[] }> {
    const names = await readdir(root).catch(() => []);
    const stacks: Summary[] = [];
    const damaged: Damaged[] = [];
    for (const id of names.filter((name) => stackId.safeParse(name).success)) {
      try {
        const found = await find(id);
        if (found !== undefined) stacks.push(await summary(found));
      } catch (error) {
        log.error('stack.unreadable', { id, error });
        if (error instanceof AppError) damaged.push({ id, error: error.frame });
      }
    }
    return { stacks: stacks.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id)), damaged };
  }

  const list = async (): Promise<Summary[]> => (await listAll()).stacks;

  async function create({ name, id: wanted, origin = 'lab', folder, fill, before }: NewStack): Promise<Stack> {
    const other = folder === undefined ? undefined : (await list()).find((stack) => collide(stack.folder, folder));
    if (folder !== undefined && other !== undefined) throw new AppError('folderUsed', { folder, name: other.name });
    const names = await readdir(root).catch((): string[] => []);
    const taken = new Set([...names, ...removedIds(names)]);
    const id = wanted !== undefined && !taken.has(wanted) ? wanted : freeId(name, taken);
    const plain: Stack = {
      version: 2,
      id,
      name,
      origin,
      createdAt: new Date().toISOString(),
      folder: folder ?? join(stateFolder(id), 'files'),
      draft: false,
      readOnly: false,
      cas: [],
      identities: [],
      keyStores: [],
      kesClusters: [],
      minioClusters: [],
    };
    const document = fill?.(plain) ?? plain;
    await before?.(document);
    await write(document);
    return document;
  }

  async function update(id: string, change: (document: Stack) => Stack): Promise<Stack> {
    return queue(async () => {
      const changed = { ...change(await get(id)), id };
      await write(changed);
      return changed;
    });
  }

  return {
    list,
    get,
    stateFolder,
    create: (wanted) => queue(() => create(wanted)),
    save: (document) => queue(() => write(document)),
    update,
    folderOf: (document) => createStackFolder(document.folder),
    secretsOf: (id) => secretsIn(store, `stack:${id}`),
    handlers: {
      'stacks.list': listAll,
      'stacks.get': ({ id }) => get(id),
      async 'stacks.readOnly'({ id, readOnly }) {
        const before = await get(id);
        if (before.readOnly === readOnly) return {};
        await update(id, (document) => ({ ...document, readOnly }));
        await journal(id, say(readOnly ? 'stacksJournalReadOnly' : 'stacksJournalWritable', { name: before.name }));
        return {};
      },
    },
  };
}

function secretsIn(store: SealedStore, scope: string): StackSecrets {
  return {
    get: (name) => store.get(scope, name),
    set: (name, value) => store.set(scope, name, value),
    delete: (name) => store.delete(scope, name),
    has: (name) => store.has(scope, name),
    requireDurable: (what) => store.requireDurable(what),
  };
}

/** An id that reads like the name and that no other stack has: `payments`, `payments-2`. A name without Latin letters becomes `stack`. */
export function freeId(name: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48)
    .replace(/-+$/, '');
  const base = plain || 'stack';
  if (!taken.has(base)) return base;
  for (let n = 2; ; n++) if (!taken.has(`${base}-${n}`)) return `${base}-${n}`;
}
