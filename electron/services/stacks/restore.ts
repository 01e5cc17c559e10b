import { chmod, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { Secret } from '../../../shared/secret.ts';
import { nodesOf, runsHere, serverKinds } from '../../../shared/servers.ts';
import { type PlaceInput, placeInput, serverOfPort, setupState } from '../../../shared/setup.ts';
import type { ServerKind, Stack } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import { reasonOf, writeFileAtomic, writeJsonFile } from '../../platform/atomicFile.ts';
import { makeFolder } from '../../platform/makeFolder.ts';
import { entryNames, vaultData } from './backupFormat.ts';
import { type Backup, type Keep, readBackup } from './backupRead.ts';
import type { KeepingDeps } from './keepingDeps.ts';
import { dataFromSnapshot } from './restoreVault.ts';
import { collide, deleteOwn } from './stackTree.ts';

export interface RestoreWish {
  file: string;
  folder: string;
  passphrase: Secret;
}

/** What may lie in a folder that counts as empty: a data folder that was made for the new stack. */
const allowedThere = new Set(['.sealdeck']);
const staging = '.sealdeck-restoring';
const percent = 1000;

/**
 * Reads the whole backup first and makes nothing until all of it was checked; then unpacks beside the place, puts Vault's
 * data back, and makes the stack in one moment. A kill before leaves no stack. Throws what `readBackup` throws,
 * `restoreFolderUsed`, `folderRelative`, `backupNoSpace`, `restoreVaultFailed`.
 */
export async function runRestore(wish: RestoreWish, deps: KeepingDeps, report: Report, signal: AbortSignal) {
  const { file, passphrase } = wish;
  deps.store.requireDurable(wish.folder);
  if (!isAbsolute(wish.folder)) throw new AppError('folderRelative', { folder: wish.folder });
  const folder = resolve(wish.folder);
  if (underWay.has(folder)) throw new AppError('restoreFolderUsed', { folder, names: staging });
  underWay.add(folder);
  try {
    return await restoreInto(folder, file, passphrase, deps, report, signal);
  } finally {
    underWay.delete(folder);
  }
}

/** Two restores into one folder would take each other's files away. */
const underWay = new Set<string>();

async function restoreInto(folder: string, file: string, passphrase: Secret, deps: KeepingDeps, report: Report, signal: AbortSignal) {
  await requireEmpty(folder, deps);
  report({ done: 0, total: percent, note: say('restoreNoteCheck') });
  const checked = await readBackup(file, passphrase, drain, (part) => report({ done: Math.round(part * 400), total: percent }), signal);
  await requireSpace(folder, checked.bytes);

  const stage = join(folder, staging);
  await makeStage(stage);
  let stackId: string;
  let place: PlaceInput | undefined;
  let moved: Moved[];
  let further: Map<number, number>;
  let filling = false;
  try {
    report({ note: say('restoreNoteUnpack') });
    const keep: Keep = (entry, body) => unpack(stage, entry, body);
    const backup = await readBackup(
      file,
      passphrase,
      keep,
      (part) => report({ done: 400 + Math.round(part * 400), total: percent }),
      signal,
    );
    if (backup.head.vault === 'snapshot' && runsHere(backup.stack, 'vault')) {
      report({ done: 820, note: say('restoreNoteVault') });
      await vaultFromSnapshot(stage, backup.stack, deps, signal);
    }
    signal.throwIfAborted();
    // As late as can be: others look for free ports, too.
    ({ place, moved } = await placeFor(backup, folder, deps));
    further = place ? await furtherPorts(backup, place, deps) : new Map();
    // Unpacking takes a while, and somebody else may have begun to use the folder.
    await requireNothing(folder, [staging]);
    filling = true;
    for (const name of await readdir(join(stage, 'files')).catch((): string[] => []))
      await rename(join(stage, 'files', name), join(folder, name));
    stackId = await makeStack(backup, folder, place, further, deps);
  } catch (error) {
    // Takes back only what this restore put there.
    if (filling) await deleteOwn(folder);
    throw error;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
  await deps.journal(stackId, say('stacksJournalRestored', { file, folder }));
  for (const { server, from, to } of moved) await deps.journal(stackId, say('stacksJournalPort', { server, from, to }));
  for (const [from, to] of further)
    if (from !== to) await deps.journal(stackId, say('stacksJournalPort', { server: serverOf(checked.stack, from), from, to }));
  return { stackId, ports: moved, ...(await bringUp(stackId, deps, report, signal)) };
}

const drain: Keep = async (_entry, body) => {
  for await (const _ of body);
};

async function requireEmpty(folder: string, deps: KeepingDeps): Promise<void> {
  await requireNothing(folder, [staging]);
  // What a restore that was killed left behind is nobody's.
  await rm(join(folder, staging), { recursive: true, force: true });
  const other = (await deps.stacks.list()).find((stack) => collide(stack.folder, folder));
  if (other) throw new AppError('folderUsed', { folder, name: other.name });
}

async function requireNothing(folder: string, but: readonly string[]): Promise<void> {
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new AppError('fileNotWritable', { path: folder, reason: reasonOf(error) }, { cause: error });
  });
  const names = there.filter((name) => !allowedThere.has(name) && !but.includes(name));
  if (names.length > 0) throw new AppError('restoreFolderUsed', { folder, names: names.slice(0, 5).join(', ') });
}

