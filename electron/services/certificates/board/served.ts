import type { X509Certificate } from 'node:crypto';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { serverNames } from '../../../../shared/servers.ts';
import type { CommandLine, Evidence } from '../../../../shared/setup.ts';
import type { ServerKind } from '../../../../shared/stacks.ts';
import { say } from '../../../../shared/text.ts';
import { certificatesHash, withCertificates } from '../../../clients/kes/configHeading.ts';
import { kesFile, writeKesFiles } from '../../../clients/kes/nodeFiles.ts';
import { seen } from '../../../jobs/evidence.ts';
import { pause } from '../../../jobs/pause.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { tell } from '../../../jobs/tell.ts';
import { dayOf } from './cells.ts';
import type { Look } from './look.ts';
import { type UsedUrl, usedUrls } from './urls.ts';

/** MinIO looks at its files about every ten seconds (minio.md 2.8), also where no signal tells it. */
const patienceSeconds = 30;

/** What `tell` does, by hand, for the process that runs now. */
export async function tellCommand({ servers }: Pick<StackAccess, 'servers'>, kind: ServerKind): Promise<CommandLine> {
  const { pid } = await servers.status(kind);
  return { comment: say('boardCommandTell', { server: serverNames[kind] }), line: `kill -HUP ${pid ?? '"$PID"'}` };
}

/**
 * Looks at the server until it serves this certificate under every name in use. A server that does not run serves nothing:
 * no evidence then. Throws `boardNotServed`, `cancelled`.
 */
export async function seeServed(
  access: StackAccess,
  kind: ServerKind,
  wanted: X509Certificate,
  how: {
    hosts: readonly string[];
    look: Look;
    signal: AbortSignal;
    /** Only under this name, at the server's own address. */
    only?: string;
    /** How long it may take. */
    seconds?: number;
  },
): Promise<Evidence[]> {
  if ((await access.servers.status(kind)).state !== 'running')
    return [seen(kind, say('boardSeenStopped', { server: serverNames[kind] }), undefined, 'info')];
  const used = (await usedUrls(access, how.hosts)).filter(({ server, way }) => server === kind && way === 'here');
  const { only } = how;
  const urls = only === undefined ? used : used.slice(0, 1).map((url) => ({ ...url, host: only }));
  const end = Date.now() + (how.seconds ?? patienceSeconds) * 1000;
  for (let round = 0; ; round += 1) {
    const sights = await how.look(access, urls, how.signal);
    const late = urls.filter((url) => !isServed(sights.get(url), wanted));
    if (late.length === 0) return servedEvidence(kind, urls, wanted);
    if (Date.now() > end) throw new AppError('boardNotServed', { server: serverNames[kind], url: late[0]?.url ?? '' });
    // A signal that came while the server was still busy with an earlier one is lost.
    if (round % 20 === 19) await tell(access, kind);
    await pause(250, how.signal);
  }
}

function isServed(sight: { live: boolean; chain: readonly X509Certificate[] } | undefined, wanted: X509Certificate): boolean {
  return sight?.live === true && sight.chain[0]?.fingerprint256 === wanted.fingerprint256;
}

function servedEvidence(kind: ServerKind, urls: readonly UsedUrl[], wanted: X509Certificate): Evidence[] {
  const names = [...new Set(urls.map(({ host }) => host))].join(', ');
  return [
    seen(
      kind,
      say('boardSeenServed', { server: serverNames[kind], names, day: dayOf(wanted.validToDate) }),
      wanted.fingerprint256.toLowerCase(),
    ),
  ];
}

/** KES has read its new certificates by itself here, so the head of its file, which names them for the guided step, follows. */
export async function followCertificates(access: StackAccess): Promise<void> {
  const content = await access.folder.read(kesFile);
  if (content === undefined) return;
  const followed = withCertificates(content, await certificatesHash(access));
  if (followed !== content) await writeKesFiles(access, followed);
}
