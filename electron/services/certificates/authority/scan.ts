import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertificateFile, CertificateFinding, KeyPlace } from '../../../../shared/certificateFiles.ts';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { identityOf } from '../../../platform/certificateFacts.ts';
import { caFile, minioCaFile, pairs } from '../pairs.ts';
import { mostBytes, type ReadFile, readAny } from './anyFile.ts';
import { factsOf, judge } from './facts.ts';
import { protectionOf } from './keyFile.ts';
import { keyRingOf } from './keyRing.ts';

/** Where servers keep their data: nothing that is looked for, and too much to read. */
const skipped = new Set(['data', 'raft', 'keys', 'node_modules', '.sealdeck', 'proofs', 'audits', 'logs']);
const names = /\.(?:crt|cer|cert|pem|der|key|p12|pfx|p7b|p7c)$/i;
const mostFiles = 2000;
const deepest = 6;

export interface Scan {
  files: CertificateFile[];
  unread: { file: string; reason: string }[];
}

interface Found extends Omit<CertificateFile, 'keys' | 'findings' | 'certificates'> {
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
  return { files: found.map((one) => describe(access, one, found)), unread };
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
  const content = size > mostBytes ? Buffer.alloc(mostBytes + 1) : await readFile(join(root, file));
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
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
    const certificates = blocks.map((block) => new X509Certificate(block));
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

function describe(access: StackAccess, one: Found, all: readonly Found[]): CertificateFile {
  const { certificates, identities, hasKey, protection, ...rest } = one;
  const [leaf] = certificates;
  const own = leaf ? identityOf(leaf) : identities[0];
  const keys = own === undefined ? (hasKey ? [placeOf(one)] : []) : keysOf(access, own, one, all);
  const findings = [...new Map(certificates.flatMap((c) => judge(c)).map((f) => [f.text.code, f])).values()];
  findings.push(...fileFindings(one, leaf, keys, all));
  return { ...rest, certificates: certificates.map((certificate) => factsOf(certificate)), keys, findings };
}

function placeOf({ file, protection, mode }: Found): KeyPlace {
  return { place: 'file', name: file, protection, ...(mode === undefined ? {} : { mode }) };
}

/** Where the key of an identity lies. A key under a password tells nobody whose it is: the name beside it must do. */
function keysOf(access: StackAccess, identity: string, one: Found, all: readonly Found[]): KeyPlace[] {
  const beside = keyBeside(one.file);
  const inFiles = all.filter(
    (other) => other.identities.includes(identity) || (other.hasKey && other.identities.length === 0 && beside.includes(other.file)),
  );
  const kept = storeNames(access, identity).map((name): KeyPlace => ({ place: 'store', name, protection: 'none' }));
  inFiles.sort((a, b) => Number(beside.includes(b.file)) - Number(beside.includes(a.file)));
  return [...inFiles.map(placeOf), ...kept];
}

export function keyBeside(file: string): string[] {
  const pair = pairs.find(({ certificate }) => certificate === file);
  return [...(pair && 'file' in pair.key ? [pair.key.file] : []), file.replace(/\.[^./]+$/, '.key')];
}

function storeNames(access: StackAccess, identity: string): string[] {
  const named = (['ca.key', 'operator.key'] as const).filter((name) => {
    const pem = access.secrets.get(name);
    return pem !== undefined && identityIn(pem.reveal()) === identity;
  });
  const ring = keyRingOf(access)
    .list()
    .filter((kept) => kept.identity === identity && kept.kind !== 'apiKey');
  return [...named, ...ring.map(({ name }) => name)];
}

function identityIn(pem: string): string | undefined {
  try {
    return readAny(Buffer.from(pem), undefined, 'store').keys[0]?.identity;
  } catch {
    return undefined;
  }
}

function fileFindings(
  one: Found,
  leaf: X509Certificate | undefined,
  keys: readonly KeyPlace[],
  all: readonly Found[],
): CertificateFinding[] {
  const findings: CertificateFinding[] = [];
  if (one.hasKey && one.mode !== undefined && (Number.parseInt(one.mode, 8) & 0o077) !== 0)
    findings.push({ mark: 'fail', text: say('certificateFindOpen', { mode: one.mode }) });
  const [beside] = all.filter(({ file, hasKey }) => hasKey && keyBeside(one.file).includes(file) && file !== one.file);
  const [identity] = beside?.identities ?? [];
  if (leaf && beside && identity !== undefined && identity !== identityOf(leaf))
    findings.push({ mark: 'fail', text: say('certificateFindOtherKey', { key: beside.file }) });
  if (one.role !== undefined && one.role !== 'ca' && one.role !== 'trust' && leaf && keys.length === 0)
    findings.push({ mark: 'fail', text: say('certificateFindNoKey') });
  if (!one.hasKey) return findings;
  // Beside its certificate a key is at home: copies elsewhere are the stray ones.
  const isHome = (file: string): boolean =>
    all.some(({ certificates, file: of }) => certificates.length > 0 && keyBeside(of).includes(file));
  const copies = keys.filter(({ place, name }) => place === 'file' && name !== one.file && (isHome(name) || !isHome(one.file)));
  if (copies.length > 0)
    findings.push({ mark: 'warn', text: say('certificateFindCopies', { files: copies.map(({ name }) => name).join(', ') }) });
  const store = keys.find(({ place }) => place === 'store');
  if (store) findings.push({ mark: 'warn', text: say('certificateFindStray', { name: store.name }) });
  const signs = all.some(({ certificates }) => certificates[0]?.ca === true && one.identities.includes(identityOf(certificates[0])));
  if (signs) findings.push({ mark: 'fail', text: say('certificateFindCaKey') });
  return findings;
}
