import { randomBytes } from 'node:crypto';
import { AppError, isAppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { answerError } from '../../clients/kes/answers.ts';
import type { KesClient } from '../../clients/kes/client.ts';
import type { KesRight } from '../../clients/kes/rights.ts';
import { type OwnLights, ok, warn, word } from './lights.ts';
import type { KeyScope } from './server.ts';
import { identityKnown } from './tries.ts';

/** The lights that KES answers for. `heard` is told what it said. */
export function kesLights(kes: KesClient, hash: string, scope: KeyScope, heard: (words: string) => void): OwnLights {
  let rights: KesRight[] = [];
  const allowed = (operation: KesRight['operation']): boolean => rights.find((right) => right.operation === operation)?.outcome === 'ok';

  return {
    async identity() {
      // One that was built by `go install` does not know its version.
      const version = await kes.version().catch(() => '<');
      heard(version.startsWith('<') ? 'KES' : `KES ${version}`);
      // Counters are MinIO's wish, not Sealdeck's.
      rights = (await identityKnown(kes, scope, hash)).filter(({ operation }) => operation !== 'metrics');
      return ok(word(`${hash.slice(0, 8)}…`));
    },
    async policy() {
      const missing = rights.filter(({ outcome }) => outcome === 'missing');
      const what = missing.map(({ rule }) => rule).join(', ');
      const error = new AppError('connectRightsMissing', { server: 'KES', missing: what });
      // With neither of the two no key can be seen to work.
      if (!allowed('generate') && !allowed('describe')) throw error;
      const total = rights.length;
      if (missing.length === 0) return ok(say('connectRights', { count: total }));
      return warn(say('connectRightsOf', { count: total - missing.length, total }), error);
    },
    async keyStore() {
      const status = allowed('status') ? await kes.status() : undefined;
      if (status?.keystore_unreachable) throw new AppError('kesKeyStoreUnreachable', { host: kes.url });
      await asksKeyStore(kes, scope);
      return ok(status?.keystore_latency === undefined ? say('connectReached') : say('connectMs', { ms: status.keystore_latency }));
    },
    async key() {
      if (await works(kes, scope.key, allowed)) return ok(say('connectOpens'));
      const other = await otherKey(kes, scope, allowed);
      const error = new AppError('kesKeyNotFound', { name: scope.key });
      if (other !== undefined && (await works(kes, other, allowed))) return warn(say('connectOtherKey'), error);
      return warn(say('connectNoKeyYet'), error);
    },
  };
}

/** Status does not notice dead credentials. A key that does not exist is in no cache, so the key store itself says "not found". */
async function asksKeyStore(kes: KesClient, { prefix }: KeyScope): Promise<void> {
  const name = `${prefix}probe-${randomBytes(6).toString('hex')}`.slice(-80).replace(/^-+/, '');
  await kes.describeKey(name).catch((error: unknown) => {
    if (!isAppError(error, 'kesKeyNotFound') && !isAppError(error, 'kesNotAuthorised')) throw error;
  });
}

/** Whether a key seals a new data key now; false when it does not exist. Throws why an existing one does not work. */
async function works(kes: KesClient, name: string, allowed: (operation: 'generate' | 'describe') => boolean): Promise<boolean> {
  const [operation, path] = allowed('generate') ? (['POST', 'generate'] as const) : (['GET', 'describe'] as const);
  const route = `/v1/key/${path}/${encodeURIComponent(name)}`;
  const { status, message } = await kes.probe(operation, route, operation === 'POST' ? {} : undefined);
  if (status === 200) return true;
  const error = answerError({ status, text: () => message }, { host: kes.url, path: route, name });
  if (error.code === 'kesKeyNotFound') return false;
  throw error;
}

async function otherKey(kes: KesClient, { prefix }: KeyScope, allowed: (operation: 'list') => boolean): Promise<string | undefined> {
  if (!allowed('list')) return undefined;
  try {
    return (await kes.listKeys()).find((name) => name.startsWith(prefix));
  } catch (error) {
    // An empty folder of Vault is a 502 here (kes.md trap 17).
    if (isAppError(error, 'kesKeyStore')) return undefined;
    throw error;
  }
}
