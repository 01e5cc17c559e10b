import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { wayOf } from '../../../shared/servers.ts';
import type { Evidence } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import type { AdminNode, KmsStatus, MinioAdmin } from '../../clients/minioAdmin/adminClient.ts';
import { withMinioAdmin } from '../../clients/minioAdmin/forStack.ts';
import { seen } from '../../jobs/evidence.ts';
import type { Report } from '../../jobs/jobRunner.ts';
import { pause } from '../../jobs/pause.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { kesOf } from '../../jobs/ways.ts';
import { startFailure } from './startFailure.ts';

/** Uses a key through KES from here: with MinIO's own identity where its key is here, else as the operator. Says who. */
export type KesFromHere = (access: StackAccess, key: string) => Promise<'minio' | 'operator'>;

export interface RestartFacts {
  /** Why it must not be restarted now. */
  error?: AppError;
  evidence: Evidence[];
  nodes: number;
}

type Access = Pick<StackAccess, 'stack' | 'secrets' | 'folder' | 'servers'>;

const lookMs = 50;
const lookTimeoutMs = 5_000;
const backSeconds = 60;
const neverSeenDownMs = 5_000;

/**
 * What is known before a restart. A MinIO whose KES does not answer at its start exits and stays down, though the call
 * itself is answered with 200 (minio.md 2.4); so KES must be seen from MinIO's side, or where it has none yet, from here.
 */
export async function restartFacts(access: StackAccess, kesFromHere: KesFromHere): Promise<RestartFacts> {
  const facts: RestartFacts = { evidence: [], nodes: 0 };
  try {
    await withMinioAdmin(access, async (admin) => {
      facts.nodes = (await admin.nodes()).length;
      facts.evidence.push(await flight(admin));
      const kms = await kmsIfAny(admin);
      if (kms === undefined) return fromHere(access, kesFromHere, facts);
      const endpoints = kms.endpoints.map(({ url }) => url).join(', ');
      const offline = kms.endpoints.filter(({ online }) => !online).map(({ url }) => url);
      if (offline.length > 0) throw new AppError('minioKesOffline', { endpoints: offline.join(', ') });
      const uses = kms.name === 'MinIO KES' ? say('minioProofKms', { endpoints }) : say('minioRestartOtherKms', { name: kms.name });
      facts.evidence.push(seen('minio', uses, kms.raw));
      const key = await admin.keyStatus(kms.defaultKey);
      if (key.error !== undefined) throw new AppError('minioKeyFails', { key: kms.defaultKey, reason: key.error.slice(0, 300) });
      facts.evidence.push(seen('minio', say('minioProofKey', { key: kms.defaultKey }), key.raw));
      const ready = await admin.ready(undefined, lookTimeoutMs);
      if (!ready.ready) throw new AppError('minioNotReady', { where: admin.host, code: ready.code });
      facts.evidence.push(seen('minio', say('minioProofReady'), `/minio/health/ready ${ready.status}`));
    });
  } catch (error) {
    if (!isAppError(error)) throw error;
    facts.error = error;
  }
  return facts;
}

/** What a restart would cut off. */
async function flight(admin: MinioAdmin): Promise<Evidence> {
  try {
    const requests = [...(await admin.inFlight())];
    if (requests.length === 0) return seen('minio', say('minioRestartIdle'), undefined, 'info');
    const count = requests.reduce((sum, [, one]) => sum + one, 0);
    const what = requests.map(([api, one]) => `${api} ${one}`).join(', ');
    return seen('minio', say('minioRestartFlight', { count, what }), undefined, 'warn');
  } catch (error) {
    if (!isAppError(error)) throw error;
    return seen('minio', say('minioRestartFlightUnknown'), error.code, 'info');
  }
}

/** MinIO has no key manager yet, so that it cannot be asked about KES: the next best is to ask KES from here. */
async function fromHere(access: StackAccess, kesFromHere: KesFromHere, facts: RestartFacts): Promise<void> {
  const cluster = access.stack.minioClusters[0];
  if (!kesOf(access.stack) || !cluster) {
    facts.evidence.push(seen('minio', say('minioRestartNoKms'), '501', 'info'));
    return;
  }
  const who = await kesFromHere(access, cluster.defaultKey);
  const params = { key: cluster.defaultKey };
  facts.evidence.push(
    seen('kes', who === 'minio' ? say('minioRestartFromHere', params) : say('minioRestartFromHereOperator', params), '200', 'info'),
  );
}

/**
 * Restarts through the admin API and looks at MinIO's readiness every 50 ms. Ready alone is no proof: the old process
 * answers for a moment longer, so a gap must be seen or a smaller uptime. Throws `minioNotBack`, `minioStart…`,
 * `minioIamNotLoaded`, `cancelled`: what was asked for happens all the same.
 */
