import { X509Certificate } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertificateFile, KeyPlace } from '../../../../shared/certificateFiles.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { reasonOf } from '../../../platform/atomicFile.ts';
import { readRegularFile } from '../../../platform/regularFile.ts';
import { caFile, minioCaFile, pairs } from '../pairs.ts';
import { mostBytes, type ReadFile, readAny } from './anyFile.ts';
import { describe, indexOf } from './describe.ts';
import { protectionOf } from './keyFile.ts';

/** Where servers keep their data: nothing that is looked for, and too much to read. */
const skipped = new Set(['data', 'raft', 'keys', 'node_modules', '.sealdeck', 'proofs', 'audits', 'logs']);
const names = /\.(?:crt|cer|cert|pem|der|key|p12|pfx|p7b|p7c)$/i;
const mostFiles = 2000;
const deepest = 6;

export interface Scan {
  files: CertificateFile[];
  unread: { file: string; reason: string }[];
}

export interface Found extends Omit<CertificateFile, 'keys' | 'findings' | 'certificates'> {
  certificates: X509Certificate[];
  /** Identities of the private keys in it that open without a password. */
  identities: string[];
  protection: KeyPlace['protection'];
  hasKey: boolean;
}

/** Reads every certificate and key in the stack's folder, at most 2,000 files, six folders deep. Changes nothing. */
export async function scanFolder(access: StackAccess): Promise<Scan> {
  const root = access.folder.path('.');
  const found: Found[] = [];
  const unread: Scan['unread'] = [];
  for (const file of await candidates(root)) {
    try {
      found.push(await readOne(access, root, file));
    } catch (error) {
      if (!isAppError(error)) throw error;
      unread.push({ file, reason: String(error.details.reason ?? error.code) });
    }
  }
  const index = indexOf(access, found);
  return { files: found.map((one) => describe(one, index)), unread };
}

async function candidates(root: string): Promise<string[]> {
  const files: string[] = [];
  async function walk(folder: string, depth: number): Promise<void> {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (files.length >= mostFiles) return;
      if (entry.isDirectory() && depth < deepest && !skipped.has(entry.name)) await walk(path, depth + 1);
      else if (entry.isFile() && names.test(entry.name)) files.push(path);
    }
  }
  await walk('', 0);
  return files;
}

async function readOne(access: StackAccess, root: string, file: string): Promise<Found> {
  const { size, mtime } = await stat(join(root, file));
  const bits = await access.folder.mode(file);
  const role = roleOf(file);
  if (size > mostBytes) throw new AppError('certificateFileLarge', { file, bytes: size });
  const content = await readRegularFile(join(root, file), mostBytes).catch((error: unknown) => {
    throw new AppError('certificateFileUnreadable', { file, reason: reasonOf(error) }, { cause: error });
  });
  const base = {
    file,
    bytes: size,
    modifiedAt: mtime.toISOString(),
    ...(bits === undefined ? {} : { mode: bits.toString(8).padStart(4, '0') }),
    ...(role ? { role } : {}),
  };
  try {
    const read = readAny(content, undefined, file);
    return { ...base, ...told(read), hasKey: read.keys.length > 0 };
  } catch (error) {
    // A file that opens with its password only is a finding, not a failure.
    if (isAppError(error, 'certificatePkcs12Locked'))
      return { ...base, format: 'pkcs12', certificates: [], identities: [], protection: 'pkcs8', hasKey: true };
    if (!isAppError(error, 'certificateKeyLocked')) throw error;
    const pem = content.toString('latin1');
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----(?:[^-]|-(?!----))*-----END CERTIFICATE-----/g) ?? [];
    const certificates = blocks.flatMap((one) => {
      try {
        return [new X509Certificate(one)];
      } catch {
        // Behind a locked key nobody has looked at it yet.
        return [];
      }
    });
    return {
      ...base,
      format: pem.includes('-----BEGIN') ? 'pem' : 'der',
      certificates,
      identities: [],
      protection: protectionOf(pem) ?? 'pkcs8',
      hasKey: true,
    };
  }
}

function told({ format, certificates, keys, protection }: ReadFile): Pick<Found, 'format' | 'certificates' | 'identities' | 'protection'> {
  return { format, certificates, identities: keys.map(({ identity }) => identity), protection };
}

function roleOf(file: string): CertificateFile['role'] | undefined {
  if (file === caFile) return 'ca';
  if (file === minioCaFile || file.startsWith('minio/certs/CAs/') || file.startsWith('certs/trust/')) return 'trust';
  return pairs.find(({ certificate, key }) => certificate === file || ('file' in key && key.file === file))?.id;
}
