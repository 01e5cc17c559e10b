import type { X509Certificate } from 'node:crypto';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { identityOf, oneLine } from '../../platform/certificateFacts.ts';
import { makeCertificate, makeKey } from './build.ts';
import { type Decision, decide } from './decide.ts';
import { type Asked, isOurs, isSuperfluous } from './needs.ts';
import { caFile, certificateMode, keyMode, minioCaFile, minioIdentityFile, type Pair, type PairId, readOwn } from './pairs.ts';

type Issuer = { certificate: X509Certificate; key: Secret };

/**
 * Makes what `decide` says is missing or does not fit. A key is always written before its certificate: killed in
 * between, the next run finds a key without a fitting certificate and makes only that.
 */
export async function applyCertificates(access: StackAccess, asked: Asked, signal: AbortSignal): Promise<void> {
  const { ca, leaves } = await decide(access, asked);
  const secrets = [...(ca ? ['ca.key'] : []), ...leaves.flatMap(({ pair }) => ('secret' in pair.key ? [pair.key.secret] : []))];
  if (secrets.length > 0) access.secrets.requireDurable(secrets.join(', '));
  const ownMinio = isOurs(access.stack, 'minio');
  for (const folder of ['certs', ...(ownMinio ? ['minio', 'minio/certs', 'minio/certs/CAs'] : [])])
    await access.folder.makeFolder(folder, 0o700);

  const issuer = ca && (await applyCa(access, ca));
  for (const { pair, decision } of leaves) {
    if (signal.aborted) throw new AppError('cancelled');
    await applyPair(access, pair, decision, issuer);
  }
  const servers = leaves.filter(({ pair }) => pair.use === 'server').map(({ pair }) => pair.certificate);
  if (!issuer && servers.length > 0) await writeIfDifferent(access, caFile, await bundle(access, servers));
  if (ownMinio) await writeIfDifferent(access, minioCaFile, (await access.folder.read(caFile)) ?? '');
  if (isSuperfluous({ stack: access.stack, input: asked.input }))
    await access.update((stack) => ({ ...stack, identities: stack.identities.filter(({ certFile }) => certFile !== minioIdentityFile) }));
  const signers = ca ? [caFile] : servers;
  await updateStack(
    access,
    signers,
    leaves.map(({ pair }) => pair.id),
  );
}

async function applyCa(access: StackAccess, decision: Decision): Promise<Issuer> {
  let { key } = decision;
  if (!key) {
    key = await makeKey(decision.wanted.keyType);
    await access.secrets.set('ca.key', key);
  }
  if (decision.action !== 'keep') {
    await access.folder.write(caFile, makeCertificate({ ...decision.wanted, key }), certificateMode);
    await access.journal(say('certificatesMadeCa', { file: caFile, name: decision.wanted.subject.commonName }));
  }
  return { certificate: await mustRead(access, caFile), key };
}

async function applyPair(access: StackAccess, pair: Pair, decision: Decision, issuer: Issuer | undefined): Promise<void> {
  let { key } = decision;
  if (!key) {
    key = await makeKey(decision.wanted.keyType);
    if ('secret' in pair.key) await access.secrets.set(pair.key.secret, key);
    else await access.folder.write(pair.key.file, key.reveal(), keyMode);
  } else if ('file' in pair.key) await restoreMode(access, pair.key.file, key.reveal(), keyMode);

  if (decision.action !== 'keep') {
    const pem = makeCertificate({ ...decision.wanted, key, ...(issuer ? { issuer } : {}) });
    await access.folder.write(pair.certificate, pem, certificateMode);
    const code = decision.action === 'pair' ? 'certificatesMadePair' : 'certificatesMadeAgain';
    await access.journal(say(code, { id: pair.id, file: pair.certificate }));
  }
}

/** The servers' own certificates, so that every reader of `certs/ca.crt` trusts each. */
async function bundle(access: StackAccess, servers: readonly string[]): Promise<string> {
  return (await Promise.all(servers.map((file) => access.folder.read(file)))).join('');
}

async function updateStack(access: StackAccess, signers: readonly string[], made: readonly PairId[]): Promise<void> {
  const read = await Promise.all(signers.map((file) => mustRead(access, file)));
  const ca = {
    id: 'local',
    kind: 'file' as const,
    subject: read.map((one) => oneLine(one.subject)).join('; '),
    fingerprint: read.map((one) => one.fingerprint256.toLowerCase()).join(' '),
    file: caFile,
  };
  const signed = signers.includes(caFile) ? { ca: 'local' } : {};
  const identity = async (id: 'minio' | 'operator', certFile: string): Promise<Stack['identities'][number]> => {
    return { id, hash: identityOf(await mustRead(access, certFile)), purpose: id, ...signed, certFile };
  };
  const identities = [
    ...(made.includes('minio-client') ? [await identity('minio', minioIdentityFile)] : []),
    ...(made.includes('operator') ? [await identity('operator', 'certs/operator.crt')] : []),
  ];
  const merge = <T extends { id: string }>(old: readonly T[], fresh: readonly T[]): T[] => [
    ...old.filter((one) => !fresh.some(({ id }) => id === one.id)),
    ...fresh,
  ];
  const cas = read.length === 0 ? [] : [ca];
  const change = (stack: Stack): Stack => ({ ...stack, cas: merge(stack.cas, cas), identities: merge(stack.identities, identities) });
  if (JSON.stringify(change(access.stack)) !== JSON.stringify(access.stack)) await access.update(change);
}

async function mustRead(access: StackAccess, file: string): Promise<X509Certificate> {
  const found = await readOwn(access, file);
  if (!found) throw new AppError('certificateMissing', { file });
  return found;
}

async function writeIfDifferent(access: StackAccess, file: string, content: string): Promise<void> {
  if ((await access.folder.read(file)) !== content) await access.folder.write(file, content, certificateMode);
}

async function restoreMode(access: StackAccess, file: string, content: string, wanted: number): Promise<void> {
  const mode = await access.folder.mode(file);
  if (mode === undefined || (mode & 0o777) === wanted) return;
  await access.folder.write(file, content, wanted);
  await access.journal(say('certificatesRights', { file, mode: wanted.toString(8) }));
}
