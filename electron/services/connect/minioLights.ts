import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { KmsStatus, MinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { notTried, type OwnLights, ok, warn, word } from './lights.ts';
import { asLogin } from './tries.ts';

/** The lights that MinIO answers for, with a credential of any rights. `heard` is told what it said. */
export function minioLights(
  admin: MinioAdmin,
  credential: { user: string; defaultKey: string },
  heard: (words: string) => void,
): OwnLights {
  let policy: unknown;
  let kms: KmsStatus | AppError | undefined;

  return {
    async identity() {
      const account = await admin.account().catch(asLogin);
      policy = account.policy;
      return ok(word(credential.user.length > 20 ? `${credential.user.slice(0, 19)}…` : credential.user));
    },
    async policy() {
      const nodes = await asked(admin.nodes());
      kms = await asked(admin.kmsStatus());
      const version = nodes instanceof AppError ? undefined : nodes[0]?.version;
      if (version) heard(`MinIO ${version}`);
      const missing = [
        ...(nodes instanceof AppError ? ['admin:ServerInfo'] : []),
        ...(kms instanceof AppError && kms.code === 'minioAccessDenied' ? ['kms:Status'] : []),
      ];
      if (missing.length === 0) return ok(say(mayAdminister(policy) ? 'connectAdministers' : 'connectAudits'));
      const error = new AppError('connectRightsMissing', { server: 'MinIO', missing: missing.join(', ') });
      if (missing.length === 2 && actionsOf(policy).length === 0) throw error;
      return warn(say('connectObjectsOnly'), error);
    },
    async keyStore() {
      if (kms instanceof AppError) {
        if (kms.code === 'kmsNotConfigured') return warn(say('connectNoKms'), kms);
        if (kms.code === 'minioAccessDenied') return warn(say('connectMayNotAsk'), kms);
        throw kms;
      }
      if (kms === undefined) return notTried;
      if (kms.name !== 'MinIO KES') return warn(word(kms.name), new AppError('minioKmsOther', { found: kms.name }));
      const offline = kms.endpoints.filter(({ online }) => !online).map(({ url }) => url);
      if (offline.length > 0) throw new AppError('minioKesOffline', { endpoints: offline.join(', ') });
      return ok(say('connectKesOnline'));
    },
    async key() {
      if (kms === undefined || kms instanceof AppError) return notTried;
      const status = await asked(admin.keyStatus(kms.defaultKey));
      if (status instanceof AppError) {
        if (status.code === 'minioAccessDenied') return warn(say('connectMayNotAsk'), status);
        throw status;
      }
      if (status.error !== undefined) {
        if (/not exist|not found/i.test(status.error))
          throw new AppError('kesKeyNotFound', { name: kms.defaultKey, reason: status.error.slice(0, 300) });
        throw new AppError('minioKeyFails', { key: kms.defaultKey, reason: status.error.slice(0, 300) });
      }
      if (credential.defaultKey !== kms.defaultKey)
        return warn(say('connectKeyDiffers'), new AppError('minioKeyDiffers', { found: kms.defaultKey, wanted: credential.defaultKey }));
      return ok(say('connectOpens'));
    },
  };
}

/** A refusal as a value: another light may still be lit. */
async function asked<T>(work: Promise<T>): Promise<T | AppError> {
  try {
    return await work;
  } catch (error) {
    if (isAppError(error) && /^(?:minioAccessDenied|kmsNotConfigured|s3Error|kms)/.test(error.code)) return error;
    throw error;
  }
}

function actionsOf(policy: unknown): string[] {
  const statements = (policy as { Statement?: unknown } | null | undefined)?.Statement;
  if (!Array.isArray(statements)) return [];
  return statements.flatMap((statement: { Effect?: unknown; Action?: unknown }) => {
    if (statement?.Effect !== 'Allow') return [];
    return Array.isArray(statement.Action) ? statement.Action.map(String) : [String(statement.Action)];
  });
}

/** What the policy says; a service account's own, narrower one is not in it (minio.md 5.8). */
function mayAdminister(policy: unknown): boolean {
  return actionsOf(policy).some((action) => action === 'admin:*' || action === '*' || action === 'admin:ServiceRestart');
}
