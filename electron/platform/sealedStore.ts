import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import type { StoreMode, StoreStatus } from '../../shared/app.ts';
import { AppError } from '../../shared/rpc/errors.ts';
import { Secret } from '../../shared/secret.ts';
import { reasonOf, removeStaleTemporaries, writeFileAtomic } from './atomicFile.ts';
import { createKeychain, type Keychain } from './keychain.ts';
import type { Log } from './log.ts';
import { openFile, peekHeader, type SealedHeader, sealFile } from './sealedFile.ts';
import { createSerialQueue } from './serialQueue.ts';
import { DocumentRefused, readDocument } from './storedDocument.ts';
import { accountOf, findWrappingKey, makeWrappingKey } from './wrappingKey.ts';

const storeContent = z.strictObject({ version: z.literal(1), scopes: z.record(z.string(), z.record(z.string(), z.string())) });
type Scopes = z.infer<typeof storeContent>['scopes'];
export const storeContentForm = { version: 1, schema: storeContent };
/** A start waits this long for the keychain; an unlock prompt may stay open longer, and `onChange` tells when it was answered. */
const startPatienceMs = 5_000;

interface OpenFile {
  header: SealedHeader;
  key: Buffer;
  /** What lies on disk as far as this engine knows; anything else there means another writer. */
  bytes: Buffer;
}

type State =
  | { kind: 'absent' }
  | { kind: 'locked'; mode: StoreMode | undefined }
  | { kind: 'open'; scopes: Scopes; file: OpenFile | undefined };

export interface SealedStore {
  /** As last known; the keychain part is from the last `refresh`. */
  status(): StoreStatus;
  /** Looks at the disk, if nothing is open, and at the keychain. Changes nothing. */
  refresh(): Promise<StoreStatus>;
  /** Opens what opens without a person: keychain and practice. Never throws; the reason is in the log and comes again from `unlock`. */
  openIfPossible(): Promise<StoreStatus>;
  /** Throws `storeExists`. A store in memory is taken along into a durable one. */
  create(mode: StoreMode, passphrase?: Secret): Promise<StoreStatus>;
  unlock(passphrase?: Secret): Promise<StoreStatus>;
  lock(): Promise<StoreStatus>;
  /** Throws `storeAbsent` or `storeLocked`, as every access does. */
  get(scope: string, name: string): Secret | undefined;
  has(scope: string, name: string): boolean;
  /** Resolves when the file was synced, read back and opened. */
  set(scope: string, name: string, value: Secret): Promise<void>;
  /** Gone from the file and from its `.bak`. */
  delete(scope: string, name: string): Promise<void>;
  /** Names in a scope; no values. */
  names(scope: string): string[];
  /** Several values of a scope in one write; those that are there and not named stay. */
  setAll(scope: string, values: ReadonlyMap<string, Secret>): Promise<void>;
  /** The whole scope, gone from the file and from its `.bak`. */
  deleteAll(scope: string): Promise<void>;
  /** Everything in it as the JSON of its content, for a copy under another key. */
  content(): Secret;
  /** Whether secrets outlive the session. False when absent or locked. */
  durable(): boolean;
  /** Throws `storeNotDurable` with `what`, `storeAbsent` or `storeLocked`. */
  requireDurable(what: string): void;
  onChange(listener: (status: StoreStatus) => void): () => void;
}

