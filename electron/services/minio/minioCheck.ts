import type { MinioInput } from '../../../shared/minio.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { wayOf } from '../../../shared/servers.ts';
import type { Evidence } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import type { AdminNode } from '../../clients/minioAdmin/adminClient.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import { refused } from '../../clients/s3/failures.ts';
import { seen } from '../../jobs/evidence.ts';
import { hostPath } from '../../jobs/handover.ts';
import type { StepContext } from '../../jobs/step.ts';
import { kesOf } from '../../jobs/ways.ts';
import { differences } from './environment.ts';
import { environmentFile, environmentOf, handedFiles, hostFolderOf } from './settings.ts';

/**
 * Asks MinIO: TLS, readiness, key manager, default key, an operation with that key, the settings it runs with, its users.
 * Health alone is no proof: it stays green while users are not loaded (minio.md 2.4).
 */
export async function checkMinio(context: StepContext, input: MinioInput): Promise<Evidence[]> {
  const evidence: Evidence[] = [];
  const note = (...what: Parameters<typeof seen>): void => void evidence.push(seen(...what));

  const way = wayOf(context.stack, 'minio');
  await withMinioAdmin(context, async (admin) => {
    const ready = await admin.ready(context.signal);
    note('minio', say(way === 'api' ? 'minioProofTlsForeign' : 'minioProofTls', { host: admin.host }));
    if (!ready.ready) {
      if (ready.code.startsWith('kms:')) throw refused({ ...ready, message: '', where: admin.host });
      throw new AppError('minioNotReady', { where: admin.host, code: ready.code });
    }
    note('minio', say('minioProofReady'), `/minio/health/ready ${ready.status}`);

    const kms = await admin.kmsStatus();
    if (kms.name !== 'MinIO KES') throw new AppError('minioKmsOther', { found: kms.name });
    const offline = kms.endpoints.filter(({ online }) => !online).map(({ url }) => url);
    if (offline.length > 0) throw new AppError('minioKesOffline', { endpoints: offline.join(', ') });
    note('minio', say('minioProofKms', { endpoints: kms.endpoints.map(({ url }) => url).join(', ') }), kms.raw);
    if (kms.defaultKey !== input.defaultKey) throw new AppError('minioKeyDiffers', { found: kms.defaultKey, wanted: input.defaultKey });
    note('minio', say('minioProofDefaultKey', { key: kms.defaultKey }));

    const key = await admin.keyStatus(input.defaultKey);
    if (key.error !== undefined) throw new AppError('minioKeyFails', { key: input.defaultKey, reason: key.error.slice(0, 300) });
    note('minio', say('minioProofKey', { key: input.defaultKey }), key.raw);

    const nodes = await admin.nodes();
    evidence.push(...(way === 'api' ? [...sameEverywhere(nodes), ...sameKes(context, kms.endpoints)] : asWritten(context, input, nodes)));

    if (!(await admin.usersLoaded())) throw new AppError('minioIamNotLoaded', { host: admin.host });
    note('minio', say('minioProofUsers'));
  });

  const mode = way === 'here' ? await context.folder.mode(environmentFile) : undefined;
  if (mode !== undefined) {
    const shown = { mode: `0${mode.toString(8)}` };
    if (mode === 0o600) note('disk', say('minioProofMode', shown));
    else note('disk', say('minioProofModeWide', shown), undefined, 'warn');
  }
  return evidence;
}

function asWritten(context: StepContext, input: MinioInput, nodes: readonly AdminNode[]): Evidence[] {
  const wanted = environmentOf(context, input, { user: '', password: '' });
  const away = hostFolderOf(context, input);
  for (const node of nodes) {
    const { changed, removed } = differences(node.environment, wanted);
    // Turned off by a line, as it must be where a variable cannot be removed.
    const left = removed.filter((name) => node.environment[name] !== 'off');
    const names = [...changed, ...left].join(', ');
    const path = away === undefined ? context.folder.path(environmentFile) : hostPath(away, handedFiles.environment);
    if (names !== '') throw new AppError('minioEnvironmentDiffers', { names, path });
  }
  return [seen('minio', say('minioProofEnvironment'))];
}

/** Of a server that others set up only what would bite is told: nodes that differ, and names of former times that nobody reads. */
function sameEverywhere(nodes: readonly AdminNode[]): Evidence[] {
  const ours = nodes.map(({ environment }) =>
    Object.entries(environment)
      .filter(([name]) => name.startsWith('MINIO_KMS_'))
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
  const different = new Set(ours.map((one) => JSON.stringify(one))).size > 1;
  const names = (ours[0] ?? []).map(([name]) => name);
  const old = names.filter((name) => /^MINIO_KMS_(?:KES_CA_PATH|MASTER_KEY|VAULT_)/.test(name));
  return [
    different
      ? seen('minio', say('minioProofNodesDiffer', { count: nodes.length }), undefined, 'warn')
      : seen('minio', say('minioProofNodesSame', { count: nodes.length }), names.join(', ')),
    ...(old.length > 0 ? [seen('minio', say('minioProofOldNames', { names: old.join(', ') }), undefined, 'warn')] : []),
  ];
}

/** A KES may have several names: whether it is the one of this stack, only a proof tells. */
function sameKes({ stack }: StepContext, endpoints: readonly { url: string }[]): Evidence[] {
  const ours = kesOf(stack)?.nodes.map(({ url }) => url) ?? [];
  const theirs = endpoints.map(({ url }) => url.replace(/\/$/, ''));
  if (ours.length === 0 || theirs.some((url) => ours.includes(url))) return [];
  return [seen('minio', say('minioProofOtherName', { theirs: theirs.join(', '), ours: ours.join(', ') }), undefined, 'info')];
}
