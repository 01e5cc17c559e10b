import { join } from 'node:path';
import { z } from 'zod';
import { keyName } from '../../../../shared/kes.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { withKes } from '../../../clients/kes/forStack.ts';
import { withMinioAdmin } from '../../../clients/minioAdmin/forStack.ts';
import { withS3 } from '../../../clients/s3/forStack.ts';
import { recordName } from '../../../jobs/clusterView.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { writeJsonFile } from '../../../platform/atomicFile.ts';
import { readDocumentFile } from '../../../platform/storedDocument.ts';
import { digest, sample, takeSamples } from './samples.ts';
import type { StaticKey } from './staticKey.ts';

/** What was read before, kept without any key: an engine that is killed goes on from here. */
const moveForm = {
  version: 1,
  schema: z.object({
    version: z.literal(1),
    key: z.string(),
    at: z.string(),
    buckets: z.int(),
    samples: z.array(sample),
    /** Written before the import: from then on the key of that name in KES is ours. */
    state: z.enum(['importing', 'imported']),
    provenAt: z.string().optional(),
  }),
};
export type Move = z.infer<typeof moveForm.schema>;

export interface MoveDeps {
  readonly dataFolder: string;
  /** A data key with MinIO's identity where Sealdeck holds it. Throws what KES refuses. */
  readonly kesFromHere: (access: StackAccess, key: string) => Promise<'minio' | 'operator'>;
}

type Whose = Pick<StackAccess, 'stack' | 'cluster'>;
const fileOf = (dataFolder: string, { stack, cluster }: Whose): string =>
  join(dataFolder, 'stacks', stack.id, `${recordName('static-key', cluster)}.json`);

export async function readMove({ dataFolder }: MoveDeps, access: Whose): Promise<Move | undefined> {
  return readDocumentFile(fileOf(dataFolder, access), moveForm);
}

/**
 * Reads encrypted objects with the static key, then takes its bytes into KES under the same name: what was sealed by it opens there
 * as well (minio.md 2.2). Throws `staticKeyName`, `staticKeyOther`, `staticKeyNotInUse`, `staticKeyTaken`, `kes…`.
 */
export async function importStaticKey(deps: MoveDeps, access: StackAccess, key: StaticKey, signal: AbortSignal): Promise<Evidence[]> {
  const { name } = key;
  if (!keyName.safeParse(name).success) throw new AppError('staticKeyName', { name });
  const file = fileOf(deps.dataFolder, access);
  const earlier = await readMove(deps, access);
  const evidence: Evidence[] = [];
  const known = earlier?.key === name ? earlier : undefined;
  if (known === undefined) {
    const kms = await withMinioAdmin(access, (admin) => admin.kmsStatus());
    if (kms.name !== 'MinIO builtin') throw new AppError('staticKeyNotInUse', { found: kms.name });
    if (kms.defaultKey !== name) throw new AppError('staticKeyOther', { found: kms.defaultKey, name });
    if (await keyIsThere(access, name)) throw new AppError('staticKeyTaken', { name });
  }
  const { samples, buckets } = known ?? (await withS3(access, (s3) => takeSamples(s3, name, signal)));
  evidence.push(seen('minio', say('staticKeyRead', { count: samples.length, buckets }), undefined, samples.length > 0 ? 'ok' : 'warn'));
  const move: Move = known ?? { version: 1, key: name, at: new Date().toISOString(), buckets, samples, state: 'importing' };
  await writeJsonFile(file, move);
  if (!(await keyIsThere(access, name))) await withKes(access, 'operator', (kes) => kes.importKey(name, new Secret(key.material)));
  if (!(await keyIsThere(access, name))) throw new AppError('kesKeyNotFound', { name });
  if (move.state === 'importing') await access.journal(say('staticKeyJournal', { name }));
  await writeJsonFile(file, { ...move, state: 'imported' });
  evidence.push(seen('kes', say('staticKeyThere', { name })));
  try {
    const who = await deps.kesFromHere(access, name);
    evidence.push(
      seen(
        'kes',
        say(who === 'minio' ? 'staticKeyMinioMay' : 'staticKeyOperatorMay', { name }),
        undefined,
        who === 'minio' ? 'ok' : 'info',
      ),
    );
  } catch (error) {
    if (!isAppError(error, 'kesNotAuthorised')) throw error;
    evidence.push(seen('kes', say('staticKeyMinioMayNot', { name }), undefined, 'warn'));
  }
  if (key.isPublic) evidence.push(seen('minio', say('minioVarPublicKey', { name }), undefined, 'warn'));
  return evidence;
}

async function keyIsThere(access: StackAccess, name: string): Promise<boolean> {
  return withKes(access, 'operator', (kes) => kes.hasKey(name));
}

/**
 * Reads what was read before, with a MinIO that asks KES now: same bytes, users there. Throws `staticKeyNone`, `staticKeyStill`,
 * `minioIamNotLoaded`, and `staticKeyLost` with the first object that does not open.
 */
export async function proveStaticKey(deps: MoveDeps, access: StackAccess, signal: AbortSignal): Promise<Evidence[]> {
  const move = await readMove(deps, access);
  if (move?.state !== 'imported') throw new AppError('staticKeyNone');
  const evidence: Evidence[] = [];
  await withMinioAdmin(access, async (admin) => {
    const kms = await admin.kmsStatus();
    if (kms.name !== 'MinIO KES') throw new AppError('staticKeyStill', { found: kms.name });
    evidence.push(seen('minio', say('staticKeyByKes', { key: kms.defaultKey }), kms.raw));
    if (!(await admin.usersLoaded())) throw new AppError('minioIamNotLoaded', { host: admin.host });
    evidence.push(seen('minio', say('minioProofUsers')));
  });
  const lost: string[] = [];
  let gone = 0;
  await withS3(access, async (s3) => {
    for (const { bucket, key, sha256 } of move.samples) {
      signal.throwIfAborted();
      try {
        if ((await digest(s3, bucket, key, signal)) !== sha256) lost.push(`${bucket}/${key}`);
      } catch (error) {
        // Somebody deleted it meanwhile: that says nothing about the key.
        if (isAppError(error, 'objectMissing')) gone += 1;
        else if (isAppError(error)) lost.push(`${bucket}/${key}`);
        else throw error;
      }
    }
  });
  const [first] = lost;
  if (first !== undefined) throw new AppError('staticKeyLost', { count: lost.length, of: move.samples.length, first: first.slice(0, 300) });
  evidence.push(
    seen('minio', say('staticKeyReadAgain', { count: move.samples.length - gone }), undefined, move.samples.length > gone ? 'ok' : 'warn'),
  );
  if (gone > 0) evidence.push(seen('minio', say('staticKeyGone', { count: gone }), undefined, 'info'));
  await writeJsonFile(fileOf(deps.dataFolder, access), { ...move, provenAt: new Date().toISOString() });
  return evidence;
}
