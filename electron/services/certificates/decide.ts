import { createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Secret } from '../../../shared/secret.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { backdatedMs } from './build.ts';
import { hasName, keyTypeOf, namesOf, usagesOf } from './inspect.ts';
import { type Asked, needsOf } from './needs.ts';
import { caFile, isPair, type Pair, readKey, readOwn, usableKey, type Wanted, wantedCa, wantedLeaf } from './pairs.ts';

export type Why = 'absent' | 'broken' | 'expired' | 'names' | 'issuer' | 'changed';

/** What apply does with one certificate: nothing, a new certificate for the key that is there, or both new. */
export interface Decision {
  action: 'keep' | 'certificate' | 'pair';
  why: Why | undefined;
  /** The key that stays. */
  key: Secret | undefined;
  wanted: Wanted;
}

export interface Decisions {
  /** `undefined` for self-signed certificates, and where there is nothing to sign. */
  ca: Decision | undefined;
  leaves: { pair: Pair; decision: Decision }[];
}

/** Who must have signed: a public key and a name, so that leaves of a CA whose certificate is made again still fit. */
interface Issuer {
  publicKey: KeyObject;
  subject: Wanted['subject'];
  end: number | undefined;
}

const minute = 60_000;
const day = 24 * 60 * minute;

/** Compares what is on disk and in the store with what is wanted. Changes nothing; a killed apply is judged like any other state. */
export async function decide(access: StackAccess, asked: Asked): Promise<Decisions> {
  const { input } = asked;
  const needs = needsOf(asked);
  const ca = input.kind === 'ca' && needs.length > 0 ? await decideCa(access, wantedCa(input)) : undefined;
  const caEnd = ca?.action === 'keep' ? (await readOwn(access, caFile))?.validToDate.getTime() : undefined;
  const leaves: Decisions['leaves'] = [];
  for (const need of needs) {
    const { pair } = need;
    const wanted = wantedLeaf(need, input);
    const key = usableKey(await readKey(access, pair.key), wanted.keyType);
    const certificate = await readOwn(access, pair.certificate);
    const exists = (await access.folder.read(pair.certificate)) !== undefined;
    const signer = ca ? ca.key : key;
    const issuer = signer && { publicKey: createPublicKey(signer.reveal()), subject: (ca?.wanted ?? wanted).subject, end: caEnd };
    const why = certificate ? misfit(certificate, key, wanted, issuer) : exists ? 'broken' : 'absent';
    const action = why === undefined ? 'keep' : key ? 'certificate' : 'pair';
    leaves.push({ pair, decision: { action, why, key, wanted } });
  }
  return { ca, leaves };
}

/**
 * A CA keeps its key as long as the store has it and its name stays, so everything that trusts it goes on. A key whose
 * certificate on disk is of another key is what a kill between the two leaves behind: only the certificate is made.
 */
async function decideCa(access: StackAccess, wanted: Wanted): Promise<Decision> {
  const key = usableKey(access.secrets.get('ca.key'), wanted.keyType);
  const certificate = await readOwn(access, caFile);
  const exists = (await access.folder.read(caFile)) !== undefined;
  const issuer = key && { publicKey: createPublicKey(key.reveal()), subject: wanted.subject, end: undefined };
  const why = certificate ? misfit(certificate, key, wanted, issuer) : exists ? 'broken' : 'absent';
  if (why === undefined) return { action: 'keep', why, key, wanted };
  const renamed = certificate && key && isPair(certificate, key) && !hasName(certificate, 'subject', wanted.subject);
  return key && !renamed ? { action: 'certificate', why, key, wanted } : { action: 'pair', why, key: undefined, wanted };
}

function misfit(certificate: X509Certificate, key: Secret | undefined, wanted: Wanted, issuer: Issuer | undefined): Why | undefined {
  const now = Date.now();
  if (!key || !isPair(certificate, key) || keyTypeOf(certificate.publicKey) !== wanted.keyType) return 'changed';
  if (certificate.validFromDate.getTime() > now || certificate.validToDate.getTime() <= now) return 'expired';
  if (!sameNames(certificate, wanted.hosts)) return 'names';
  if (!issuer || !hasName(certificate, 'issuer', issuer.subject) || !certificate.verify(issuer.publicKey)) return 'issuer';
  if (!hasName(certificate, 'subject', wanted.subject) || certificate.ca !== (wanted.use === 'ca')) return 'changed';
  if (wanted.use !== 'ca' && usagesOf(certificate).join() !== `${wanted.use}Auth`) return 'changed';
  const end = certificate.validToDate.getTime();
  const days = end - certificate.validFromDate.getTime() - backdatedMs;
  const cutByCa = end === issuer.end && days < wanted.days * day;
  return Math.abs(days - wanted.days * day) < minute || cutByCa ? undefined : 'changed';
}

function sameNames(certificate: X509Certificate, hosts: readonly string[]): boolean {
  return namesOf(certificate).length === hosts.length && missingNames(certificate, hosts).length === 0;
}

/** The names that a client would not accept this certificate for. */
export function missingNames(certificate: X509Certificate, hosts: readonly string[]): string[] {
  return hosts.filter(
    (host) => (isIP(host) === 0 ? certificate.checkHost(host, { subject: 'never' }) : certificate.checkIP(host)) === undefined,
  );
}
