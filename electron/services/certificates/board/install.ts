import { X509Certificate } from 'node:crypto';
import type { BoardPlan } from '../../../../shared/certificateBoard.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { caFileOf, clustersOf, serverNames, wayOf } from '../../../../shared/servers.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import type { ServerKind } from '../../../../shared/stacks.ts';
import { say } from '../../../../shared/text.ts';
import { systemRoots } from '../../../clients/trust.ts';
import type { Report } from '../../../jobs/jobRunner.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { tell } from '../../../jobs/tell.ts';
import { oneLine } from '../../../platform/certificateFacts.ts';
import { shellWord } from '../../../platform/shellWord.ts';
import { missingNames } from '../decide.ts';
import { namesOf } from '../inspect.ts';
import { certificateMode, keyMode, pairs, readOwn } from '../pairs.ts';
import { changeBoardFile } from './boardFile.ts';
import { chainVerdict } from './chain.ts';
import { boardCertificateOf, shortName } from './facts.ts';
import { restartMinio } from './minioKeys.ts';
import { findPublic, type PublicPair, readPublic } from './publicFolders.ts';
import type { How } from './renew.ts';
import { followCertificates, seeServed, tellCommand } from './served.ts';
import { lenient } from './trust.ts';
import { applyTrust, publicCaId, trustChanges } from './trustChange.ts';
import { type UsedUrl, usedUrls } from './urls.ts';

export interface Installing {
  server: ServerKind;
  folder: string;
  name?: string | undefined;
}

interface Installation {
  pair: PublicPair;
  leaf: X509Certificate;
  /** Where certificate and key go, in the stack's folder. */
  certificateFile: string;
  keyFile: string;
  /** MinIO shows it by name (SNI) beside its other one: it does not hold every name in use. */
  byName: boolean;
  /** Whoever issued the highest certificate that was given: what its clients have to believe. */
  anchor: X509Certificate;
  /** Clients who do not believe it yet. */
  strangers: UsedUrl[];
}

/** Throws `boardRenewElsewhere`, `boardInstallNames`, `boardInstallCut`, and what reading the folder throws. */
async function installationOf(access: StackAccess, { server, folder, name }: Installing, placed: readonly string[]): Promise<Installation> {
  const own = pairs.find(({ id }) => id === server);
  if (!own || !('file' in own.key) || wayOf(access.stack, server) !== 'here')
    throw new AppError('boardRenewElsewhere', { file: own?.certificate ?? server });
  const places = await findPublic(folder);
  const place = name === undefined ? places[0] : places.find((one) => one.name === name);
  if (!place) throw new AppError('boardFolderEmpty', { folder });
  const pair = await readPublic(place);
  const [leaf] = pair.chain;
  if (!leaf) throw new AppError('boardFolderEmpty', { folder });
  if (leaf.validToDate.getTime() <= Date.now()) throw new AppError('boardReplyEnded', { day: leaf.validToDate.toISOString().slice(0, 10) });
  // Names of this machine that nobody uses may be without: what counts is who connects.
  const used = (await usedUrls(access, placed)).filter((url) => url.server === server && url.way === 'here');
  const connecting = used.filter(({ users }) => users.some(({ who }) => who.code !== 'boardUserPlace'));
  const missing = missingNames(leaf, [...new Set(connecting.map(({ host }) => host))]);
  const byName = server === 'minio' && missing.length > 0;
  const names = namesOf(leaf);
  if (missing.length > 0 && !byName)
    throw new AppError('boardInstallNames', {
      server: serverNames[server],
      missing: missing.join(', '),
      names: names.join(', ').slice(0, 300),
    });
  const anchor = anchorOf(pair.chain);
  if (!anchor) throw new AppError('boardInstallCut', { file: pair.certificateFile, issuer: shortName(oneLine(pair.chain.at(-1)?.issuer)) });
  // A domain's folder below MinIO's. MinIO looks at the folders that it found at its start, and at no new one.
  const base = byName ? `minio/certs/${(names[0] ?? 'public').replace(/^\*\./, '_.').replace(/[^A-Za-z0-9._-]/g, '_')}` : undefined;
  return {
    pair,
    leaf,
    certificateFile: base ? `${base}/public.crt` : own.certificate,
    keyFile: base ? `${base}/private.key` : own.key.file,
    byName,
    anchor,
    strangers: byName ? [] : connecting.filter(({ hop }) => chainVerdict(pair.chain, hop.anchors).kind !== 'trusted'),
  };
}

/** A root of the system that the chain leads to, else the highest CA that was given along. */
function anchorOf(chain: readonly X509Certificate[]): X509Certificate | undefined {
  const verdict = chainVerdict(
    chain,
    systemRoots().map((pem) => new X509Certificate(pem)),
  );
  if (verdict.kind === 'trusted') return verdict.anchor;
  const top = chain.at(-1);
  if (!top?.ca || chain.length < 2) return undefined;
  return chainVerdict(chain.slice(0, -1), [top]).kind === 'trusted' ? top : undefined;
}

