import type { RightTried } from '../../../../shared/kesConfig.ts';
import { type KesAct, operations, pathOf, type RightsModel, verdictOf } from '../../../../shared/kesRules.ts';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import type { KesClient } from '../../../clients/kes/client.ts';
import { identityFor, kesFor, withKes } from '../../../clients/kes/forStack.ts';
import { withMinioAdmin } from '../../../clients/minioAdmin/forStack.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { kesOf } from '../../../jobs/ways.ts';
import type { KesConfig } from './model.ts';
import { roleNames } from './place.ts';

export type Access = Pick<StackAccess, 'stack' | 'folder' | 'secrets'>;

interface Probe {
  path: string;
  ask(kes: KesClient): Promise<{ status: number; message: string }>;
}

/** Who a configuration lets do what. */
export function modelOf(config: KesConfig): RightsModel {
  return {
    matching: 'prefix',
    ...(config.admin === undefined ? {} : { admin: config.admin }),
    members: config.policies.flatMap(({ name, identities }) => identities.map((identity) => ({ identity, policy: name }))),
    rules: config.policies.flatMap(({ name, allow, deny }) => [
      ...allow.map((rule) => ({ policy: name, list: 'allow' as const, rule })),
      ...deny.map((rule) => ({ policy: name, list: 'deny' as const, rule })),
    ]),
    open: Object.entries(config.api).flatMap(([route, { skipAuth }]) => (skipAuth ? [route] : [])),
  };
}

/**
 * Questions that change nothing: KES decides about the path before it looks at the name or the body, so a name that it
 * refuses (400) tells "allowed" from "refused" (403) (kes.md 2.9). The illegal names end with a full stop, which nothing typed
 * before it may take away: a `?` would leave the legal name alone in the path.
 */
export function probesFor(key: string): Probe[] {
  const illegal = `${key.slice(0, 60)}.`;
  const routeOf = (act: KesAct, name: string): string => pathOf(act, encodeURIComponent(name.toWellFormed()));
  const nowhere = 'zz-sealdeck-nobodys-key';
  return operations.flatMap((act): Probe[] => {
    switch (act) {
      case 'create':
      case 'import':
      case 'delete': {
        const method = act === 'delete' ? 'DELETE' : 'POST';
        return [illegal, `${nowhere}.`].map((name) => ({
          path: pathOf(act, name),
          ask: (kes) => kes.probe(method, routeOf(act, name), act === 'import' ? {} : undefined),
        }));
      }
      case 'generate':
      case 'describe':
      case 'decrypt':
      case 'encrypt':
      case 'hmac':
        return [key, nowhere].map((name) => ({
          path: pathOf(act, name),
          ask: (kes) => (act === 'describe' ? kes.probe('GET', routeOf(act, name)) : kes.probe('POST', routeOf(act, name), {})),
        }));
      default:
        return [{ path: pathOf(act, key), ask: (kes) => kes.probe('GET', pathOf(act, key)) }];
    }
  });
}

/** Asks the running KES as each identity that is held here, beside what the rules say. */
export async function tryRights(access: Access, model: RightsModel, key: string): Promise<RightTried[]> {
  const tried: RightTried[] = [];
  for (const { purpose, hash } of access.stack.identities) {
    if ((await identityFor(access, purpose)) === undefined || tried.some(({ identity }) => identity === hash)) continue;
    const kes = await kesFor(access, purpose);
    try {
      for (const { path, ask } of probesFor(key)) {
        const { status, message } = await ask(kes);
        const known = !(status === 404 && /page not found/.test(message));
        tried.push({
          identity: hash,
          path,
          expected: verdictOf(model, hash, path).allowed,
          status,
          ...(known ? { allowed: status !== 403 } : {}),
        });
      }
    } finally {
      await kes.close();
    }
  }
  return tried;
}

/**
 * What the other side says after a change: each identity may and may not what the table says, a real key works past the cache,
 * the keys of the file are there, and MinIO still gets its data keys. Throws the first thing that is not so.
 */
