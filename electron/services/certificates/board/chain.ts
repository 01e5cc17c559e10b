import type { X509Certificate } from 'node:crypto';
import { moreFacts } from '../authority/extensions.ts';
import { isSelfSigned } from '../authority/facts.ts';

/** How far a chain leads to somebody who is trusted. `at`: the certificate at which it ends. */
export type ChainVerdict =
  | { kind: 'trusted'; anchor: X509Certificate }
  | { kind: 'nobody' | 'unknown' | 'selfSigned' | 'signature' | 'notCa' | 'tooLong' | 'ended'; at: X509Certificate };

const longestChain = 8;

/**
 * Whether the chain, leaf first, ends in one of the anchors: as Go and OpenSSL with a partial chain judge it, so a server's own
 * certificate may be an anchor, too. Name, purpose and the leaf's own dates are other questions. Anchors and intermediates must
 * be in their time and CAs, with no more CAs below them than they allow.
 */
export function chainVerdict(chain: readonly X509Certificate[], anchors: readonly X509Certificate[], now = Date.now()): ChainVerdict {
  const [leaf] = chain;
  if (!leaf) throw new Error('no certificate to judge');
  if (anchors.length === 0) return { kind: 'nobody', at: leaf };
  let at = leaf;
  for (let depth = 0; depth < longestChain; depth += 1) {
    const own = anchors.find((one) => one.fingerprint256 === at.fingerprint256);
    if (own) return inTime(own, now) || depth === 0 ? { kind: 'trusted', anchor: own } : { kind: 'ended', at: own };
    const named = anchors.filter((one) => at.checkIssued(one));
    const issuer = named.find((one) => at.verify(one.publicKey));
    if (issuer) {
      if (!issuer.ca) return { kind: 'notCa', at: issuer };
      if (isTooLong(issuer, depth)) return { kind: 'tooLong', at: issuer };
      return inTime(issuer, now) ? { kind: 'trusted', anchor: issuer } : { kind: 'ended', at: issuer };
    }
    if (isSelfSigned(at)) return { kind: 'selfSigned', at };
    const next = chain.find((one) => one.fingerprint256 !== at.fingerprint256 && at.checkIssued(one) && at.verify(one.publicKey));
    if (!next) return { kind: named.length > 0 ? 'signature' : 'unknown', at };
    if (!next.ca) return { kind: 'notCa', at: next };
    if (isTooLong(next, depth)) return { kind: 'tooLong', at: next };
    if (!inTime(next, now)) return { kind: 'ended', at: next };
    at = next;
  }
  return { kind: 'unknown', at };
}

/** `below`: how many CAs stand between it and the leaf. */
function isTooLong(issuer: X509Certificate, below: number): boolean {
  return (moreFacts(issuer).pathLength ?? Number.POSITIVE_INFINITY) < below;
}

function inTime(certificate: X509Certificate, now: number): boolean {
  return certificate.validFromDate.getTime() <= now && now <= certificate.validToDate.getTime();
}
