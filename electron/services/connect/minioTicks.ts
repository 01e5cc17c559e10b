import type { PreflightTick } from '../../../shared/connect.ts';
import { redact } from '../../../shared/redact.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { KesOperation } from '../../clients/kes/rights.ts';
import { ruleOf } from '../../clients/kes/rights.ts';
import type { MinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { keyScopeOf } from './server.ts';
import { type Told, unknown, whyOf } from './ticks.ts';

type Answer = Told & Pick<PreflightTick, 'outcome'>;

/**
 * The rights of MinIO's identity as MinIO itself finds them, for a stack where the key of that identity is not here: MinIO is
 * asked through its admin API and asks KES. What it cannot be asked without doing it stays unknown.
 */
export async function minioTicks(access: StackAccess, operations: readonly KesOperation[]): Promise<PreflightTick[]> {
  const scope = keyScopeOf(access.stack);
  const identity = access.stack.identities.find(({ purpose }) => purpose === 'minio')?.hash ?? 'MinIO';
  const tick = (operation: KesOperation, answer: Answer): PreflightTick => {
    const rule = ruleOf(operation, scope);
    const line = { file: say('connectFileKes', { identity, list: 'allow' }), content: `- ${rule}` };
    const what = say('connectTickMinioMay', { rule });
    return { id: `kes.minio.${operation}`, what, ...answer, ...(answer.outcome === 'missing' ? { line } : {}) };
  };
  try {
    return await withMinioAdmin(access, async (admin) => {
      const { defaultKey } = await admin.kmsStatus();
      const status = await admin.keyStatus(defaultKey);
      const answers: Partial<Record<KesOperation, Answer>> = {
        create: { outcome: 'unknown', why: say('connectWhyNotNeeded', { key: defaultKey }) },
        status: { outcome: 'ok', answer: 'MinIO: kms status 200' },
        generate: fromError(status.encryptionError, defaultKey),
        decrypt: status.encryptionError
          ? { outcome: 'unknown', why: say('connectWhyNoDataKey') }
          : fromError(status.decryptionError, defaultKey),
        list: await ask(admin, 'list'),
        api: await ask(admin, 'apis'),
        metrics: await ask(admin, 'metrics'),
      };
      return operations.map((operation) => tick(operation, answers[operation] ?? { outcome: 'unknown', why: say('connectWhyUntold') }));
    });
  } catch (error) {
    return [unknown('kes.minio', say('connectTickMinioIdentity'), whyOf(error))];
  }
}

async function ask(admin: MinioAdmin, route: 'list' | 'apis' | 'metrics'): Promise<Answer> {
  try {
    await admin.askKms(route);
    return { outcome: 'ok', answer: `MinIO: kms ${route} 200` };
  } catch (error) {
    const told = whyOf(error);
    // A refusal of the login at MinIO says nothing of MinIO's own rights at KES.
    const refused = !isAppError(error, 'minioAccessDenied') && isRefusal(told.answer ?? '');
    return { outcome: refused ? 'missing' : 'unknown', ...told };
  }
}

function fromError(error: string | undefined, key: string): Answer {
  if (error === undefined) return { outcome: 'ok', answer: `MinIO: ${key} 200` };
  return { outcome: isRefusal(error) ? 'missing' : 'unknown', answer: redact(error).slice(0, 300) };
}

/** MinIO's wording of KES's 403. */
function isRefusal(words: string): boolean {
  return /insufficient permissions|not authorized|NotAuthorized/i.test(words);
}