export async function checkConfig(access: Access, config: KesConfig): Promise<Evidence[]> {
  const defaultKey = defaultKeyOf(access);
  const tried = await tryRights(access, modelOf(config), defaultKey ?? 'minio-default');
  const wrong = tried.find(({ allowed, expected }) => allowed !== undefined && allowed !== expected);
  if (wrong) {
    const who = nameOf(access, wrong.identity);
    throw new AppError('kesConfigOtherwise', { who, route: wrong.path, status: wrong.status, wanted: wrong.expected ? '200' : '403' });
  }
  const evidence: Evidence[] = [];
  for (const identity of new Set(tried.map((one) => one.identity))) {
    const own = tried.filter((one) => one.identity === identity && one.allowed !== undefined);
    const may = own.filter(({ allowed }) => allowed).length;
    const text = say('kesConfigAsTable', { who: nameOf(access, identity), may, not: own.length - may });
    evidence.push(seen('kes', text, own.map(({ path, status }) => `${status} ${path}`).join('\n')));
  }
  evidence.push(...(await keysThere(access, config)));
  if (defaultKey !== undefined) evidence.push(...(await keyWorks(access, defaultKey)));
  return evidence;
}

/** Status and ready are green with dead credentials (kes.md trap 20); a key in no cache, and a data key, are not. */
async function keyWorks(access: Access, key: string): Promise<Evidence[]> {
  // MinIO's identity is refused other names before the key store is asked, so Sealdeck's own asks for one that is in no cache.
  const kes = await kesFor(access, 'operator');
  try {
    await kes.describeKey(`zz-sealdeck-probe-${Date.now().toString(36)}`).catch((error: unknown) => {
      if (!isAppError(error, 'kesKeyNotFound') && !isAppError(error, 'kesNotAuthorised')) throw error;
    });
  } finally {
    await kes.close();
  }
  const who = (await identityFor(access, 'minio')) === undefined ? 'operator' : 'minio';
  await withKes(access, who, (one) => one.generate(key));
  const evidence = [seen('kes', say('kesConfigKeyWorks', { who: roleNames[who], name: key }), '200')];
  if (!access.secrets.has('minio.root') || access.stack.minioClusters.length === 0) return evidence;
  const { host } = new URL(access.stack.minioClusters[0]?.nodes[0]?.url ?? 'https://-');
  const status = await withMinioAdmin(access, (admin) => admin.keyStatus(key)).catch((error: unknown) => {
    if (isAppError(error, 'networkRefused')) return undefined;
    throw error;
  });
  if (status === undefined) return [...evidence, seen('minio', say('kesConfigMinioStopped', { host }), undefined, 'info')];
  const reason = status.error ?? status.encryptionError ?? status.decryptionError;
  if (reason !== undefined) throw new AppError('kesConfigMinio', { host, reason });
  return [...evidence, seen('minio', say('kesConfigMinioWorks', { host, name: key }), '200')];
}

/** The releases since 2023-10-24 make no key of the file, so they are made here, and asked for. */
async function keysThere(access: Access, { keys }: KesConfig): Promise<Evidence[]> {
  if (keys.length === 0) return [];
  const kes = await kesFor(access, 'operator');
  try {
    const evidence: Evidence[] = [];
    for (const name of keys) {
      const { algorithm } = await kes.describeKey(name);
      evidence.push(seen('kes', say('kesConfigKeyThere', { name, algorithm: algorithm ?? '-' }), '200'));
    }
    return evidence;
  } finally {
    await kes.close();
  }
}

/** Makes what the file names and KES does not have. Says which. */
export async function makeKeys(access: Access, { keys }: KesConfig): Promise<string[]> {
  if (keys.length === 0) return [];
  const kes = await kesFor(access, 'operator');
  const made: string[] = [];
  try {
    for (const name of keys) {
      if (await kes.hasKey(name)) continue;
      await kes.createKey(name).catch((error: unknown) => {
        if (!isAppError(error, 'kesKeyExists')) throw error;
      });
      made.push(name);
    }
  } finally {
    await kes.close();
  }
  return made;
}

export function defaultKeyOf({ stack }: Pick<Access, 'stack'>): string | undefined {
  const cluster = kesOf(stack);
  return stack.minioClusters.find((minio) => minio.kes === cluster?.id)?.defaultKey;
}

function nameOf({ stack }: Access, hash: string): string {
  const found = stack.identities.find((one) => one.hash === hash);
  return found ? roleNames[found.purpose] : `${hash.slice(0, 12)}…`;
}
