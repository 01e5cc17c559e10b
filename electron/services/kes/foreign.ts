import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { createKesClient, type KesClient } from '../../clients/kes/client.ts';
import { identityFor, kesAddress, kesFor } from '../../clients/kes/forStack.ts';
import { type KesOperation, kesRights } from '../../clients/kes/rights.ts';
import { seen } from '../../jobs/evidence.ts';
import type { StackAccess } from '../../jobs/step.ts';
import { nobodyRefused, strangerRefused, type Wanted } from './access.ts';

type Access = Pick<StackAccess, 'stack' | 'folder' | 'secrets'>;
type Who = 'operator' | 'minio';

const names: Readonly<Record<Who, string>> = { operator: 'Sealdeck', minio: 'MinIO' };
/** What the guided steps cannot do without; the rest is told. */
const needed: Readonly<Record<Who, readonly KesOperation[]>> = {
  operator: ['create', 'generate', 'decrypt', 'describe'],
  minio: ['generate', 'decrypt'],
};
const asked: Readonly<Record<Who, readonly KesOperation[]>> = {
  operator: ['create', 'generate', 'encrypt', 'decrypt', 'describe', 'list', 'delete'],
  minio: ['create', 'generate', 'decrypt', 'describe', 'list'],
};

/**
 * Asks a KES that others run what the two identities may do. What is missing and
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
  const rights = await kesRights(kes, { key, prefix, exact: false }, asked[who]);
  // Vault's 404 for an empty folder reaches us as 502 (kes.md trap 17); authorisation was passed all the same.
  const broken = rights.find(({ operation, status }) => status >= 500 && operation !== 'list');
  if (broken) throw new AppError('kesKeyStore', { host: kes.url, route: broken.rule, reason: broken.message || broken.status });
  const missing = rights.filter(({ operation, outcome }) => outcome === 'missing' && needed[who].includes(operation));
  if (missing.length > 0)
    throw new AppError('kesRightsMissing', {
      who: names[who],
      operations: missing.map(({ operation }) => operation).join(', '),
      identity: hashOf(access, who),
      lines: missing.map(({ rule }) => `- ${rule}`).join('\n'),
    });
  return rights.map(({ operation, rule, outcome, status, message }) => {
    const params = { who: names[who], operation, rule };
    const text =
      outcome === 'ok' ? say('kesMay', params) : outcome === 'missing' ? say('kesMayNotYet', params) : say('kesMayUnknown', params);
    return seen('kes', text, `${status} ${message}`.trim(), outcome === 'ok' ? 'ok' : 'info');
  });
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
