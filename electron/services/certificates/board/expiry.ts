import type { BoardCertificate, BoardSettings, Expiry, IdentityRow, PublicSource, ServedRow } from '../../../../shared/certificateBoard.ts';
import { serverNames } from '../../../../shared/servers.ts';
import { say, type Text } from '../../../../shared/text.ts';

const day = 86_400_000;

/** How near the end of a certificate is. `life`: per cent of its lifetime that is over. */
export function levelOf(
  { notBefore, notAfter }: Pick<BoardCertificate, 'notBefore' | 'notAfter'>,
  { soonDays, urgentDays, lifePercent }: BoardSettings,
  now = Date.now(),
): Pick<Expiry, 'level' | 'days' | 'life'> {
  const [from, to] = [Date.parse(notBefore), Date.parse(notAfter)];
  const days = Math.floor((to - now) / day);
  const life = Math.min(100, Math.max(0, Math.round(((now - from) / Math.max(1, to - from)) * 100)));
  const level = to <= now ? 'expired' : days < urgentDays ? 'urgent' : days < soonDays ? 'soon' : life >= lifePercent ? 'due' : 'fine';
  return { level, days, life };
}

interface Parts {
  rows: readonly ServedRow[];
  identities: readonly IdentityRow[];
  /** CA certificates that the stack's hops believe, by their file. */
  cas: readonly { file: string; certificate: BoardCertificate; at: string }[];
  sources: readonly { source: PublicSource; certificate: BoardCertificate }[];
  settings: BoardSettings;
}

/**
 * Every certificate once, the one that ends first on top. One that a server shows comes before the same in its file; an
 * older answer of a server that is out of reach has no level: its date says nothing about now.
 */
export function expiriesOf({ rows, identities, cas, sources, settings }: Parts, now = Date.now()): Expiry[] {
  const found = new Map<string, Expiry>();
  const add = (id: string, kind: Expiry['kind'], what: Text, certificate: BoardCertificate, at: string, live = true): void => {
    const known = [...found.values()].some((one) => one.certificate.fingerprint === certificate.fingerprint);
    if (known || found.has(id)) return;
    const level = levelOf(certificate, settings, now);
    found.set(id, { id, kind, what, certificate, at, ...level, ...(live ? {} : { level: 'unknown' as const }) });
  };
  for (const { server, node, host, certificate, at, live } of rows.toSorted((a, b) => Number(b.live) - Number(a.live))) {
    if (!certificate) continue;
    // MinIO may show another one to those who ask for another name.
    const place = found.has(`served ${node}`) ? `served ${node} ${host}` : `served ${node}`;
    add(place, 'served', say('boardWhatServed', { server: serverNames[server] }), certificate, at, live);
  }
  for (const { server, file, at } of rows)
    if (file?.certificate)
      add(`file ${file.path}`, 'file', say('boardWhatFile', { server: serverNames[server], file: file.path }), file.certificate, at);
  for (const { id, file, certificate, at } of identities)
    if (certificate) add(`identity ${id}`, 'identity', say('boardWhatIdentity', { id, file }), certificate, at);
  for (const { file, certificate, at } of cas)
    add(`ca ${file} ${certificate.subject}`, 'ca', say('boardWhatCa', { file }), certificate, at);
  for (const { source, certificate } of sources) {
    const what = say('boardWhatSource', { tool: source.tool, server: serverNames[source.server] });
    add(`source ${source.server}`, 'source', what, certificate, new Date(now).toISOString());
  }
  return [...found.values()].toSorted((a, b) => a.certificate.notAfter.localeCompare(b.certificate.notAfter));
}
