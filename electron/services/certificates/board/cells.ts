import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { BoardCell, BoardFix, PublicSource } from '../../../../shared/certificateBoard.ts';
import { say, type Text } from '../../../../shared/text.ts';
import { oneLine } from '../../../platform/certificateFacts.ts';
import { namesOf, usagesOf } from '../inspect.ts';
import { chainVerdict } from './chain.ts';
import { boardCertificateOf, shortName, weaknessOf } from './facts.ts';
import type { Hop } from './trust.ts';

const day = 86_400_000;

export interface Limits {
  soonDays: number;
  urgentDays: number;
}

/** Whether the server's certificate is good for this name, under this trust. */
export interface ServerCase {
  host: string;
  chain: readonly X509Certificate[];
  hop: Hop;
  limits: Limits;
  /** What mends the certificate itself; where the trust in it is chosen, that comes first for a chain that leads nowhere. */
  fix?: BoardFix | undefined;
  trustFix?: BoardFix | undefined;
}

const cell = (id: BoardCell['id'], state: BoardCell['state'], says: Text, more?: Text, fix?: BoardFix): BoardCell => ({
  id,
  state,
  says,
  ...(more ? { more } : {}),
  ...(fix && (state === 'fail' || state === 'warn') ? { fix } : {}),
});

/** The cells of a server's certificate, but for the one that compares it with its file. Pure. */
export function serverCells({ host, chain, hop, limits, fix, trustFix }: ServerCase, now = Date.now()): BoardCell[] {
  const [leaf] = chain;
  if (!leaf) return [];
  return [
    nameCell(leaf, host, fix),
    chainCell(chain, hop, trustFix ?? fix, now),
    purposeCell(leaf, 'serverAuth', fix),
    caCell(leaf, 'server', fix),
    daysCell(leaf, limits, fix, now),
    keyCell(leaf, fix),
  ];
}

/** The cells of a client's certificate: no name is asked of it. `auth`: KES wants it from a CA that `hop` believes. */
export function clientCells(leaf: X509Certificate, limits: Limits, fix: BoardFix | undefined, auth?: Hop, now = Date.now()): BoardCell[] {
  return [
    ...(auth ? [chainCell([leaf], auth, fix, now)] : []),
    purposeCell(leaf, 'clientAuth', fix),
    caCell(leaf, 'client', fix),
    daysCell(leaf, limits, fix, now),
    keyCell(leaf, fix),
  ];
}

/** Nothing is known now, whatever was known before. */
export function unknownCells(ids: readonly BoardCell['id'][]): BoardCell[] {
  return ids.map((id) => cell(id, 'unknown', say('boardCellUnknown')));
}

function nameCell(leaf: X509Certificate, host: string, fix: BoardFix | undefined): BoardCell {
  const fits = isIP(host) === 0 ? leaf.checkHost(host, { subject: 'never' }) : leaf.checkIP(host);
  if (fits !== undefined) return cell('name', 'ok', say('boardNameFits'), say('boardNameFitsMore', { host }));
  const names = namesOf(leaf).slice(0, 20).join(', ');
  const more = names === '' ? say('boardNameNone', { host }) : say('boardNameMissingMore', { host, names: names.slice(0, 400) });
  return cell('name', 'fail', say('boardNameMissing', { host }), more, fix);
}

function chainCell(chain: readonly X509Certificate[], { trust, anchors }: Hop, fix: BoardFix | undefined, now: number): BoardCell {
  if (trust.kind === 'unknown')
    return cell('chain', 'unknown', say('boardTrustElsewhere'), say('boardTrustElsewhereMore', { file: trust.file ?? '-' }));
  const verdict = chainVerdict(chain, anchors, now);
  const by = trust.kind === 'system' ? 'system' : (trust.file ?? '-');
  if (verdict.kind === 'trusted') {
    const anchor = shortName(oneLine(verdict.anchor.subject));
    return cell('chain', 'ok', say('boardChainTrusted'), say('boardChainTrustedMore', { anchor, by }));
  }
  const at = shortName(oneLine(verdict.at.subject));
  const issuer = shortName(oneLine(verdict.at.issuer));
  const trusted = trust.subjects.join(', ') || '-';
  const says = {
    nobody: [say('boardChainNobody'), say('boardChainNobodyMore', { by })],
    unknown: [say('boardChainUnknown'), say('boardChainUnknownMore', { issuer, by, trusted })],
    selfSigned: [say('boardChainSelf'), say('boardChainSelfMore', { at, by, trusted })],
    signature: [say('boardChainSignature'), say('boardChainSignatureMore', { issuer, by })],
    notCa: [say('boardChainNotCa'), say('boardChainNotCaMore', { at })],
    tooLong: [say('boardChainLong'), say('boardChainLongMore', { at })],
    ended: [say('boardChainEnded'), say('boardChainEndedMore', { at, day: dayOf(verdict.at.validToDate) })],
  } as const;
  const [short, more] = says[verdict.kind];
  return cell('chain', 'fail', short, more, fix);
}