export async function planInstall(access: StackAccess, input: Installing, placed: readonly string[]): Promise<BoardPlan> {
  const { pair, leaf, certificateFile, keyFile, byName, anchor, strangers } = await installationOf(access, input, placed);
  const server = serverNames[input.server];
  const current = byName ? undefined : await readOwn(access, certificateFile).catch(() => undefined);
  const trust = strangers.length > 0 ? trustChanges(access, input.server) : { changes: [], warnings: [], files: [] };
  return {
    changes: [
      ...(strangers.length > 0 ? [say('boardInstallTrust', { anchor: shortName(oneLine(anchor.subject)), server }), ...trust.changes] : []),
      byName
        ? say('boardInstallByName', { tool: pair.tool, names: namesOf(leaf).join(', ').slice(0, 300), file: certificateFile })
        : say('boardInstallWrite', { tool: pair.tool, file: certificateFile, server }),
      say('boardRenewTells', { server }),
      say('boardInstallWatch', { tool: pair.tool, folder: pair.folder }),
    ],
    warnings: [say('boardPublicPurpose'), ...trust.warnings, byName ? say('boardInstallRestart') : say('boardInstallReplaces', { server })],
    files: [
      ...trust.files,
      { path: keyFile, mode: '0600', why: say('boardInstallWhyKey', { server }) },
      { path: certificateFile, mode: '0644', why: say('boardInstallWhyCertificate', { server }) },
    ],
    commands: [
      { comment: say('boardCommandInstall'), line: `install -m 600 ${shellWord(pair.keyFile)} ${shellWord(access.folder.path(keyFile))}` },
      { line: `install -m 644 ${shellWord(pair.certificateFile)} ${shellWord(access.folder.path(certificateFile))}` },
      await tellCommand(access, input.server),
    ],
    ...(current ? { before: boardCertificateOf(current) } : {}),
    after: boardCertificateOf(leaf),
  };
}

/**
 * Puts a public certificate in place of a server's: first its clients learn to believe it (beside whom they believe already),
 * then key and certificate are written, the server is told, and its handshake looked at. Run again after a kill it goes on.
 */
export async function install(access: StackAccess, input: Installing, how: How, report: Report): Promise<Evidence[]> {
  const { pair, leaf, certificateFile, keyFile, byName, anchor, strangers } = await installationOf(access, input, how.hosts);
  const server = input.server;
  const evidence: Evidence[] = [];
  report({ done: 0, total: 3 });
  const already = clustersOf(access.stack, server)[0]?.ca === publicCaId(server);
  // A run that was killed may have told the document and not yet the clients.
  if (!byName && (already || strangers.length > 0))
    evidence.push(...(await applyTrust(access, server, await trustOf(access, server, anchor), how)));
  report({ done: 1, total: 3 });
  await access.folder.makeFolder(certificateFile.slice(0, certificateFile.lastIndexOf('/')), 0o700);
  await access.folder.write(keyFile, pair.key.reveal(), keyMode);
  await access.folder.write(certificateFile, pair.chain.map(String).join(''), certificateMode);
  if (server === 'kes') await followCertificates(access);
  const fingerprint = leaf.fingerprint256.toLowerCase();
  const { tool, folder, name } = pair;
  await changeBoardFile(access, (file) => ({
    ...file,
    sources: [
      ...file.sources.filter((one) => one.server !== server),
      { server, tool, folder, name, installedAt: new Date().toISOString(), fingerprint },
    ],
  }));
  await access.journal(say('boardDidInstall', { tool, file: certificateFile }));
  report({ done: 2, total: 3 });
  await tell(access, server);
  evidence.push(...(byName ? await seenByName(access, leaf, how) : await seeServed(access, server, leaf, how)));
  return evidence;
}

/** MinIO's own address, asked for the certificate's name. A folder that it has not seen yet it finds only when it starts. */
async function seenByName(access: StackAccess, leaf: X509Certificate, how: How): Promise<Evidence[]> {
  const only = namesOf(leaf)[0]?.replace(/^\*\./, 'www.') ?? '';
  const named = { ...how, only };
  try {
    return await seeServed(access, 'minio', leaf, { ...named, seconds: 2 });
  } catch (error) {
    if (!isAppError(error, 'boardNotServed')) throw error;
  }
  await restartMinio(access, how.signal);
  return seeServed(access, 'minio', leaf, named);
}

/** Whom this server's clients believe afterwards: everybody whom they believed, and the new CA. */
async function trustOf({ stack, folder }: StackAccess, server: ServerKind, anchor: X509Certificate): Promise<X509Certificate[]> {
  const file = caFileOf(stack, clustersOf(stack, server)[0]?.ca ?? '');
  const known = file === undefined ? [] : lenient((await folder.read(file)) ?? '');
  return [...known.filter((one) => one.fingerprint256 !== anchor.fingerprint256), anchor];
}
