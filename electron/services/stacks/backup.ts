import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { link, open, readdir, readFile, statfs, unlink } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { Readable } from 'node:stream';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { say } from '../../../shared/text.ts';
import { saveSnapshot } from '../../clients/vault/snapshot.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { sealStream } from '../../platform/ageStream.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import { makeFolder } from '../../platform/makeFolder.ts';
import { type BackupHead, entryNames, vaultData } from './backupFormat.ts';
import { type BackupWork, backupName, walkObjects, workOf } from './backupPlan.ts';
import type { KeepingDeps } from './keepingDeps.ts';
import { runningHere } from './removal.ts';
import { type Tree, type TreeEntry, walk } from './stackTree.ts';

export interface BackupWish {
  objects: boolean;
  folder: string;
  passphrase: Secret;
}

const megabyte = 1_000_000;
/** Room for the small parts and for what the sealing adds. */
const reserve = 20 * megabyte;

/**
 * Writes one sealed file: a temporary one beside it, which gets the final name when it is whole and on disk. Servers that
 * were stopped for a copy are started again whatever happens. Throws `backupNoSpace`, `backupChanged`, `fileNotWritable`.
 */
export async function runBackup(access: StackAccess, wish: BackupWish, deps: KeepingDeps, report: Report, signal: AbortSignal) {
  const { stack } = access;
  if (!isAbsolute(wish.folder)) throw new AppError('folderRelative', { folder: wish.folder });
  const work = await workOf(access, wish.objects, deps);
  const total = work.files.bytes + work.vaultTree.bytes + work.objectTree.bytes;
  await makeFolder(wish.folder, 0o700).catch((error: unknown) => {
    throw new AppError('fileNotWritable', { path: wish.folder, reason: reasonOf(error) }, { cause: error });
  });
  await requireSpace(wish.folder, total + work.vaultTree.bytes + reserve);
  const file = join(wish.folder, backupName(stack.id));
  const mark = randomBytes(6).toString('hex');
  const [temporary, snapshot] = [`${file}.${mark}.tmp`, `${file}.${mark}.snapshot.tmp`];
  report({ done: 0, total });
  try {
    const { pack: createPack } = await import('tar-stream');
    const pack = createPack();
    const tell = (done: number): void => report({ done: Math.min(done, total), total });
    const filler = createFiller(pack, tell, signal);
    // Its failure breaks the archive, and with it whoever reads it; nothing hangs on a half-filled one.
    const filling = fill(access, work, filler, snapshot, deps, report, signal).then(
      () => pack.finalize(),
      (error: Error) => pack.destroy(error),
    );
    const sealed = await sealStream(pack as unknown as AsyncIterable<Uint8Array>, wish.passphrase);
    const written = await writeSealed(temporary, sealed, signal).catch(async (error: unknown) => {
      pack.destroy();
      await filling;
      throw filler.failure() ?? error;
    });
    await filling;
    if (filler.failure() !== undefined) throw filler.failure();
    signal.throwIfAborted();
    // Unlike a rename, a link never replaces what has that name already.
    await link(temporary, file);
    await access.journal(say('stacksJournalBackup', { file }));
    return { file, ...written };
  } catch (error) {
    if (isAppError(error) || signal.aborted || (error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new AppError('fileNotWritable', { path: file, reason: reasonOf(error) }, { cause: error });
  } finally {
    for (const path of [temporary, snapshot]) await unlink(path).catch(() => undefined);
  }
}

async function requireSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free < needed)
    throw new AppError('backupNoSpace', { folder, needed: Math.ceil(needed / megabyte), free: Math.floor(free / megabyte) });
}

type Pack = ReturnType<typeof import('tar-stream').pack>;

function createFiller(pack: Pack, tell: (done: number) => void, signal: AbortSignal) {
  const parts: { path: string; bytes: number; sha256: string; mode: number }[] = [];
  let done = 0;
  let failed: unknown;
  pack.on('error', (error) => {
    failed ??= error;
  });

  async function add(path: string, bytes: number, mode: number, content: AsyncIterable<Buffer>): Promise<void> {
    const sink = pack.entry({ name: path, size: bytes, mode, type: 'file', mtime: new Date(0) });
    const hash = createHash('sha256');
    let seen = 0;
    for await (const chunk of content) {
      signal.throwIfAborted();
      hash.update(chunk);
      seen += chunk.length;
      done += chunk.length;
      tell(done);
      if (!sink.write(chunk)) await Promise.race([once(sink, 'drain'), once(sink, 'close')]);
      if (sink.destroyed) throw failed ?? new AppError('backupChanged', { path });
    }
    if (seen !== bytes) throw new AppError('backupChanged', { path });
    parts.push({ path, bytes, sha256: hash.digest('hex'), mode });
    sink.end(undefined);
    if (bytes > 0 && !sink.destroyed) await Promise.race([once(sink, 'finish'), once(sink, 'close')]);
  }

  async function text(path: string, content: string): Promise<void> {
    const bytes = Buffer.from(content);
    await add(path, bytes.length, 0o600, Readable.from([bytes]));
  }

  return {
    failure: () => failed,
    fail: (error: unknown) => {
      failed ??= error;
    },
    text,
    json: (path: string, value: unknown) => text(path, `${JSON.stringify(value, null, 2)}\n`),
    async file(path: string, from: string, { bytes, mode }: Pick<TreeEntry, 'bytes' | 'mode'>): Promise<void> {
      await add(path, bytes, mode, bytes === 0 ? Readable.from([]) : createReadStream(from, { end: bytes - 1 }));
    },
    folder(path: string, mode: number): void {
      pack.entry({ name: path, type: 'directory', mode, mtime: new Date(0) }).end(undefined);
    },
    parts: () => parts,
  };
}
type Filler = ReturnType<typeof createFiller>;