function purposeCell(leaf: X509Certificate, wanted: 'serverAuth' | 'clientAuth', fix: BoardFix | undefined): BoardCell {
  const usages = usagesOf(leaf);
  if (usages.length === 0 || usages.includes('2.5.29.37.0'))
    return cell('purpose', 'ok', say('boardPurposeAny'), say('boardPurposeAnyMore'));
  if (usages.includes(wanted)) return cell('purpose', 'ok', say('boardPurpose', { usage: wanted }));
  return cell(
    'purpose',
    'fail',
    say('boardPurposeMissing', { usage: wanted }),
    say('boardPurposeMissingMore', { usage: wanted, usages: usages.join(', ') }),
    fix,
  );
}

/** As a server it works with every Go client; KES takes no client certificate with it (kes.md trap 2). */
function caCell(leaf: X509Certificate, use: 'server' | 'client', fix: BoardFix | undefined): BoardCell {
  if (!leaf.ca) return cell('ca', 'ok', say('boardCaNo'));
  return use === 'client'
    ? cell('ca', 'fail', say('boardCaYes'), say('boardCaClient'), fix)
    : cell('ca', 'warn', say('boardCaYes'), say('boardCaServer'), fix);
}

export function daysCell(leaf: X509Certificate, { soonDays, urgentDays }: Limits, fix: BoardFix | undefined, now: number): BoardCell {
  const [from, to] = [leaf.validFromDate, leaf.validToDate];
  const values = { from: dayOf(from), to: dayOf(to) };
  if (from.getTime() > now) return cell('days', 'fail', say('boardNotYet', { day: values.from }), say('boardDaysMore', values), fix);
  if (to.getTime() < now) return cell('days', 'fail', say('boardEnded', { day: values.to }), say('boardDaysMore', values), fix);
  const count = Math.floor((to.getTime() - now) / day);
  const state = count < urgentDays ? 'fail' : count < soonDays ? 'warn' : 'ok';
  return cell('days', state, say('boardDays', { count }), say('boardDaysMore', values), fix);
}

function keyCell(leaf: X509Certificate, fix: BoardFix | undefined): BoardCell {
  const { keyType, signature } = boardCertificateOf(leaf);
  const weakness = weaknessOf(boardCertificateOf(leaf));
  const says = say('boardKey', { keyType });
  if (weakness === undefined) return cell('key', 'ok', says, say('boardKeyMore', { signature }));
  if (weakness === 'ed25519') return cell('key', 'info', says, say('boardKeyEd25519'));
  if (weakness === 'oldHash') return cell('key', 'fail', say('boardKeyOldHash'), say('boardKeyOldHashMore', { signature }), fix);
  return cell(
    'key',
    weakness === 'rsaShort' ? 'fail' : 'warn',
    says,
    say(weakness === 'rsaShort' ? 'boardKeyShort' : 'boardKeyCurve', { keyType }),
    fix,
  );
}

/** The certificate on disk against the one that is served. `own`: read just now; undefined: it cannot be read or is not there. */
export function fileCell(
  file: string,
  own: X509Certificate | undefined,
  served: X509Certificate | undefined,
  fits: boolean,
  fix: { reload: BoardFix; renew?: BoardFix | undefined },
): BoardCell {
  if (!own) return cell('file', 'fail', say('boardFileBroken'), say('boardFileBrokenMore', { file }), fix.renew);
  if (!fits) return cell('file', 'fail', say('boardFileKey'), say('boardFileKeyMore', { file }), fix.renew);
  if (!served) return cell('file', 'unknown', say('boardCellUnknown'));
  if (own.fingerprint256 === served.fingerprint256) return cell('file', 'ok', say('boardFileSame'), say('boardFileSameMore', { file }));
  const newer = own.validToDate.getTime() > served.validToDate.getTime();
  return newer
    ? cell('file', 'warn', say('boardFileNewer'), say('boardFileNewerMore', { file, day: dayOf(own.validToDate) }), fix.reload)
    : cell('file', 'warn', say('boardFileOther'), say('boardFileOtherMore', { file }), fix.reload);
}

/** The tool that got it has a newer one by now. */
export function fileRenewedCell({ tool, folder, server }: Pick<PublicSource, 'tool' | 'folder' | 'server'>): BoardCell {
  return cell('file', 'warn', say('boardFileRenewed'), say('boardFileRenewedMore', { tool, folder }), { kind: 'install', target: server });
}

/** The file lies on another host. */
export function fileElsewhereCell(): BoardCell {
  return cell('file', 'unknown', say('boardFileElsewhere'), say('boardFileElsewhereMore'));
}

export function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
