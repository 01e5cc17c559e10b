import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Secret } from '../../../shared/secret.ts';
import { keyStoreNames } from '../../../shared/servers.ts';
import type { Evidence } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import { createKesClient, type KesClient } from '../../clients/kes/client.ts';
import { kesAddress, kesFor } from '../../clients/kes/forStack.ts';
import { seen } from '../../jobs/evidence.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { listEnds, otherStoreOfKes } from '../../jobs/ways.ts';

export interface Wanted {
  prefix: string;
  /** A key name that MinIO's identity may use; it need not exist. */
  key: string;
  makeStranger(): Promise<{ cert: string; key: Secret }>;
}

type Method = 'GET' | 'POST' | 'DELETE';
type Route = readonly [operation: string, method: Method, path: string, body?: object];

/**
 * Asks KES itself who may do what: the operator, MinIO's identity, a stranger, and nobody. Nothing is changed: KES decides
 * before it looks at a name, so a name that it refuses (400) tells "allowed" from "refused" (403) (kes.md 2.9). `node`: not the first.
 */
export async function checkAccess(
  access: Pick<StackAccess, 'stack' | 'folder' | 'secrets'>,
  wanted: Wanted,
  node?: string,
): Promise<Evidence[]> {
  const { url, ca } = await kesAddress(access, node);
  const identity = await wanted.makeStranger();
  const clients = {
    operator: await kesFor(access, 'operator', node),
    minio: await kesFor(access, 'minio', node),
    stranger: createKesClient({ url, ca, ...identity }),
    nobody: createKesClient({ url, ca }),
  };
  try {
    return [
      ...(await operatorSees(clients.operator)),
      ...(await minioMay(clients.minio, wanted, access.stack)),
      ...(await minioMayNot(clients.minio, wanted)),
      await strangerRefused(clients.stranger, wanted.key),
      await nobodyRefused(clients.nobody),
    ];
  } finally {
    await Promise.all(Object.values(clients).map((client) => client.close()));
  }
}

async function operatorSees(kes: KesClient): Promise<Evidence[]> {
  const status = await kes.status();
  if (status.keystore_unreachable) throw new AppError('kesKeyStoreUnreachable', { host: kes.url });
  const routes = await kes.api();
  const { version, keystore_latency: ms } = status;
  return [
    // A KES built by `go install` knows no version of its own.
    seen(
      'kes',
      version.startsWith('<') ? say('kesStatusSeenBuilt', { ms: ms ?? 1 }) : say('kesStatusSeen', { version, ms: ms ?? 1 }),
      `200 ${version}`,
    ),
    seen('kes', say('kesApiSeen', { count: routes.length }), `200, ${routes.length}`),
  ];
}

async function minioMay(kes: KesClient, { prefix, key }: Wanted, stack: Stack): Promise<Evidence[]> {
  const evidence: Evidence[] = [];
  const named: readonly Route[] = [
    ['describe', 'GET', `/v1/key/describe/${key}`],
    ['generate', 'POST', `/v1/key/generate/${key}`, {}],
    ['decrypt', 'POST', `/v1/key/decrypt/${key}`, {}],
    ['create', 'POST', `/v1/key/create/${encodeURIComponent(prefix)}.`],
  ];
  for (const [operation, method, path, body] of named) {
    const { status, message } = await kes.probe(method, path, body);
    if (status === 403) throw new AppError('kesTooLittle', { who: 'MinIO', route: path });
    if (status >= 500) throw new AppError('kesKeyStore', { host: kes.url, route: path, reason: message || status });
    // The bare pattern stands for the illegal name that was asked for.
    const name = operation === 'create' ? `${prefix}*` : key;
    evidence.push(
      seen('kes', say(status === 404 ? 'kesMinioMayNoKey' : 'kesMinioMay', { operation, name }), `${status} ${message}`.trim()),
    );
  }
  evidence.push(...(await minioLists(kes, stack)));
  for (const route of ['/v1/status', '/v1/metrics', '/v1/api']) {
    const { status } = await kes.probe('GET', route);
    if (status !== 200) throw new AppError('kesTooLittle', { who: 'MinIO', route });
    evidence.push(seen('kes', say('kesMinioReads', { route }), status));
  }
  return evidence;
}