async function requireSpace(folder: string, needed: number): Promise<void> {
  let parent = folder;
  for (;;) {
    const found = await statfs(parent).catch(() => undefined);
    const up = dirname(parent);
    if (found === undefined && up !== parent) {
      parent = up;
      continue;
    }
    const free = found === undefined ? 0 : found.bavail * found.bsize;
    const megabytes = (bytes: number): number => Math.ceil(bytes / 1e6);
    if (free < needed * 1.1) throw new AppError('backupNoSpace', { folder, needed: megabytes(needed * 1.1), free: megabytes(free) });
    return;
  }
}

async function makeStage(path: string): Promise<void> {
  try {
    await makeFolder(path, 0o700);
    await chmod(dirname(path), 0o700);
  } catch (error) {
    throw new AppError('fileNotWritable', { path, reason: reasonOf(error) }, { cause: error });
  }
}

/** Names were checked by the reader: no links, no way out. `wx` never follows what somebody else put there meanwhile. */
async function unpack(stage: string, entry: Parameters<Keep>[0], body: AsyncIterable<Uint8Array>): Promise<void> {
  const path = join(stage, entry.name);
  if (entry.type === 'directory') {
    await makeFolder(path, 0o700);
    return;
  }
  await makeFolder(dirname(path), 0o700);
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of body) await file.writeFile(chunk);
    // None of a stack's files is a program; one that came with a backup must not become one.
    await file.chmod(entry.mode & 0o644);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function vaultFromSnapshot(stage: string, stack: Stack, deps: KeepingDeps, signal: AbortSignal): Promise<void> {
  const [store] = stack.keyStores;
  if (store === undefined) return;
  const files = (path: string): string => join(stage, 'files', path);
  await dataFromSnapshot(
    {
      binary: await deps.binary(store.product, store.storage),
      store,
      data: files(vaultData),
      snapshot: join(stage, entryNames.snapshot),
      certificate: files('certs/vault.crt'),
      key: files('certs/vault.key'),
    },
    signal,
  );
}

interface Moved {
  server: ServerKind;
  from: number;
  to: number;
}

/** The place of the set-up in the new folder, with other ports where the old ones are taken. */
async function placeFor(backup: Backup, folder: string, deps: KeepingDeps): Promise<{ place: PlaceInput | undefined; moved: Moved[] }> {
  const state = setupState.safeParse(backup.setup);
  const before = placeInput.safeParse(state.data?.steps.find(({ id }) => id === 'place')?.input);
  if (!before.success) return { place: undefined, moved: [] };
  const ports = await deps.freePorts(before.data.ports);
  const names = Object.keys(serverOfPort) as (keyof typeof serverOfPort)[];
  const moved = names
    .filter((name) => runsHere(backup.stack, serverOfPort[name]) && ports[name] !== before.data.ports[name])
    .map((name) => ({ server: serverOfPort[name], from: before.data.ports[name], to: ports[name] }));
  return { place: { ...before.data, folder, ports }, moved };
}

/** The place speaks of the first server of each kind: the ports of all others that run here, old to new. */
async function furtherPorts({ stack, clusters }: Backup, place: PlaceInput, { freePort }: KeepingDeps): Promise<Map<number, number>> {
  const nodes = serverKinds.flatMap((kind) => nodesOf(stack, kind).slice(1));
  const old = nodes.filter(({ way }) => way === 'here').map(({ url }) => Number(new URL(url).port));
  const taken = new Set(Object.values(place.ports));
  const ports = new Map<number, number>();
  for (const from of new Set([...old, ...clusters.flatMap(({ input }) => Object.values(input.ports))])) {
    const to = await freePort(from, taken);
    taken.add(to);
    ports.set(from, to);
  }
  return ports;
}

