import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import forge from 'node-forge';
import type { KeyProtection } from '../../../../shared/certificateFiles.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import { runsHere, serverKinds, serverNames } from '../../../../shared/servers.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { writeFileAtomic } from '../../../platform/atomicFile.ts';
import { identityOf } from '../../../platform/certificateFacts.ts';
import { bytes, explicit, int, oid, parse, sequence, set } from '../der.ts';
import { certificateMode, isPair, keyMode, pairs } from '../pairs.ts';
import { mostBytes, type ReadFile, readAny } from './anyFile.ts';
import { keyBeside } from './describe.ts';
import { identityOfKey, keyPem, openKey, pemBlock } from './keyFile.ts';
import { keyRingOf } from './keyRing.ts';
import { keepKey, modeSeen } from './make.ts';
import { openPkcs12 } from './pkcs12Read.ts';
import { writePkcs12 } from './pkcs12Write.ts';

export const shortestPassphrase = 8;

/** Refuses a passphrase that is missing or short. */
export function requirePassphrase(protection: KeyProtection, passphrase: Secret | undefined): void {
  if (protection === 'none') return;
  if (!passphrase) throw new AppError('certificatePassphraseMissing');
  if ([...passphrase.reveal()].length < shortestPassphrase) throw new AppError('certificatePassphraseShort', { min: shortestPassphrase });
}

/** The certificates of one file of the stack, whatever its form. */
export async function certificatesOf(access: StackAccess, file: string): Promise<X509Certificate[]> {
  const pem = await access.folder.read(file);
  if (pem === undefined) throw new AppError('certificateMissing', { file });
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----(?:[^-]|-(?!----))*-----END CERTIFICATE-----/g) ?? [];
  const certificates = readAny(Buffer.from(blocks.join('\n')), undefined, file).certificates;
  if (certificates.length === 0) throw new AppError('certificateBroken', { file, reason: 'no certificate in it' });
  return certificates;
}

/** Certificates without keys, as base64 of the file. */
export async function exportPublic(
  access: StackAccess,
  file: string,
  format: 'pem' | 'der' | 'pkcs7',
): Promise<{ name: string; content: string }> {
  const certificates = await certificatesOf(access, file);
  const base = file.slice(file.lastIndexOf('/') + 1).replace(/\.[^.]+$/, '');
  const [first] = certificates;
  const written = {
    pem: () => ({ name: `${base}.crt`, content: Buffer.from(certificates.map(String).join('')) }),
    der: () => ({ name: `${base}.der`, content: first?.raw ?? Buffer.alloc(0) }),
    pkcs7: () => ({ name: `${base}.p7b`, content: Buffer.from(pemBlock('PKCS7', bundleOf(certificates))) }),
  }[format]();
  return { name: written.name, content: written.content.toString('base64') };
}

/** A PKCS#7 SignedData that holds certificates and nothing that is signed (RFC 2315). */
function bundleOf(certificates: readonly X509Certificate[]): Buffer {
  const list = forge.asn1.create(
    forge.asn1.Class.CONTEXT_SPECIFIC,
    0,
    true,
    certificates.map(({ raw }) => parse(raw)),
  );
  const signed = sequence(int(Buffer.from([1])), set(), sequence(oid('1.2.840.113549.1.7.1')), list, set());
  return bytes(sequence(oid('1.2.840.113549.1.7.2'), explicit(0, signed)));
}

export interface ExportInput {
  file: string;
  format: 'pem' | 'pkcs12';
  to: string;
  current?: Secret | undefined;
  protection: KeyProtection;
  passphrase?: Secret | undefined;
  weak?: 'RC2' | '3DES' | 'SHA-1 MAC' | undefined;
}

/**
 * Certificate and key in one new file on this machine, 0600, which is read back. Throws `certificatePkcs12Weak` for what old programs ask
 * for, `certificateExportPlace`, `certificateFileExists`, `certificatePassphraseMissing`, `certificatePassphraseShort`.
 */
