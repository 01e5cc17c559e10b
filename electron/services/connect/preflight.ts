import type { PreflightTick } from '../../../shared/connect.ts';
import { redact } from '../../../shared/redact.ts';
import { type AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { serverNames, wayOf } from '../../../shared/servers.ts';
import { say } from '../../../shared/text.ts';
import type { KesClient } from '../../clients/kes/client.ts';
import { kesFor } from '../../clients/kes/forStack.ts';
import { type KesOperation, type KesRight, kesRights, ruleListOf, ruleOf } from '../../clients/kes/rights.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { minioTicks } from './minioTicks.ts';
import { keyScopeOf } from './server.ts';
import { testServer } from './testServer.ts';
import { toldBy, unknown, whyOf } from './ticks.ts';
import { vaultTicks } from './vaultTicks.ts';

/** What MinIO asks of KES (minio.md 2.3). `encrypt` and `delete` are for Sealdeck's own proofs. */
const ofMinio = [
  'create',
  'generate',
  'decrypt',
  'describe',
  'list',
  'status',
  'metrics',
  'api',
] as const satisfies readonly KesOperation[];
const ofOperator = ['create', 'generate', 'encrypt', 'decrypt', 'delete'] as const satisfies readonly KesOperation[];

/** What the SSE-S3 page requires, asked of the servers; each missing right with the line that grants it. */
export async function preflight(access: StackAccess, signal: AbortSignal): Promise<PreflightTick[]> {
  const [reach, rights, vault] = await Promise.all([reachTicks(access, signal), kesTicks(access), vaultTicks(access)]);
  return [...reach, ...rights, ...vault];
}

/** From here to both, and from MinIO to KES: KES itself opens no connection to MinIO. */
async function reachTicks(access: StackAccess, signal: AbortSignal): Promise<PreflightTick[]> {
  const fromHere = (['kes', 'minio'] as const).map(async (kind): Promise<PreflightTick> => {
    const what = say('connectTickReach', { server: serverNames[kind] });
    if (wayOf(access.stack, kind) === 'none')
      return unknown(`reach.${kind}`, what, { why: say('connectWhyAbsent', { server: serverNames[kind] }) });
    const { lights, url } = await testServer(access, kind, signal);
    const red = lights.slice(0, 4).find(({ outcome }) => outcome === 'fail');
    if (!red) return { id: `reach.${kind}`, what, outcome: 'ok', answer: url };
    return { id: `reach.${kind}`, what, outcome: 'missing', ...(red.error ? toldBy(red.error) : {}) };
  });
  return [...(await Promise.all(fromHere)), await minioReachesKes(access)];
}

async function minioReachesKes(access: StackAccess): Promise<PreflightTick> {
  const id = 'reach.minio.kes';
  const what = say('connectTickMinioKes');
  return withMinioAdmin(access, async (admin) => {
    const kms = await admin.kmsStatus();
    if (kms.name !== 'MinIO KES') return unknown(id, what, { why: say('connectWhyOtherKms', { name: kms.name }) });
    const offline = kms.endpoints.filter(({ online }) => !online);
    const answer = kms.endpoints.map(({ url, online }) => `${url} ${online ? 'online' : 'offline'}`).join(', ');
    return { id, what, outcome: offline.length === 0 ? ('ok' as const) : ('missing' as const), answer };
  }).catch((error: unknown) => unknown(id, what, whyOf(error)));
}

async function kesTicks(access: StackAccess): Promise<PreflightTick[]> {
  if (wayOf(access.stack, 'kes') === 'none')
    return [unknown('kes.minio', say('connectTickMinioIdentity'), { why: say('connectWhyAbsent', { server: 'KES' }) })];
  const minio = (await ticksOf(access, 'minio', ofMinio)) ?? (await minioTicks(access, ofMinio));
  // What MinIO's identity may is not known where nobody could ask as it; then the operator's own rights say what KES can do.
  const told = minio.length > 1;
  const operator = await ticksOf(access, 'operator', told ? ofOperator : [...new Set([...ofMinio, ...ofOperator])]);
  return [...minio, ...(operator ?? [])];
}

/** The rights of one identity; `undefined` when its key is not here. */
async function ticksOf(
  access: StackAccess,
  who: 'minio' | 'operator',
  operations: readonly KesOperation[],
): Promise<PreflightTick[] | undefined> {
  const scope = keyScopeOf(access.stack);
  const identity = access.stack.identities.find(({ purpose }) => purpose === who)?.hash ?? '';
  const tick = (right: Pick<KesRight, 'operation' | 'rule'>): Pick<PreflightTick, 'id' | 'what'> => ({
    id: `kes.${who}.${right.operation}`,
    what: say(who === 'minio' ? 'connectTickMinioMay' : 'connectTickOperatorMay', { rule: right.rule }),
  });
  const allUnknown = (error: AppError): PreflightTick[] =>
    operations.map((operation) => ({
      ...tick({ operation, rule: ruleOf(operation, scope) }),
      outcome: 'unknown',
      ...toldBy(error),
    }));
  let kes: KesClient;
  try {
    kes = await kesFor(access, who);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return who === 'minio' ? undefined : allUnknown(error);
  }
  try {
    const list = ruleListOf(await kes.version());
    const rights = await kesRights(kes, scope, operations);
    return rights.map((right) => ({
      ...tick(right),
      outcome: right.outcome,
      answer: redact(`${right.status} ${right.message}`.trim()).slice(0, 300),
      ...(right.outcome === 'missing' ? { line: { file: say('connectFileKes', { identity, list }), content: `- ${right.rule}` } } : {}),
    }));
  } catch (error) {
    if (!isAppError(error)) throw error;
    return allUnknown(error);
  } finally {
    await kes.close();
  }
}
