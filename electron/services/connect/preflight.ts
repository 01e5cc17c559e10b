import type { PreflightTick } from '../../../shared/connect.ts';
import { redact } from '../../../shared/redact.ts';
import { isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import type { KesClient } from '../../clients/kes/client.ts';
import { kesFor } from '../../clients/kes/forStack.ts';
import { type KesOperation, type KesRight, kesRights, ruleListOf } from '../../clients/kes/rights.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { nodesOf, wayOf } from '../../jobs/ways.ts';
import { keyScopeOf, nameOf, targetOf } from './server.ts';
import { testServer } from './testServer.ts';
import { answerOf, unknown, whyOf } from './ticks.ts';
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
    const what = say('connectTickReach', { server: nameOf[kind] });
    if (wayOf(access.stack, kind) === 'none') return unknown(`reach.${kind}`, what, 'it is not in this stack');
    const { lights, url } = await testServer(access, kind, signal);
    const red = lights.slice(0, 4).find(({ outcome }) => outcome === 'fail');
    if (!red) return { id: `reach.${kind}`, what, outcome: 'ok', answer: url };
    return { id: `reach.${kind}`, what, outcome: 'missing', answer: red.error ? answerOf(red.error) : '' };
  });
  return [...(await Promise.all(fromHere)), await minioReachesKes(access)];
}

async function minioReachesKes(access: StackAccess): Promise<PreflightTick> {
  const id = 'reach.minio.kes';
  const what = say('connectTickMinioKes');
  return withMinioAdmin(access, async (admin) => {
    const kms = await admin.kmsStatus();
    if (kms.name !== 'MinIO KES') return unknown(id, what, `MinIO uses ${kms.name}`);
    const offline = kms.endpoints.filter(({ online }) => !online);
    const answer = kms.endpoints.map(({ url, online }) => `${url} ${online ? 'online' : 'offline'}`).join(', ');
    return { id, what, outcome: offline.length === 0 ? ('ok' as const) : ('missing' as const), answer };
  }).catch((error: unknown) => unknown(id, what, whyOf(error)));
}

async function kesTicks(access: StackAccess): Promise<PreflightTick[]> {
  const node = nodesOf(access.stack, 'kes')[0];
  const minio = await ticksOf(access, 'minio', ofMinio);
  const operator = await ticksOf(access, 'operator', minio ? ofOperator : [...new Set([...ofMinio, ...ofOperator])]);
  if (minio) return [...minio, ...(operator ?? [])];
  const why = node === undefined ? 'KES is not in this stack' : 'the key of MinIO’s identity is not here; asked as the operator below';
  return [unknown('kes.minio', say('connectTickMinioIdentity'), why), ...(operator ?? [])];
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
  let kes: KesClient;
  try {
    kes = await kesFor(access, who);
  } catch (error) {
    if (isAppError(error)) return who === 'minio' ? undefined : operations.map((operation) => unknownRight(tick, operation, error));
    throw error;
  }
  try {
    await targetOf(access, 'kes');
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
    return operations.map((operation) => unknownRight(tick, operation, error));
  } finally {
    await kes.close();
  }
}

function unknownRight(
  tick: (right: Pick<KesRight, 'operation' | 'rule'>) => Pick<PreflightTick, 'id' | 'what'>,
  operation: KesOperation,
  error: unknown,
): PreflightTick {
  const rule = ['status', 'metrics', 'api'].includes(operation) ? `/v1/${operation}` : `/v1/key/${operation}/*`;
  return { ...tick({ operation, rule }), outcome: 'unknown', answer: whyOf(error) };
}
