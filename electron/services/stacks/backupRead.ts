import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { z } from 'zod';
import { type ClusterRecord, clusterRecord } from '../../../shared/clusters.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { AgeDamaged, openStream, PassphraseWrong } from '../../platform/ageStream.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import { type DocumentForm, DocumentRefused, readDocument } from '../../platform/storedDocument.ts';
import { type TarEntry, TarRefused, tarEntries } from '../../platform/tarEntries.ts';
import { type BackupHead, backupHeadForm, backupManifestForm, backupSecretsForm, entryNames, isBackupName } from './backupFormat.ts';
import { readStackDocument } from './stackDocument.ts';

export interface Backup {
  head: BackupHead;
  stack: Stack;
  /** `setup.json` as it was. */
  setup: unknown;
  proofs: Map<string, string>;
  /** What was asked of each further cluster. */
  clusters: ClusterRecord[];
  secrets: Map<string, string>;
  /** Bytes of everything in it. */
  bytes: number;
}

/** Takes the bytes of `files/…` and of the snapshot; must read the body to its end. */
export type Keep = (entry: TarEntry, body: AsyncIterable<Uint8Array>) => Promise<void>;

/** Documents are read into memory; nothing of ours is near that size. */
const maxDocument = 64 * 1024 * 1024;
const ageMagic = 'age-encryption.org/v1\n';

/**
 * Reads a backup from its first byte to its last and checks each entry against the manifest. Nothing that `keep` was given
 * may be used before this returned. Throws `backupForeign`, `backupPassphrase`, `backupDamaged`, `fileNewer`.
 */
export async function readBackup(
  file: string,
  passphrase: Secret,
  keep: Keep,
  told: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Backup> {
  await requireAge(file);
  const { size } = await stat(file);
  const damaged = (reason: string, cause?: unknown): AppError => new AppError('backupDamaged', { file, reason }, { cause });
  const texts = new Map<string, string>();
  const seen = new Map<string, { bytes: number; sha256: string }>();
  let read = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 })) {
      signal.throwIfAborted();
      read += (chunk as Buffer).length;
      told(Math.min(1, read / size));
      yield chunk as Buffer;
    }
  }
  try {
    for await (const entry of tarEntries(openStream(source(), passphrase))) {
      if (!isBackupName(entry.name)) throw new TarRefused(`${entry.name.slice(0, 200)} does not belong into it`);
      if (seen.size === 0 && entry.name !== entryNames.head) throw new AppError('backupForeign', { file });
      if (entry.type === 'directory') {
        await keep(entry, entry.body);
        for await (const _ of entry.body);
        continue;
      }
      const hash = createHash('sha256');
      let bytes = 0;
      async function* body(): AsyncGenerator<Uint8Array> {
        for await (const chunk of entry.body) {
          hash.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
      }
      if (entry.name.startsWith('files/') || entry.name === entryNames.snapshot) await keep(entry, body());
      else texts.set(entry.name, await textOf(entry, body()));
      if (entry.name === entryNames.head) readPart(file, texts, entryNames.head, backupHeadForm);
      seen.set(entry.name, { bytes, sha256: hash.digest('hex') });
    }
  } catch (error) {
    if (error instanceof PassphraseWrong) throw new AppError('backupPassphrase', { file }, { cause: error });
    if (error instanceof AgeDamaged || error instanceof TarRefused) throw damaged(error.message, error);
    if (error instanceof AppError || signal.aborted) throw error;
    const failed = error as NodeJS.ErrnoException;
    if (failed.syscall !== undefined)
      throw new AppError('fileDamaged', { path: failed.path ?? file, reason: reasonOf(error) }, { cause: error });
    throw damaged('it cannot be unpacked', error);
  }
  const { parts } = readPart(file, texts, entryNames.manifest, backupManifestForm);
  seen.delete(entryNames.manifest);
  for (const { path, bytes, sha256 } of parts) {
    const found = seen.get(path);
    if (found?.sha256 !== sha256 || found.bytes !== bytes) throw damaged(`${path} is not as its manifest says`);
    seen.delete(path);
  }
  const [extra] = seen.keys();
  if (extra !== undefined) throw damaged(`${extra} is not in its manifest`);
  const secrets = readPart(file, texts, entryNames.secrets, backupSecretsForm).secrets;
  const clusters = [...texts.keys()].filter((name) => name.startsWith('clusters/'));
  const proofs = [...texts].filter(([name]) => name.startsWith('proofs/')).map(([name, text]) => [name.slice(7), text] as const);
  return {
    head: readPart(file, texts, entryNames.head, backupHeadForm),
    stack: understood(file, entryNames.stack, () => readStackDocument(jsonIn(texts, entryNames.stack))),
    setup: jsonIn(texts, entryNames.setup),
    proofs: new Map(proofs),
    clusters: clusters.map((name) => readPart(file, texts, name, { version: 1, schema: clusterRecord })),
    secrets: new Map(Object.entries(secrets)),
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
  };
}

async function requireAge(file: string): Promise<void> {
  try {
    const handle = await open(file, 'r');
    const start = Buffer.alloc(ageMagic.length);
    await handle.read(start, 0, start.length, 0).finally(() => handle.close());
    if (start.toString('latin1') !== ageMagic) throw new AppError('backupForeign', { file });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('fileDamaged', { path: file, reason: reasonOf(error) }, { cause: error });
  }
}

async function textOf(entry: TarEntry, body: AsyncIterable<Uint8Array>): Promise<string> {
  if (entry.size > maxDocument) throw new TarRefused(`${entry.name} is too large`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function jsonIn(texts: ReadonlyMap<string, string>, name: string): unknown {
  try {
    return JSON.parse(texts.get(name) ?? 'null');
  } catch {
    return undefined;
  }
}

function readPart<S extends z.ZodType>(file: string, texts: ReadonlyMap<string, string>, name: string, form: DocumentForm<S>): z.output<S> {
  return understood(file, name, () => readDocument(jsonIn(texts, name), form));
}

function understood<T>(file: string, name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DocumentRefused)) throw error;
    if (error.newer !== undefined) throw new AppError('fileNewer', { path: file, version: error.newer });
    // Without a cause and without its words about content: it may be the secrets.
    throw new AppError('backupDamaged', { file, reason: `${name} is missing or not understood` });
  }
}