function serverOf(stack: Stack, port: number): ServerKind {
  const kind = serverKinds.find((one) => nodesOf(stack, one).some(({ url }) => new URL(url).port === String(port)));
  // A console is no node.
  return kind ?? 'minio';
}

/** The stack in its new place. Its secrets and records are on disk before it is listed. */
async function makeStack(
  backup: Backup,
  folder: string,
  place: PlaceInput | undefined,
  further: ReadonlyMap<number, number>,
  deps: KeepingDeps,
): Promise<string> {
  const { stack: old, head } = backup;
  const now = (port: number): number => further.get(port) ?? port;
  const first = (kind: ServerKind, id: string): boolean => nodesOf(old, kind)[0]?.id === id;
  const at = <T extends { nodes: Stack['keyStores'][number]['nodes'] }>(kind: ServerKind, clusters: readonly T[]): T[] =>
    clusters.map((cluster) => ({
      ...cluster,
      nodes: cluster.nodes.map((node) => ({
        ...node,
        url:
          node.way === 'here' && place
            ? withPort(node.url, first(kind, node.id) ? place.ports[kind] : now(Number(new URL(node.url).port)))
            : node.url,
      })),
    }));
  const made = await deps.stacks.create({
    name: old.name,
    id: head.stackId,
    folder,
    fill: ({ id }) => ({
      ...old,
      id,
      folder,
      keyStores: at('vault', old.keyStores),
      kesClusters: at('kes', old.kesClusters),
      minioClusters: at('minio', old.minioClusters),
    }),
    async before({ id }) {
      await deps.store.setAll(`stack:${id}`, new Map([...backup.secrets].map(([name, value]) => [name, new Secret(value)])));
      const state = deps.stacks.stateFolder(id);
      for (const [name, text] of backup.proofs) await writeFileAtomic(join(state, 'proofs', name), text);
      for (const record of backup.clusters) {
        // Its files name the old folder and ports: not finished here before its steps were taken again.
        const { jobId: _, finishedAt: __, ...rest } = record;
        const { kes, kesSecond, minio, minioConsole } = record.input.ports;
        const ports = { kes: now(kes), kesSecond: now(kesSecond), minio: now(minio), minioConsole: now(minioConsole) };
        await writeJsonFile(join(state, 'clusters', `${record.input.id}.json`), { ...rest, input: { ...record.input, ports } });
      }
      const setup = setupState.safeParse(backup.setup);
      if (setup.success) await writeJsonFile(join(state, 'setup.json'), movedSetup(setup.data, id, place, head.objects));
    },
  });
  return made.id;
}

/** The record of the set-up with the new place. What it says about objects that were left behind is no longer true. */
function movedSetup(setup: ReturnType<typeof setupState.parse>, stackId: string, place: PlaceInput | undefined, objects: boolean): unknown {
  const { jobId: _, ...rest } = setup;
  return {
    ...rest,
    stackId,
    steps: setup.steps.map((status) => {
      if (status.id === 'place' && place) return { ...status, input: place };
      // Which programs this machine starts is not for a backup to say.
      if (status.id === 'servers' && status.input) return { ...status, input: { ...status.input, picked: {} } };
      if (status.id === 'object' && !objects && status.state === 'proven') return { ...status, state: 'todo' as const, evidence: [] };
      return status;
    }),
  };
}

function withPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href.replace(/\/$/, '');
}

/** Steps whose files name the old folder or ports are applied again, servers start, and a new proof is made. */
async function bringUp(
  stackId: string,
  deps: KeepingDeps,
  report: Report,
  signal: AbortSignal,
): Promise<{ waiting?: Pick<AppError, 'code' | 'details'> }> {
  const { stack } = await deps.open(stackId);
  const here = serverKinds.some((kind) => runsHere(stack, kind));
  if (!here || stack.readOnly) return {};
  report({ done: 850, total: percent, note: say('restoreNoteSetup') });
  try {
    await deps.setUp(stackId, signal, (note) => report(note === undefined ? {} : { note }));
    report({ done: percent, total: percent });
    return {};
  } catch (error) {
    // The stack is whole and stays: what is missing is told with it, and Set up goes on from there.
    if (isAppError(error) && !signal.aborted) return { waiting: error.frame };
    throw error;
  }
}
