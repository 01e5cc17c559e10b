import type { X509Certificate } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { AppError, isAppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import type { ServerKind } from '../../../../shared/stacks.ts';
import { identityFor } from '../../../clients/kes/forStack.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { forEachOf } from '../../../platform/eachOf.ts';
import { readRegularFile } from '../../../platform/regularFile.ts';
import { probe } from '../../../platform/tlsProbe.ts';
import { isPair, pairs } from '../pairs.ts';
import { configurationOf, kesFacts, vaultFacts } from './configurations.ts';
import { lenient, shownPath } from './trust.ts';
import type { UsedUrl } from './urls.ts';

/** What a server showed, leaf first. Not `live`: it is an older answer, or none, because `error` kept us from a new one. */
export interface Sight {
  chain: readonly X509Certificate[];
  live: boolean;
  at: string;
  error?: AppError;
}

type Access = Pick<StackAccess, 'stack' | 'folder' | 'secrets'>;
type Client = { cert: string; key: Secret };

const atOnce = 8;
const timeoutMs = 4_000;
const mostBytes = 1_000_000;

/** Shakes hands with every server of the URLs, once for each name, and remembers what it showed for when it is out of reach. */
export function createLook() {
  const last = new Map<string, { chain: readonly X509Certificate[]; at: string }>();
  const keyOf = (stackId: string, { dial, host }: UsedUrl): string => `${stackId} ${dial} ${host}`;

  async function lookAt(key: string, { dial, host }: UsedUrl, client: Client | undefined, signal: AbortSignal | undefined): Promise<Sight> {
    const at = new Date().toISOString();
    try {
      const { chain, endError } = await probe(dial, { servername: host, timeoutMs, ...client, ...(signal ? { signal } : {}) });
      if (chain.length > 0) {
        last.set(key, { chain, at });
        return { chain, live: true, at };
      }
      throw endError ?? new AppError('networkBroken', { host: dial, reason: 'no certificate was shown' });
    } catch (error) {
      if (!isAppError(error) || error.code === 'cancelled') throw error;
      const before = last.get(key);
      return { chain: before?.chain ?? [], live: false, at: before?.at ?? at, error };
    }
  }

  return async (access: Access, urls: readonly UsedUrl[], signal?: AbortSignal): Promise<Map<UsedUrl, Sight>> => {
    const stackId = access.stack.id;
    // KES writes a line for every client without a certificate, and this one comes every minute.
    const held = await identityFor(access, 'operator');
    const [leaf] = held ? lenient(held.cert) : [];
    // A pair that does not belong together could not shake hands with anybody.
    const operator = held && leaf && isPair(leaf, held.key) ? held : undefined;
    const asked = new Map<string, UsedUrl>();
    for (const url of urls) asked.set(keyOf(stackId, url), url);
    const seen = new Map<string, Sight>();
    await forEachOf(asked, atOnce, async ([key, url]) =>
      seen.set(key, await lookAt(key, url, url.server === 'kes' ? operator : undefined, signal)),
    );
    return new Map(
      urls.flatMap((url) => {
        const sight = seen.get(keyOf(stackId, url));
        return sight ? [[url, sight] as const] : [];
      }),
    );
  };
}
export type Look = ReturnType<typeof createLook>;

/** Where the certificate of a server that is here lies: as its configuration says, else where Sealdeck puts it. Relative to the stack's folder where it is below it. */
export async function certificateFileOf(access: Pick<StackAccess, 'stack' | 'folder'>, kind: ServerKind): Promise<string> {
  const usual = pairs.find(({ id }) => id === kind)?.certificate ?? '';
  if (kind === 'minio') return usual;
  const file = await configurationOf(access, kind);
  const named = file && !file.away ? (kind === 'kes' ? kesFacts(file.content) : vaultFacts(file.content)).certFile?.value : undefined;
  return named !== undefined && isAbsolute(named) ? shownPath(access, named) : usual;
}

/** The text of such a file, wherever its server has it. */
export async function certificateTextAt({ folder }: Pick<StackAccess, 'folder'>, path: string): Promise<string> {
  if (!isAbsolute(path)) return (await folder.read(path)) ?? '';
  return (await readRegularFile(path, mostBytes).catch(() => '')).toString();
}