async function fill(
  access: StackAccess,
  work: BackupWork,
  filler: Filler,
  snapshot: string,
  deps: KeepingDeps,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { stack } = access;
  const tree = async ({ entries }: Tree): Promise<void> => {
    for (const entry of entries) {
      signal.throwIfAborted();
      if (entry.type === 'directory') filler.folder(`files/${entry.path}`, entry.mode);
      else await filler.file(`files/${entry.path}`, join(stack.folder, entry.path), entry);
    }
  };
  try {
    const head: BackupHead = {
      format: 'sealdeck-backup',
      version: 1,
      stackId: stack.id,
      name: stack.name,
      madeAt: new Date().toISOString(),
      vault: work.vault,
      objects: work.objects,
    };
    await filler.json(entryNames.head, head);
    if (work.vault === 'snapshot') {
      report({ note: say('backupNoteSnapshot') });
      await saveSnapshot(access, await deps.vaultToken(access), snapshot, signal);
      const file = await open(snapshot, 'r');
      const { size } = await file.stat().finally(() => file.close());
      await filler.file(entryNames.snapshot, snapshot, { bytes: size, mode: 0o600 });
    }
    // Sizes as they are once the server stands still.
    if (work.vault === 'files') await whileStopped(access, 'vault', deps, report, async () => tree(await walk(stack.folder, vaultData)));
    if (work.objects) await whileStopped(access, 'minio', deps, report, async () => tree(await walkObjects(stack)));
    report({ note: say('backupNoteFiles') });
    await filler.json(entryNames.stack, stack);
    await record(filler, deps.stacks.stateFolder(stack.id));
    await filler.text(entryNames.journal, (await deps.journalOf(stack.id)).map((line) => `${line}\n`).join(''));
    await tree(work.files);
    const secrets = Object.fromEntries(work.secrets.map((name) => [name, deps.store.get(`stack:${stack.id}`, name)?.reveal() ?? '']));
    await filler.json(entryNames.secrets, { version: 1, secrets });
    await filler.json(entryNames.manifest, { version: 1, parts: filler.parts() });
  } catch (error) {
    filler.fail(signal.aborted ? new AppError('cancelled') : error);
    throw error;
  }
}

async function record(filler: Filler, state: string): Promise<void> {
  const setup = await readFile(join(state, 'setup.json'), 'utf8').catch(() => undefined);
  if (setup !== undefined) await filler.text(entryNames.setup, setup);
  for (const folder of ['proofs', 'clusters'])
    for (const name of (await readdir(join(state, folder)).catch((): string[] => [])).sort())
      if (/^[\w-]+\.json$/.test(name)) await filler.text(`${folder}/${name}`, await readFile(join(state, folder, name), 'utf8'));
}

/** Stops the servers of a kind that run here, and starts them again whatever became of the work. */
async function whileStopped(
  access: StackAccess,
  kind: 'vault' | 'minio',
  deps: KeepingDeps,
  report: Report,
  work: () => Promise<void>,
): Promise<void> {
  const running = async (): Promise<string[]> =>
    (await runningHere(access)).filter((server) => server.kind === kind).map(({ node }) => node);
  const ran = await running();
  if (ran.length > 0 && access.stack.readOnly) throw new AppError('stackReadOnly', { name: access.stack.name });
  report({ note: say(kind === 'vault' ? 'backupNoteStopVault' : 'backupNoteStopMinio') });
  for (const node of ran) await deps.stopServer(access.stack.id, kind, node);
  try {
    await work();
    // Started by somebody meanwhile, it wrote into what was being copied.
    if ((await running()).length > 0) throw new AppError('backupChanged', { path: `${kind}/data` });
  } finally {
    report({ note: say('backupNoteStart') });
    for (const node of ran) await deps.startServer(access.stack.id, kind, node);
  }
}

/** The sealed bytes on disk, synced. Returns their number and SHA-256. */
async function writeSealed(
  path: string,
  sealed: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<{ bytes: number; sha256: string }> {
  const file = await open(path, 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    await file.chmod(0o600);
    for await (const chunk of sealed) {
      signal.throwIfAborted();
      hash.update(chunk);
      bytes += chunk.length;
      await file.writeFile(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}