async function minioLists(kes: KesClient, stack: Stack): Promise<Evidence[]> {
  const other = otherStoreOfKes(stack);
  if (other && !listEnds(other))
    return [seen('sealdeck', say('keyStoreListHangs', { store: keyStoreNames[other.kind] }), undefined, 'warn')];
  const list = await kes.probe('GET', '/v1/key/list/*');
  if (list.status === 403) throw new AppError('kesTooLittle', { who: 'MinIO', route: '/v1/key/list/*' });
  // Vault's 404 for an empty folder reaches us as 502 (kes.md trap 17); authorisation was passed all the same.
  if (list.status === 502 && other === undefined) return [seen('kes', say('kesListEmpty'), `502 ${list.message}`.trim(), 'info')];
  if (list.status >= 500)
    throw new AppError('kesKeyStore', { host: kes.url, route: '/v1/key/list/*', reason: list.message || list.status });
  return [seen('kes', say('kesMinioLists'), list.status)];
}

async function minioMayNot(kes: KesClient, { prefix, key }: Wanted): Promise<Evidence[]> {
  const outside = outsideOf(prefix);
  const pattern = `${prefix}*`;
  const evidence: Evidence[] = [];
  const foreign: readonly Route[] = [
    ['create', 'POST', `/v1/key/create/${outside}.`],
    ['generate', 'POST', `/v1/key/generate/${outside}`, {}],
    ['decrypt', 'POST', `/v1/key/decrypt/${outside}`, {}],
    ['describe', 'GET', `/v1/key/describe/${outside}`],
  ];
  for (const [operation, ...call] of foreign) {
    const answer = await refused(kes, 'MinIO', ...call);
    evidence.push(seen('kes', say('kesMinioOutside', { operation, name: outside, pattern }), answer));
  }
  const never: readonly Route[] = [
    ['delete', 'DELETE', `/v1/key/delete/${encodeURIComponent(prefix)}.`],
    ['import', 'POST', `/v1/key/import/${encodeURIComponent(prefix)}.`, {}],
    ['encrypt', 'POST', `/v1/key/encrypt/${key}`, {}],
    ['policy list', 'GET', '/v1/policy/list/*'],
    ['identity list', 'GET', '/v1/identity/list/*'],
  ];
  for (const [operation, ...call] of never) {
    const answer = await refused(kes, 'MinIO', ...call);
    evidence.push(seen('kes', say('kesMinioMayNot', { operation }), answer));
  }
  return evidence;
}

/** A key name that a prefix does not cover. */
export function outsideOf(prefix: string): string {
  return 'outside'.startsWith(prefix) ? 'elsewhere' : 'outside';
}

/** With `tls.auth: on` a stranger does not even get through the handshake. */
export async function strangerRefused(kes: KesClient, key: string): Promise<Evidence> {
  const routes: readonly Route[] = [
    ['status', 'GET', '/v1/status'],
    ['api', 'GET', '/v1/api'],
    ['list', 'GET', '/v1/key/list/*'],
    ['describe', 'GET', `/v1/key/describe/${key}`],
    ['generate', 'POST', `/v1/key/generate/${key}`, {}],
    ['decrypt', 'POST', `/v1/key/decrypt/${key}`, {}],
    ['create', 'POST', '/v1/key/create/.'],
    ['delete', 'DELETE', '/v1/key/delete/.'],
    ['policy list', 'GET', '/v1/policy/list/*'],
  ];
  let answer = '';
  try {
    for (const [, ...call] of routes) answer = await refused(kes, 'stranger', ...call);
  } catch (error) {
    if (!endedByTls(error)) throw error;
    answer = String(error.details.reason ?? 'TLS alert');
  }
  return seen('kes', say('kesStrangerRefused', { count: routes.length }), answer);
}

async function refused(kes: KesClient, who: string, method: Method, path: string, body?: object): Promise<string> {
  const { status, message } = await kes.probe(method, path, body);
  if (status !== 403) throw new AppError('kesTooMuch', { who, route: path, status });
  return `403 ${message}`;
}

function endedByTls(error: unknown): error is AppError {
  return isAppError(error, 'tlsIdentityRefused') || isAppError(error, 'tlsProtocol');
}

/** Without a client certificate KES ends the connection. Throws `kesOpenDoor`. */
export async function nobodyRefused(kes: KesClient): Promise<Evidence> {
  try {
    const { status } = await kes.probe('GET', '/version');
    throw new AppError('kesOpenDoor', { url: kes.url, status });
  } catch (error) {
    if (endedByTls(error)) return seen('kes', say('kesNoCertificate'), String(error.details.reason ?? 'TLS alert'));
    throw error;
  }
}