export async function exportWithKey(
  access: StackAccess,
  input: ExportInput,
): Promise<{ path: string; mode?: string; evidence: Evidence[] }> {
  const { file, format, to, passphrase, weak } = input;
  if (weak !== undefined) throw new AppError('certificatePkcs12Weak', { mode: weak });
  const protection = format === 'pkcs12' ? 'pkcs8' : input.protection;
  requirePassphrase(protection, passphrase);
  const certificates = await certificatesOf(access, file);
  const key = await keyOf(access, file, certificates, input.current);
  if (protection === 'none' && certificates[0]?.ca) throw new AppError('certificateCaKeyPlain');
  await requireNewPlace(to);
  const name = file.slice(file.lastIndexOf('/') + 1).replace(/\.[^.]+$/, '');
  const pem = certificates.map(String).join('');
  const content =
    format === 'pkcs12' && passphrase
      ? writePkcs12(key, certificates, name, passphrase)
      : Buffer.from(pem + keyPem(key, protection, passphrase).reveal());
  await writeFileAtomic(to, content, keyMode);
  const read = format === 'pkcs12' ? openPkcs12(content, passphrase, to) : readAny(content, passphrase, to);
  const opened = read.keys.length === 1;
  if (!opened) throw new AppError('certificateFileUnreadable', { file: to, reason: 'its key does not open' });
  await access.journal(say('certificateDidExport', { file, to }));
  return {
    path: to,
    ...(await modeOf(to)),
    evidence: [seen('disk', say('certificateSeenExport', { file: to }), identityOf(certificates[0] as X509Certificate))],
  };
}

/** Permission bits of a file on this machine, as text. */
export async function modeOf(path: string): Promise<{ mode?: string }> {
  if (process.platform === 'win32') return {};
  return { mode: ((await stat(path)).mode & 0o777).toString(8).padStart(4, '0') };
}

/** A file that is not there yet, in a folder that is. Throws `certificateExportPlace`, `certificateFileExists`. */
export async function requireNewPlace(to: string): Promise<void> {
  if (!isAbsolute(to)) throw new AppError('certificateExportPlace', { path: to, reason: 'it does not begin at the root' });
  const folder = await stat(dirname(to)).catch(() => undefined);
  if (!folder?.isDirectory()) throw new AppError('certificateExportPlace', { path: to, reason: `there is no folder ${dirname(to)}` });
  if (await stat(to).catch(() => undefined)) throw new AppError('certificateFileExists', { file: to });
}

/** The private key of a file's first certificate: in that file, beside it, or in the store. */
async function keyOf(
  access: StackAccess,
  file: string,
  certificates: readonly X509Certificate[],
  current: Secret | undefined,
): Promise<KeyObject> {
  const [leaf] = certificates as [X509Certificate];
  const kept = [keyRingOf(access).byIdentity(identityOf(leaf)), access.secrets.get('ca.key'), access.secrets.get('operator.key')];
  const stored = kept.find((one) => one !== undefined && isPair(leaf, one));
  if (stored) return createPrivateKey(stored.reveal());
  for (const path of [file, ...keyBeside(file)]) {
    const pem = await access.folder.read(path);
    if (pem === undefined || !pem.includes('PRIVATE KEY-----')) continue;
    const key = openKey(pem, current, path);
    if (!leaf.checkPrivateKey(key)) throw new AppError('certificateMismatch', { file, key: path });
    return key;
  }
  throw new AppError('certificateNoKey', { file });
}

export interface ImportInput {
  name: string;
  read: ReadFile;
  keyIn: 'file' | 'store';
  protection: KeyProtection;
  passphrase?: Secret | undefined;
}

