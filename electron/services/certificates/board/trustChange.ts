import type { X509Certificate } from 'node:crypto';
import { isScalar, parseDocument } from 'yaml';
import type { BoardPlan } from '../../../../shared/certificateBoard.ts';
import { wayOf } from '../../../../shared/servers.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import type { ServerKind, Stack, StackCa } from '../../../../shared/stacks.ts';
import { say } from '../../../../shared/text.ts';
import { kesFile, writeKesFiles } from '../../../clients/kes/nodeFiles.ts';
import { withMinioAdmin } from '../../../clients/minioAdmin/forStack.ts';
import { seen } from '../../../jobs/evidence.ts';
import { inFileTurn } from '../../../jobs/fileTurns.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { tell } from '../../../jobs/tell.ts';
import { oneLine } from '../../../platform/certificateFacts.ts';
import { certificateMode } from '../pairs.ts';
import { keyOf, minioWorks, restartMinio } from './minioKeys.ts';
import { followCertificates } from './served.ts';

const minioFile = 'minio/minio.env';

/** Where the certificates lie that this server's clients believe once a CA elsewhere signs for it. */
export function trustFileOf(server: ServerKind): string {
  return `certs/trust/public-${server}.crt`;
}

/** The document's name of that trust: whose server has it, the guided step leaves its certificate alone. */
export function publicCaId(server: ServerKind): string {
  return `public-${server}`;
}

/** Which clients of a server here have to be changed so that they believe another CA as well. */
export function trustChanges(access: Pick<StackAccess, 'stack'>, server: ServerKind): Pick<BoardPlan, 'changes' | 'warnings' | 'files'> {
  const file = { path: trustFileOf(server), mode: '0644', why: say('boardTrustWhyFile') };
  if (server === 'vault' && wayOf(access.stack, 'kes') === 'here')
    return {
      changes: [say('boardTrustKes', { file: kesFile })],
      warnings: [],
      files: [file, { path: kesFile, mode: '0600', why: say('boardTrustWhyKes') }],
    };
  if (server === 'kes' && wayOf(access.stack, 'minio') === 'here')
    return {
      changes: [say('boardTrustMinio', { file: minioFile })],
      warnings: [say('boardTrustRestart')],
      files: [file, { path: minioFile, mode: '0600', why: say('boardTrustWhyMinio') }],
    };
  return { changes: [], warnings: [], files: [file] };
}

/**
 * Lets every client of a server believe these, which include all whom it believed before, so that nothing breaks while the
 * server still shows its old certificate. The document says so, too, so that the guided steps write the same.
 */
export async function applyTrust(
  access: StackAccess,
  server: ServerKind,
  anchors: readonly X509Certificate[],
  { signal }: { signal: AbortSignal },
): Promise<Evidence[]> {
  const file = trustFileOf(server);
  await access.folder.makeFolder('certs/trust', 0o700);
  await access.folder.write(file, anchors.map(String).join(''), certificateMode);
  const ca: StackCa = {
    id: publicCaId(server),
    kind: 'file',
    subject: anchors
      .map(({ subject }) => oneLine(subject))
      .join('; ')
      .slice(0, 1000),
    fingerprint: anchors.map(({ fingerprint256 }) => fingerprint256.toLowerCase()).join(' '),
    file,
  };
  await access.update((stack) => believing(stack, server, ca));
  await access.journal(say('boardDidTrust', { file }));
  if (server === 'vault' && wayOf(access.stack, 'kes') === 'here') return inFileTurn(access.folder, 'kes', () => kesBelieves(access, file));
  if (server === 'kes' && wayOf(access.stack, 'minio') === 'here') return minioBelieves(access, file, signal);
  return [];
}

function believing(stack: Stack, server: ServerKind, ca: StackCa): Stack {
  const put = <T extends { ca: string }>(list: readonly T[]): T[] => list.map((one, at) => (at === 0 ? { ...one, ca: ca.id } : one));
  return {
    ...stack,
    cas: [...stack.cas.filter(({ id }) => id !== ca.id), ca],
    keyStores: server === 'vault' ? put(stack.keyStores) : stack.keyStores,
    kesClusters: server === 'kes' ? put(stack.kesClusters) : stack.kesClusters,
    minioClusters: server === 'minio' ? put(stack.minioClusters) : stack.minioClusters,
  };
}

async function kesBelieves(access: StackAccess, file: string): Promise<Evidence[]> {
  const content = await access.folder.read(kesFile);
  if (content === undefined) return [];
  await writeKesFiles(access, withVaultCa(content, access.folder.path(file)));
  await followCertificates(access);
  await tell(access, 'kes');
  return [seen('disk', say('boardSeenTrust', { file: kesFile, trust: file }))];
}

/** `keystore.vault.tls.ca` with another file; everything else stays byte for byte. A file without that line is left alone. */
export function withVaultCa(content: string, file: string): string {
  const node = parseDocument(content, { logLevel: 'silent' }).getIn(['keystore', 'vault', 'tls', 'ca'], true);
  const [start, end] = (isScalar(node) && node.range) || [];
  if (start === undefined || end === undefined) return content;
  return content.slice(0, start) + (/^[\w./+@-]+$/.test(file) ? file : JSON.stringify(file)) + content.slice(end);
}

async function minioBelieves(access: StackAccess, file: string, signal: AbortSignal): Promise<Evidence[]> {
  const content = await access.folder.read(minioFile);
  if (content === undefined) return [];
  const path = access.folder.path(file);
  const line = `MINIO_KMS_KES_CAPATH=${/^[\w./:,@+=-]*$/.test(path) ? path : `"${path}"`}`;
  const changed = content.replace(/^MINIO_KMS_KES_CAPATH=.*$/m, () => line);
  if (changed !== content) await access.folder.write(minioFile, changed, 0o600);
  if ((await access.servers.status('minio')).state !== 'running') return [];
  // It reads its environment file at each start, also at the one that its admin API begins (minio.md 2.7).
  const has = await withMinioAdmin(access, (admin) => admin.nodes());
  if (!has.every(({ environment }) => environment.MINIO_KMS_KES_CAPATH === path)) await restartMinio(access, signal);
  return [seen('disk', say('boardSeenTrust', { file: minioFile, trust: file })), await minioWorks(access, keyOf(access))];
}
