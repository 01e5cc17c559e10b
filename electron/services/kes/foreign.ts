import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { createKesClient, type KesClient } from '../../clients/kes/client.ts';
import { identityFor, kesAddress, kesFor } from '../../clients/kes/forStack.ts';
import { seen } from '../../jobs/evidence.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { nobodyRefused, type Route, strangerRefused, type Wanted } from './access.ts';

type Access = Pick<StackAccess, 'stack' | 'folder' | 'secrets'>;
type Who = 'operator' | 'minio';

const names: Readonly<Record<Who, string>> = { operator: 'Sealdeck', minio: 'MinIO' };
/** What each needs for the SSE-S3 page's steps; the rest is good to have. `list` is the page's own requirement. */
const needed: Readonly<Record<Who, readonly string[]>> = {
  operator: ['create', 'generate', 'decrypt', 'describe'],
  minio: ['generate', 'decrypt'],
};

/**
 * Asks a KES that others run what the two identities may do, with the illegal names of `checkAccess`. What is missing and
 * needed is an error that names the lines of the policy; what is more than we would give is told, since it is theirs.
 */
export async function checkForeignKes(access: Access, wanted: Wanted): Promise<Evidence[]> {
  const { url, ca } = await kesAddress(access);
  const clients: KesClient[] = [];
  const open = <C extends KesClient>(client: C): C => {
    clients.push(client);
    return client;
  };
  try {
    const operator = open(await kesFor(access, 'operator'));
    const evidence = [...(await answers(operator)), ...(await rightsOf(access, operator, 'operator', wanted))];
    if ((await identityFor(access, 'minio')) === undefined) evidence.push(seen('kes', say('kesMinioKeyElsewhere'), undefined, 'info'));
    else if (hashOf(access, 'minio') !== hashOf(access, 'operator'))
      evidence.push(...(await rightsOf(access, open(await kesFor(access, 'minio')), 'minio', wanted)));
    const stranger = open(createKesClient({ url, ca, ...(await wanted.makeStranger()) }));
    evidence.push(await asTold(() => strangerRefused(stranger, wanted.key)));
    evidence.push(await asTold(() => nobodyRefused(open(createKesClient({ url, ca })))));
    return evidence;
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

/** Version needs no rule; status does, and says whether the key store is there. */
async function answers(kes: KesClient): Promise<Evidence[]> {
  const version = await kes.version();
  const built = version.startsWith('<');
  try {
    const { keystore_unreachable: down, keystore_latency: ms } = await kes.status();
    if (down) throw new AppError('kesKeyStoreUnreachable', { host: kes.url });
    return [
      seen('kes', built ? say('kesStatusSeenBuilt', { ms: ms ?? 1 }) : say('kesStatusSeen', { version, ms: ms ?? 1 }), `200 ${version}`),
    ];
  } catch (error) {
    if (!isAppError(error, 'kesNotAuthorised')) throw error;
    return [seen('kes', say('kesAnswersOnly', { version: built ? '-' : version }), `200 ${version}; /v1/status 403`, 'info')];
  }
}

async function rightsOf(access: Access, kes: KesClient, who: Who, { prefix, key }: Wanted): Promise<Evidence[]> {
  const routes: readonly Route[] = [
    ['create', 'POST', `/v1/key/create/${prefix}.`],
    ['generate', 'POST', `/v1/key/generate/${key}`, {}],
    ['decrypt', 'POST', `/v1/key/decrypt/${key}`, {}],
    ['describe', 'GET', `/v1/key/describe/${key}`],
    ['list', 'GET', '/v1/key/list/*'],
    ...(who === 'operator' ? ([['delete', 'DELETE', `/v1/key/delete/${prefix}.`]] as const) : []),
  ];
  const evidence: Evidence[] = [];
  const missing: string[] = [];
  for (const [operation, method, path, body] of routes) {
    const { status, message } = await kes.probe(method, path, body);
    const answer = `${status} ${message}`.trim();
    const params = { who: names[who], operation, name: operation === 'list' ? '*' : `${prefix}*`, line: lineOf(operation, prefix) };
    if (status === 403) {
      if (needed[who].includes(operation)) missing.push(operation);
      evidence.push(seen('kes', say('kesMayNotYet', params), answer, 'info'));
      continue;
    }
    // Vault's 404 for an empty folder reaches us as 502 (kes.md trap 17); authorisation was passed all the same.
    if (status >= 500 && operation !== 'list') throw new AppError('kesKeyStore', { host: kes.url, route: path, reason: message || status });
    evidence.push(seen('kes', say('kesMay', params), answer));
  }
  if (missing.length > 0)
    throw new AppError('kesRightsMissing', {
      who: names[who],
      operations: missing.join(', '),
      identity: hashOf(access, who),
      lines: missing.map((operation) => lineOf(operation, prefix)).join('\n'),
    });
  return evidence;
}

/** A rule as it stands below `allow:` of a policy in kes.yaml. */
function lineOf(operation: string, prefix: string): string {
  return operation === 'list' ? '- /v1/key/list/*' : `- /v1/key/${operation}/${prefix}*`;
}

function hashOf({ stack }: Access, who: Who): string {
  return stack.identities.find(({ purpose }) => purpose === who)?.hash ?? '-';
}

/** How open the door of a KES is, is its keeper's affair: told, and no reason to stop. */
async function asTold(ask: () => Promise<Evidence>): Promise<Evidence> {
  try {
    return await ask();
  } catch (error) {
    if (isAppError(error, 'kesTooMuch'))
      return seen('kes', say('kesStrangerMay', { route: String(error.details.route) }), String(error.details.status), 'warn');
    if (isAppError(error, 'kesOpenDoor')) return seen('kes', say('kesDoorOpen'), String(error.details.status), 'warn');
    throw error;
  }
}