/** Takes certificates, and a key where there is one, from a file of any form. Throws before anything is written. */
export async function importFile(access: StackAccess, input: ImportInput): Promise<{ file: string; evidence: Evidence[] }> {
  const { name, read, keyIn, protection, passphrase } = input;
  const paths = { certificate: `certs/imported/${name}.crt`, key: `certs/imported/${name}.key` };
  for (const file of Object.values(paths))
    if ((await access.folder.read(file)) !== undefined) throw new AppError('certificateFileExists', { file });
  if (read.certificates.length === 0) throw new AppError('certificateImportNoCertificate', { file: name });
  if (read.keys.length > 1) throw new AppError('certificateManyKeys', { file: name, count: read.keys.length });
  const [key] = read.keys;
  const leaf = key ? read.certificates.find((one) => identityOf(one) === key.identity) : read.certificates[0];
  if (!leaf) throw new AppError('certificateMismatch', { file: name, key: name });
  if (key) {
    if (keyIn === 'file') requirePassphrase(protection, passphrase);
    else access.secrets.requireDurable(name);
  }
  await access.folder.makeFolder('certs/imported', 0o700);
  if (key) await keepKey(access, { key: key.pem, keyIn, name, file: paths.key, protection, passphrase });
  const rest = read.certificates.filter((one) => one !== leaf);
  await access.folder.write(paths.certificate, [leaf, ...rest].map(String).join(''), certificateMode);
  await access.journal(say('certificateDidImport', { file: paths.certificate }));
  const until = leaf.validToDate.toISOString().slice(0, 10);
  const evidence = [seen('disk', say('certificateSeenMade', { file: paths.certificate, until }), identityOf(leaf))];
  if (read.weak.length > 0) evidence.push(seen('disk', say('certificateFindWeak', { modes: read.weak.join(', ') }), undefined, 'warn'));
  if (key && keyIn === 'file') evidence.push(await modeSeen(access, paths.key));
  return { file: paths.certificate, evidence };
}

/** Writes a key's file again under another passphrase, or none; the key stays. Throws `certificateKeyStarted`, and what opening it throws. */
export async function protectKey(
  access: StackAccess,
  {
    file,
    current,
    protection,
    passphrase,
  }: { file: string; current?: Secret | undefined; protection: KeyProtection; passphrase?: Secret | undefined },
): Promise<{ file: string; evidence: Evidence[] }> {
  const pem = await access.folder.read(file);
  if (pem === undefined) throw new AppError('certificateMissing', { file });
  if (pem.length > mostBytes) throw new AppError('certificateFileLarge', { file, bytes: pem.length });
  requirePassphrase(protection, passphrase);
  const server = startedWith(access, file);
  if (protection !== 'none' && server) throw new AppError('certificateKeyStarted', { file, server });
  const key = openKey(pem, current, file);
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----(?:[^-]|-(?!----))*-----END CERTIFICATE-----\n?/g) ?? [];
  await access.folder.write(file, certificates.join('') + keyPem(key, protection, passphrase).reveal(), keyMode);
  const again = openKey((await access.folder.read(file)) ?? '', passphrase, file);
  await access.journal(say(protection === 'none' ? 'certificateDidUnprotect' : 'certificateDidProtect', { file }));
  return {
    file,
    evidence: [seen('disk', say('certificateSeenProtected', { file, protection }), identityOfKey(again)), await modeSeen(access, file)],
  };
}

/** The server that Sealdeck starts with this key: it hands out no passphrase. */
function startedWith({ stack }: StackAccess, file: string): string | undefined {
  const pair = pairs.find(({ key }) => 'file' in key && key.file === file);
  const server = pair?.id === 'minio-client' ? 'minio' : serverKinds.find((kind) => kind === pair?.id);
  return server && runsHere(stack, server) ? serverNames[server] : undefined;
}

/** Sets a key's file to 0600. Throws `certificateMissing`. */
export async function closeKey(access: StackAccess, file: string): Promise<{ mode: string }> {
  const pem = await access.folder.read(file);
  if (pem === undefined) throw new AppError('certificateMissing', { file });
  if (!pem.includes('PRIVATE KEY-----')) throw new AppError('certificateNoKey', { file });
  await access.folder.write(file, pem, keyMode);
  await access.journal(say('certificatesRights', { file, mode: '600' }));
  const bits = await access.folder.mode(file);
  return { mode: bits === undefined ? '' : bits.toString(8).padStart(4, '0') };
}
