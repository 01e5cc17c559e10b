import type { X509Certificate } from 'node:crypto';
import type { Renewable } from '../../../../shared/certificateBoard.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import type { ServerKind } from '../../../../shared/stacks.ts';
import { say } from '../../../../shared/text.ts';
import { withKes } from '../../../clients/kes/forStack.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { tell } from '../../../jobs/tell.ts';
import { identityOf, oneLine } from '../../../platform/certificateFacts.ts';
import { makeCertificate } from '../build.ts';
import { missingNames } from '../decide.ts';
import { namesOf, usagesOf } from '../inspect.ts';
import { certificateMode, isPair } from '../pairs.ts';
import { dayOf } from './cells.ts';
import { certificateTextAt, type Look } from './look.ts';
import { keyOf, minioWorks } from './minioKeys.ts';
import { type Renewal, renewalOf } from './renewal.ts';
import { followCertificates, seeServed } from './served.ts';
import { lenient } from './trust.ts';

export interface Renewing {
  id: Renewable;
  days?: number | undefined;
  /** PEM of a CA elsewhere. */
  reply?: string | undefined;
}

export interface How {
  hosts: readonly string[];
  look: Look;
  signal: AbortSignal;
  /** How long a server may take to serve what it was told to. */
  seconds?: number;
}

/**
 * A new certificate of the same key, so the same identity: written as a whole, its server told, and the handshake looked at. Run
 * again after a kill it makes another one, which harms nobody.
 */
export async function renew(access: StackAccess, { id, days, reply }: Renewing, how: How): Promise<Evidence[]> {
  const renewal = await renewalOf(access, id, how.hosts, days);
  const { pair, current, by } = renewal;
  if (by.kind === 'elsewhere' && reply === undefined) throw new AppError('boardRenewNoReply', { issuer: by.issuer });
  const pem = reply === undefined ? made(renewal) : fromReply(renewal, reply);
  await access.folder.write(pair.certificate, pem, certificateMode);
  const [leaf] = lenient(pem);
  if (!leaf) throw new Error('a certificate that cannot be read was made');
  await access.journal(say('boardDidRenew', { file: pair.certificate, day: dayOf(leaf.validToDate) }));
  const evidence = [seen('disk', say('boardSeenSame', { file: pair.certificate }), identityOf(current))];
  if (pair.id === 'kes') await followCertificates(access);
  return [
    ...evidence,
    ...(pair.use === 'server' ? await serverTakes(access, pair.id as ServerKind, leaf, how) : await identityWorks(access, pair.id)),
  ];
}

async function serverTakes(access: StackAccess, kind: ServerKind, leaf: X509Certificate, how: How): Promise<Evidence[]> {
  await tell(access, kind);
  return seeServed(access, kind, leaf, how);
}

/** KES is asked with the renewed certificate, and MinIO for a data key. */
export async function identityWorks(access: StackAccess, id: string): Promise<Evidence[]> {
  const who = id === 'operator' ? 'operator' : 'minio';
  const key = keyOf(access);
  const evidence: Evidence[] = [];
  if (access.stack.kesClusters.length > 0) {
    if (who === 'operator') await withKes(access, who, (kes) => kes.status());
    else await withKes(access, who, (kes) => kes.generate(key));
    evidence.push(seen('kes', say('boardSeenKes', { id }), key === '' ? undefined : key));
  }
  if (who === 'operator' || !access.secrets.has('minio.root')) return evidence;
  await tell(access, 'minio');
  return [...evidence, await minioWorks(access, key)];
}

function made({ pair, subject, key, hosts, days, by }: Renewal): string {
  return makeCertificate({ use: pair.use, subject, days, hosts, key, ...(by.kind === 'local' ? { issuer: by.issuer } : {}) });
}

/**
 * What a CA elsewhere sent back, leaf first, without its root. Throws `boardReplyKey`, `boardReplyNames`, `boardReplyPurpose`,
 * `boardReplyEnded`, `boardReplyCa`: then nothing is written.
 */
export function fromReply({ pair, key, hosts }: Renewal, reply: string): string {
  const given = lenient(reply);
  const leaf = given.find((one) => isPair(one, key));
  if (!leaf)
    throw new AppError('boardReplyKey', {
      found:
        given
          .map(({ subject }) => oneLine(subject))
          .join('; ')
          .slice(0, 300) || '-',
    });
  const missing = missingNames(leaf, hosts);
  if (missing.length > 0)
    throw new AppError('boardReplyNames', { missing: missing.join(', '), names: namesOf(leaf).join(', ').slice(0, 300) || '-' });
  const usage = `${pair.use}Auth`;
  if (usagesOf(leaf).length > 0 && !usagesOf(leaf).includes(usage))
    throw new AppError('boardReplyPurpose', { usage, usages: usagesOf(leaf).join(', ') });
  if (leaf.ca) throw new AppError('boardReplyCa');
  if (leaf.validToDate.getTime() <= Date.now()) throw new AppError('boardReplyEnded', { day: dayOf(leaf.validToDate) });
  // KES counts the certificates that a client sends: only its own belongs into an identity.
  if (pair.use === 'client') return leaf.toString();
  return [leaf, ...issuersOf(leaf, given)].map(String).join('');
}

/** From the leaf's issuer upwards, as far as they were given, without a root. */
export function issuersOf(leaf: X509Certificate, given: readonly X509Certificate[]): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (let at: X509Certificate | undefined = leaf; at && chain.length < 8; ) {
    const below: X509Certificate = at;
    at = given.find(
      (one) =>
        one.fingerprint256 !== below.fingerprint256 &&
        one.ca &&
        one.subject !== one.issuer &&
        below.checkIssued(one) &&
        below.verify(one.publicKey),
    );
    if (at) chain.push(at);
  }
  return chain;
}

/** Lets a server read its certificate again, and looks at what it serves then. Throws `boardNotServed`. */
export async function reload(access: StackAccess, kind: ServerKind, file: string, how: How): Promise<Evidence[]> {
  const [first] = lenient(await certificateTextAt(access, file));
  if (!first) throw new AppError('certificateMissing', { file });
  await tell(access, kind);
  const evidence = await seeServed(access, kind, first, how);
  await access.journal(say('boardDidReload', { file }));
  return evidence;
}