export async function restartAndMeasure(
  access: Access,
  report: Report,
  signal: AbortSignal,
): Promise<{ downMs: number; evidence: Evidence[] }> {
  return withMinioAdmin(access, async (admin) => {
    const before = new Map((await admin.nodes()).map(({ endpoint, uptimeSeconds }) => [endpoint, uptimeSeconds]));
    const asked = Date.now();
    await admin.restart();
    report({ note: say('minioWaitReady') });
    const { downMs, looks } = await untilBack(access, admin, asked, before, signal);
    const nodes = await everyNode(admin, before, signal);
    const uptime = nodes.map(({ endpoint, uptimeSeconds }) => `${endpoint} ${before.get(endpoint) ?? '-'} → ${uptimeSeconds} s`).join(', ');
    const evidence = [seen('minio', say('minioRestartMeasured', { ms: downMs, looks }), uptime)];
    // A busy machine loads them for a while after it is ready.
    for (let left = 3; !(await admin.usersLoaded()); left -= 1) {
      if (left === 0) throw new AppError('minioIamNotLoaded', { host: admin.host });
      signal.throwIfAborted();
    }
    evidence.push(seen('minio', say('minioProofUsers')));
    const kms = await kmsIfAny(admin);
    if (kms === undefined) return { downMs, evidence };
    const key = await admin.keyStatus(kms.defaultKey);
    if (key.error !== undefined) throw new AppError('minioKeyFails', { key: kms.defaultKey, reason: key.error.slice(0, 300) });
    evidence.push(seen('minio', say('minioProofKey', { key: kms.defaultKey }), key.raw));
    return { downMs, evidence };
  });
}

async function untilBack(
  access: Access,
  admin: MinioAdmin,
  asked: number,
  before: ReadonlyMap<string, number>,
  signal: AbortSignal,
): Promise<{ downMs: number; looks: number }> {
  let downFrom: number | undefined;
  for (let looks = 1; ; looks += 1) {
    const at = Date.now();
    const { ready } = await readiness(admin, signal);
    if (!ready) {
      downFrom ??= at;
      await requireAlive(access);
    } else if (downFrom !== undefined) return { downMs: Date.now() - downFrom, looks };
    // A gap between two looks: then only the uptime tells.
    else if (at - asked > neverSeenDownMs && (await isYounger(admin, before))) return { downMs: lookMs, looks };
    if (at - asked > backSeconds * 1000) throw new AppError('minioNotBack', { where: admin.host, seconds: backSeconds });
    await pause(lookMs, signal);
  }
}

/** All of them were restarted: the first may be back while another is not. Throws `minioNodesMissing`. */
async function everyNode(admin: MinioAdmin, before: ReadonlyMap<string, number>, signal: AbortSignal): Promise<AdminNode[]> {
  const until = Date.now() + backSeconds * 1000;
  for (;;) {
    const nodes = await admin.nodes();
    const back = new Set(nodes.filter(({ version }) => version !== '').map(({ endpoint }) => endpoint));
    const missing = [...before.keys()].filter((endpoint) => !back.has(endpoint));
    if (missing.length === 0) return nodes;
    if (Date.now() > until) throw new AppError('minioNodesMissing', { nodes: missing.join(', '), seconds: backSeconds });
    await pause(500, signal);
  }
}

async function isYounger(admin: MinioAdmin, before: ReadonlyMap<string, number>): Promise<boolean> {
  const nodes = await admin.nodes();
  return nodes.length > 0 && nodes.every(({ endpoint, uptimeSeconds }) => uptimeSeconds < (before.get(endpoint) ?? 0));
}

/** A MinIO that is not there is not ready. Throws `cancelled`, `tls…`. */
export async function readiness(admin: MinioAdmin, signal: AbortSignal): ReturnType<MinioAdmin['ready']> {
  try {
    return await admin.ready(signal, lookTimeoutMs);
  } catch (error) {
    if (!isAppError(error) || error.code === 'cancelled' || error.code.startsWith('tls')) throw error;
    return { ready: false, status: 0, code: error.code };
  }
}

/** What MinIO says of its key manager; undefined: it has none. */
export async function kmsIfAny(admin: MinioAdmin): Promise<KmsStatus | undefined> {
  return admin.kmsStatus().catch((error: unknown) => {
    if (isAppError(error, 'kmsNotConfigured')) return undefined;
    throw error;
  });
}

/** Throws `minioKesDown` with what MinIO itself said. */
export function requireSafe({ error }: Pick<RestartFacts, 'error'>): void {
  if (!error) return;
  const { reason, endpoints, code } = error.details;
  throw new AppError('minioKesDown', { reason: String(reason ?? endpoints ?? code ?? error.code) }, { cause: error });
}

/** Of a MinIO that runs here the end is seen, and its log says why. */
async function requireAlive({ stack, servers }: Access): Promise<void> {
  if (wayOf(stack, 'minio') !== 'here') return;
  if ((await servers.status('minio')).state === 'died') throw startFailure(await servers.lastLines('minio', 60));
}

const mostDaysAhead = 7;

/**
 * Refuses a time that has passed, which would mean at once, and one so far away that the store would have to stay open for
 * it. Throws `minioRestartTime`.
 */
export function requireTime(at: string, now = Date.now()): void {
  const time = Date.parse(at);
  if (!(time > now && time < now + mostDaysAhead * 86_400_000)) throw new AppError('minioRestartTime', { time: at, days: mostDaysAhead });
}

/** Waits for a chosen time. Throws `cancelled`, `invalidInput`. */
export async function waitUntil(at: string, report: Report, signal: AbortSignal): Promise<void> {
  const time = Date.parse(at);
  if (Number.isNaN(time)) throw new AppError('invalidInput', { field: 'restart.at', reason: 'not an ISO time' });
  report({ note: say('minioWaitRestart', { time: new Date(time).toISOString() }) });
  while (Date.now() < time) await pause(Math.min(time - Date.now(), 60_000), signal);
}