/** The one sealed file of a data folder. The engine's lock keeps other engines away; a file changed by anyone else is refused, not overwritten. */
export function createSealedStore(options: { folder: string; log: Log; keychain?: Keychain }): SealedStore {
  const { folder, log, keychain = createKeychain() } = options;
  const path = join(folder, 'sealed.sdv');
  const backup = `${path}.bak`;
  const places = { folder, keychain };
  const queue = createSerialQueue();
  const listeners = new Set<(status: StoreStatus) => void>();
  let state: State = { kind: 'absent' };
  let keychainState: StoreStatus['keychain'] = { available: false };

  function status(): StoreStatus {
    const mode = modeOf(state);
    return { state: state.kind, ...(mode === undefined ? {} : { mode }), protected: mode !== 'practice', keychain: keychainState };
  }

  function become(next: State): StoreStatus {
    state = next;
    if (next.kind === 'open' && next.file?.header.mode === 'keychain') keychainState = { available: true };
    const now = status();
    for (const listener of [...listeners]) listener(now);
    return now;
  }

  function opened(): State & { kind: 'open' } {
    if (state.kind === 'open') return state;
    throw new AppError(state.kind === 'absent' ? 'storeAbsent' : 'storeLocked');
  }

  async function lookAtDisk(): Promise<void> {
    const bytes = await readIfThere(path);
    if (state.kind === 'open') return;
    // A file that cannot be read is a store all the same: locked, its mode not known.
    state = bytes === undefined ? { kind: 'absent' } : { kind: 'locked', mode: undefined };
    if (bytes !== undefined) state = { kind: 'locked', mode: peekHeader(path, bytes).mode };
  }

  async function probe(): Promise<void> {
    keychainState = await keychain.available();
  }

  async function create(mode: StoreMode, passphrase: Secret | undefined): Promise<StoreStatus> {
    if (state.kind === 'open' && (state.file || mode === 'memory')) throw new AppError('storeExists');
    if ((await readIfThere(path)) !== undefined) throw new AppError('storeExists');
    if ((await readIfThere(backup)) !== undefined) {
      throw new AppError('storeDamaged', { file: path, reason: 'it is missing, but its .bak is there' });
    }
    const scopes = state.kind === 'open' ? state.scopes : {};
    if (mode === 'memory') return become({ kind: 'open', scopes, file: undefined });
    const { key, header } = await makeWrappingKey(places, mode, passphrase);
    try {
      const file = await store({ v: 1, alg: 'A256GCM', generation: 1, ...header }, key, scopes, undefined);
      return become({ kind: 'open', scopes, file });
    } catch (error) {
      if (mode === 'keychain') await keychain.remove(accountOf(header.keyId)).catch(() => undefined);
      throw error;
    }
  }

  async function unlock(passphrase: Secret | undefined): Promise<StoreStatus> {
    if (state.kind === 'open') return status();
    await removeStaleTemporaries(folder);
    const bytes = await readIfThere(path);
    if (bytes === undefined) throw new AppError('storeAbsent');
    const key = await findWrappingKey(places, peekHeader(path, bytes), passphrase);
    const { header, scopes } = openContent(bytes, key);
    return become({ kind: 'open', scopes, file: { header, key, bytes } });
  }

  /** Writes a generation, reads it back and opens it. The one before stays as `.bak`. */
  async function store(header: SealedHeader, key: Buffer, scopes: Scopes, before: Buffer | undefined): Promise<OpenFile> {
    const bytes = sealFile(header, key, Buffer.from(JSON.stringify({ version: 1, scopes } satisfies z.infer<typeof storeContent>)));
    const onDisk = await readIfThere(path);
    if (before === undefined ? onDisk !== undefined : !onDisk?.equals(before)) {
      throw new AppError('storeDamaged', { file: path, reason: 'it was changed by something other than this engine' });
    }
    if (before !== undefined) await writeFileAtomic(backup, before, 0o600);
    await writeFileAtomic(path, bytes, 0o600);
    const back = await readIfThere(path);
    if (!back?.equals(bytes) || openContent(back, key).header.generation !== header.generation) {
      throw new AppError('storeDamaged', { file: path, reason: 'what was written did not come back' });
    }
    return { header, key, bytes };
  }

  function openContent(bytes: Buffer, key: Buffer): { header: SealedHeader; scopes: Scopes } {
    const file = openFile(path, bytes, key);
    try {
      return { header: file.header, scopes: readDocument(JSON.parse(file.content.toString('utf8')), storeContentForm).scopes };
    } catch (error) {
      const newer = error instanceof DocumentRefused ? error.newer : undefined;
      if (newer !== undefined) throw new AppError('fileNewer', { path, version: newer });
      // Without a cause: the text of a JSON error quotes what it could not read.
      throw new AppError('storeDamaged', { file: path, reason: 'its content does not fit the schema' });
    }
  }

  /** Changes a copy, stores it, and only then lets readers see it. */
  async function change(edit: (scopes: Scopes) => void): Promise<OpenFile | undefined> {
    const { file } = opened();
    const scopes = structuredClone(opened().scopes);
    edit(scopes);
    const stored = file && (await store({ ...file.header, generation: file.header.generation + 1 }, file.key, scopes, file.bytes));
    state = { kind: 'open', scopes, file: stored };
    return stored;
  }

  const value = (scope: string, name: string): string | undefined => {
    const { scopes } = opened();
    const names = Object.hasOwn(scopes, scope) ? scopes[scope] : undefined;
    return names && Object.hasOwn(names, name) ? names[name] : undefined;
  };

  return {
    status,
    // Outside the queue: the question "how is it?" must not wait behind an unlock prompt.
    async refresh() {
      await lookAtDisk().catch(() => undefined);
      await probe();
      return status();
    },
    async openIfPossible() {
      const opening = queue(async () => {
        try {
          await lookAtDisk();
          if (state.kind === 'locked' && state.mode !== 'passphrase') return await unlock(undefined);
        } catch (error) {
          log.error('store.notOpened', { reason: error instanceof AppError ? error.code : reasonOf(error) });
        }
        return become(state);
      });
      const patience = setTimeout(startPatienceMs, undefined, { ref: false }).then(status);
      return Promise.race([Promise.all([probe(), opening]).then(status), patience]);
    },
    create: (mode, passphrase) => queue(() => create(mode, passphrase)),
    unlock: (passphrase) => queue(() => unlock(passphrase)),
    lock: () =>
      queue(async () => {
        if (state.kind !== 'open') return status();
        if (state.file === undefined) throw new AppError('storeNotLockable');
        state.file.key.fill(0);
        return become({ kind: 'locked', mode: state.file.header.mode });
      }),
    get(scope, name) {
      const found = value(scope, name);
      return found === undefined ? undefined : new Secret(found);
    },
    has: (scope, name) => value(scope, name) !== undefined,
    set: (scope, name, secret) =>
      queue(async () => {
        await change((scopes) => {
          scopes[scope] = { ...scopes[scope], [name]: secret.reveal() };
        });
      }),
    delete: (scope, name) =>
      queue(async () => {
        if (value(scope, name) === undefined) return;
        const file = await change((scopes) => {
          delete scopes[scope]?.[name];
        });
        // What was deleted on purpose must not lie on in the previous generation.
        if (file) await writeFileAtomic(backup, file.bytes, 0o600);
      }),
    names(scope) {
      const { scopes } = opened();
      return Object.hasOwn(scopes, scope) ? Object.keys(scopes[scope] ?? {}).sort() : [];
    },
    setAll: (scope, values) =>
      queue(async () => {
        const revealed = Object.fromEntries([...values].map(([name, secret]) => [name, secret.reveal()]));
        await change((scopes) => {
          scopes[scope] = { ...scopes[scope], ...revealed };
        });
      }),
    deleteAll: (scope) =>
      queue(async () => {
        if (!Object.hasOwn(opened().scopes, scope)) return;
        const file = await change((scopes) => {
          delete scopes[scope];
        });
        if (file) await writeFileAtomic(backup, file.bytes, 0o600);
      }),
    content: () => new Secret(JSON.stringify({ version: 1, scopes: opened().scopes } satisfies z.infer<typeof storeContent>)),
    durable: () => state.kind === 'open' && state.file !== undefined,
    requireDurable(what) {
      if (opened().file === undefined) throw new AppError('storeNotDurable', { what });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function modeOf(state: State): StoreMode | undefined {
  if (state.kind === 'absent') return undefined;
  if (state.kind === 'locked') return state.mode;
  return state.file?.header.mode ?? 'memory';
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new AppError('storeDamaged', { file: path, reason: reasonOf(error) }, { cause: error });
  }
}
