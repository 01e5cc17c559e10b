import { createPrivateKey, type X509Certificate } from 'node:crypto';
import type { ReplyVerdict } from '../../../../shared/certificateFiles.ts';
import type { Secret } from '../../../../shared/secret.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { identityOf, oneLine } from '../../../platform/certificateFacts.ts';
import { missingNames } from '../decide.ts';
import { keyTypeOf, namesOf, usagesOf } from '../inspect.ts';
import { caFile, readCertificates } from '../pairs.ts';
import { contentOf, readAny } from './anyFile.ts';
import { moreFacts } from './extensions.ts';
import { factsOf, isSelfSigned } from './facts.ts';
import { type KeptKey, keyRingOf } from './keyRing.ts';

export interface Reply {
  request: KeptKey & { request: NonNullable<KeptKey['request']> };
  leaf: X509Certificate | undefined;
  /** From the leaf's issuer upwards, without the anchor. */
  between: X509Certificate[];
  /** What clients have to believe: the root, or the highest CA that is there. */
  anchor: X509Certificate | undefined;
  checks: Evidence[];
}

/**
 * Reads what a CA sent back and holds it against the request. Every check is made, so that all is said at once; one that failed
 * blocks. Throws `certificateKeyUnknown` and what reading a file throws.
 */
export async function readReply(access: StackAccess, id: string, content: Secret, root?: Secret): Promise<Reply> {
  const kept = keyRingOf(access).get('request', id);
  const request = {
    ...kept,
    request: kept.request ?? { target: 'other', use: 'server', hosts: [], ask: [], keyType: 'P-256', subject: { commonName: kept.name } },
  } as Reply['request'];
  const given = readAny(contentOf(content), undefined, 'the reply').certificates;
  const roots = root ? readAny(contentOf(root), undefined, 'the root').certificates : [];
  const known = await readCertificates(access, caFile).catch(() => []);
  const leaf = given.find((one) => identityOf(one) === kept.identity);
  const { between, anchor } = chainOf(leaf, [...given, ...roots], known);
  const checks = leaf ? judgeReply(request, leaf, between, anchor) : [otherKey(given)];
  return { request, leaf, between, anchor, checks };
}

export function isBlocked({ checks }: Pick<Reply, 'checks'>): boolean {
  return checks.some(({ outcome }) => outcome === 'fail');
}

/** Certificates upwards in whatever order they were given; each signature is verified. */
function chainOf(leaf: X509Certificate | undefined, given: readonly X509Certificate[], known: readonly X509Certificate[]) {
  const chain: X509Certificate[] = [];
  for (let at = leaf; at && !isSelfSigned(at) && chain.length < 10; ) {
    const below = at;
    const issuer: X509Certificate | undefined = [...given, ...known].find(
      (one) => !one.raw.equals(below.raw) && one.ca && below.checkIssued(one) && below.verify(one.publicKey),
    );
    if (issuer) chain.push(issuer);
    at = issuer;
  }
  const anchor = leaf && isSelfSigned(leaf) ? leaf : chain.at(-1);
  return { between: chain.slice(0, -1), anchor };
}

function otherKey(given: readonly X509Certificate[]): Evidence {
  const found = given
    .map((one) => oneLine(one.subject))
    .join('; ')
    .slice(0, 300);
  return seen('disk', say('certificateReplyOtherKey', { found: found || '–' }), given.map(identityOf).join(' '), 'fail');
}

function judgeReply(
  { request, key }: Reply['request'],
  leaf: X509Certificate,
  between: readonly X509Certificate[],
  anchor: X509Certificate | undefined,
): Evidence[] {
  const checks: Evidence[] = [];
  const note = (good: boolean, text: Evidence['text'], bad: Evidence['text'], answer?: string, outcome: 'fail' | 'warn' = 'fail'): void =>
    void checks.push(seen('disk', good ? text : bad, answer, good ? 'ok' : outcome));
  note(
    leaf.checkPrivateKey(createPrivateKey(key)),
    say('certificateReplyKey'),
    say('certificateReplyOtherKey', { found: oneLine(leaf.subject) }),
    identityOf(leaf),
  );
  const missing = missingNames(leaf, request.hosts);
  note(
    missing.length === 0,
    say('certificateReplyNames', { names: namesOf(leaf).join(', ') || '–' }),
    say('certificateReplyNamesMissing', { missing: missing.join(', '), names: namesOf(leaf).join(', ') || '–' }),
  );
  const usage = `${request.use}Auth`;
  const usages = usagesOf(leaf);
  note(
    usages.includes(usage),
    say('certificateReplyPurpose', { usage }),
    say('certificateReplyPurposeMissing', { usage, usages: usages.join(', ') || '–' }),
  );
  note(!leaf.ca, say('certificateReplyLeaf'), say('certificateReplyIsCa'));
  const kind = keyTypeOf(leaf.publicKey);
  if (kind !== request.keyType)
    note(false, say('certificateReplyKey'), say('certificateFindWeakKey', { keyType: kind }), undefined, 'warn');
  for (const one of [leaf, ...between, ...(anchor && anchor !== leaf ? [anchor] : [])]) noteDates(one, note);
  noteChain(leaf, between, anchor, note);
  return checks;
}

type Note = (good: boolean, text: Evidence['text'], bad: Evidence['text'], answer?: string, outcome?: 'fail' | 'warn') => void;

function noteDates(one: X509Certificate, note: Note): void {
  const [from, to] = [one.validFromDate, one.validToDate];
  const now = Date.now();
  const values = { name: oneLine(one.subject).slice(0, 120), from: from.toISOString().slice(0, 10), to: to.toISOString().slice(0, 10) };
  note(from.getTime() <= now && now < to.getTime(), say('certificateReplyDates', values), say('certificateReplyDatesOver', values));
}

function noteChain(leaf: X509Certificate, between: readonly X509Certificate[], anchor: X509Certificate | undefined, note: Note): void {
  if (!anchor || anchor === leaf) {
    note(false, say('certificateReplyLeaf'), say('certificateReplyNoIssuer', { issuer: oneLine(leaf.issuer).slice(0, 200) }));
    return;
  }
  const name = oneLine(anchor.subject).slice(0, 200);
  const root = isSelfSigned(anchor);
  note(
    root,
    say('certificateReplyChain', { root: name, count: between.length }),
    say('certificateReplyNoRoot', { name, issuer: oneLine(anchor.issuer).slice(0, 200) }),
    undefined,
    'warn',
  );
  // Below each CA may stand as many CAs as it says; the leaf does not count.
  const above = [...between, anchor];
  const short = above.findIndex((one, index) => (moreFacts(one).pathLength ?? Number.POSITIVE_INFINITY) < index);
  const narrow = above[short];
  if (narrow) note(false, say('certificateReplyLeaf'), say('certificateReplyPathLength', { name: oneLine(narrow.subject).slice(0, 200) }));
}

/** What the window shows before anything is put in place. */
export function verdictOf(reply: Reply, plan: Pick<ReplyVerdict, 'changes' | 'warnings'>): ReplyVerdict {
  const { leaf, between, anchor, checks } = reply;
  const blocked = isBlocked(reply);
  const chain = [...(leaf ? [leaf] : []), ...between, ...(anchor && anchor !== leaf ? [anchor] : [])];
  return { chain: chain.map((one) => factsOf(one)), checks, blocked, ...(blocked ? { changes: [], warnings: [] } : plan) };
}
