import type { X509Certificate } from 'node:crypto';
import { type BoardFix, type CertificateBoard, cellIds, type PublicSource, type ServedRow } from '../../../../shared/certificateBoard.ts';
import type { ServerKind } from '../../../../shared/stacks.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { isPair, pairs, readKey } from '../pairs.ts';
import { readBoardFile } from './boardFile.ts';
import { fileCell, fileElsewhereCell, fileRenewedCell, type Limits, serverCells, unknownCells } from './cells.ts';
import { expiriesOf } from './expiry.ts';
import { boardCertificateOf } from './facts.ts';
import { identityRows } from './identities.ts';
import { keeperCommand } from './keeper.ts';
import { certificateFileOf, certificateTextAt, type Look, type Sight } from './look.ts';
import { sourcesOf } from './sources.ts';
import { readSwap } from './swapState.ts';
import { lenient } from './trust.ts';
import { type UsedUrl, usedUrls } from './urls.ts';

interface OnDisk {
  path: string;
  certificate: X509Certificate | undefined;
  /** Its key is its own. Told only of the pair that Sealdeck writes. */
  fits: boolean;
}

interface Known {
  limits: Limits;
  sources: readonly PublicSource[];
}

/** The whole board: one handshake for each name of each server, and the files as they lie now. */
export async function lookAtBoard(
  access: StackAccess,
  hosts: readonly string[],
  look: Look,
  signal?: AbortSignal,
): Promise<CertificateBoard> {
  const kept = await readBoardFile(access);
  const { settings } = kept;
  const urls = await usedUrls(access, hosts);
  const sights = await look(access, urls, signal);
  const disk = new Map<ServerKind, OnDisk>();
  for (const kind of new Set(urls.filter(({ way }) => way === 'here').map(({ server }) => server)))
    disk.set(kind, await onDisk(access, kind));
  const sources = await sourcesOf(kept);
  const rows = urls.map((url) =>
    rowOf(access, url, sights.get(url), disk.get(url.server), { limits: settings, sources: sources.map(({ source }) => source) }),
  );
  const identities = await identityRows(access, settings);
  const at = new Date().toISOString();
  const cas = await casOf(access, at);
  const swap = await readSwap(access);
  return {
    rows,
    identities,
    expiries: expiriesOf({
      rows,
      identities,
      cas,
      sources: sources.flatMap(({ source, certificate }) => (certificate ? [{ source, certificate }] : [])),
      settings,
    }),
    sources: sources.map(({ source }) => source),
    settings,
    ...(swap ? { swap } : {}),
    localCa: access.secrets.has('ca.key'),
    at,
  };
}

function rowOf(access: StackAccess, url: UsedUrl, sight: Sight | undefined, disk: OnDisk | undefined, known: Known): ServedRow {
  const { id, server, node, way, host, users, hop } = url;
  const chain = sight?.chain ?? [];
  const live = sight?.live === true && chain.length > 0;
  // One that MinIO shows by name only is not the one that lies here.
  const installed = known.sources.find(
    (one) => one.server === server && one.fingerprint === disk?.certificate?.fingerprint256.toLowerCase(),
  );
  const fix = fixOf(access, url, installed !== undefined);
  const chosen = way !== 'here' && users.some(({ who }) => who.code === 'boardUserSealdeck');
  const trustFix: BoardFix | undefined = chosen ? { kind: 'trust', target: server } : undefined;
  const judged = live ? serverCells({ host, chain, hop, limits: known.limits, fix, trustFix }) : [];
  const cells = live ? judged : unknownCells(cellIds.filter((one) => one !== 'file'));
  const reload: BoardFix = { kind: 'reload', target: server };
  const own = disk && fileCell(disk.path, disk.certificate, live ? chain[0] : undefined, disk.fits, { reload, renew: fix });
  const file = way !== 'here' || !own ? fileElsewhereCell() : installed?.renewed === true ? fileRenewedCell(installed) : own;
  return {
    id,
    server,
    node,
    url: url.url,
    host,
    users,
    trust: hop.trust,
    live,
    at: sight?.at ?? new Date().toISOString(),
    ...(sight?.error ? { error: sight.error.frame } : {}),
    ...(chain[0] ? { certificate: boardCertificateOf(chain[0]) } : {}),
    chain: chain.slice(1, 9).map(boardCertificateOf),
    ...(disk && way === 'here'
      ? { file: { path: disk.path, ...(disk.certificate ? { certificate: boardCertificateOf(disk.certificate) } : {}) } }
      : {}),
    cells: [...cells, file],
  };
}

/** What mends the certificate itself: issued again here, taken anew from its folder, or asked for by its keeper. */
function fixOf(access: StackAccess, url: UsedUrl, isPublic: boolean): BoardFix {
  const { server, way } = url;
  if (way !== 'here') return { kind: 'command', command: keeperCommand(url) };
  if (isPublic) return { kind: 'install', target: server };
  return access.secrets.has('ca.key') || pairs.some(({ id }) => id === server) ? { kind: 'renew', target: server } : { kind: 'wizard' };
}

async function onDisk(access: StackAccess, kind: ServerKind): Promise<OnDisk> {
  const path = await certificateFileOf(access, kind);
  const [certificate] = lenient(await certificateTextAt(access, path));
  const pair = pairs.find((one) => one.certificate === path);
  const key = pair && (await readKey(access, pair.key));
  return { path, certificate, fits: certificate === undefined || pair === undefined || (key !== undefined && isPair(certificate, key)) };
}

async function casOf({ stack, folder }: StackAccess, at: string) {
  const files = [...new Set(stack.cas.filter(({ kind, file }) => kind !== 'system' && file !== '').map(({ file }) => file))];
  const found = await Promise.all(
    files.map(async (file) => lenient((await folder.read(file)) ?? '').map((one) => ({ file, certificate: boardCertificateOf(one), at }))),
  );
  return found.flat().filter(({ certificate }) => certificate.isCa);
}
