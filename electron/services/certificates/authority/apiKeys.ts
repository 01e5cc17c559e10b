import { randomBytes } from 'node:crypto';
import type { ApiKeyEntry } from '../../../../shared/certificateFiles.ts';
import { isPublicIdentity } from '../../../../shared/publicIdentities.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { Evidence } from '../../../../shared/setup.ts';
import { say } from '../../../../shared/text.ts';
import { keyOfApiKey } from '../../../clients/kes/apiKey.ts';
import { createKesClient } from '../../../clients/kes/client.ts';
import { kesAddress } from '../../../clients/kes/forStack.ts';
import { kesRights } from '../../../clients/kes/rights.ts';
import { seen } from '../../../jobs/evidence.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { writeFileAtomic } from '../../../platform/atomicFile.ts';
import { makeCertificate } from '../build.ts';
import { type KeptKey, keyRingOf } from './keyRing.ts';
import { modeOf, requireNewPlace } from './portable.ts';

const identityFile = 'certs/made/kes-api-key.crt';
const lifetimeDays = 3650;

export function listApiKeys(access: StackAccess): ApiKeyEntry[] {
  return keyRingOf(access)
    .list()
    .filter(({ kind }) => kind === 'apiKey')
    .map((kept) => shown(access, kept));
}

export async function makeApiKey(access: StackAccess, name: string): Promise<ApiKeyEntry> {
  const text = new Secret(`kes:v1:${Buffer.concat([Buffer.from([0]), randomBytes(32)]).toString('base64')}`);
  return keep(access, name, text, 'kesApiKeyDidMake');
}

/** Takes one that KES's own command line printed; the SDK also takes the bare base64, so that is taken too. Throws `kesApiKeyWrong`, `kesApiKeyPublic`. */
export async function importApiKey(access: StackAccess, name: string, typed: Secret): Promise<ApiKeyEntry> {
  const given = typed.reveal().trim();
  const bare = /^[A-Za-z0-9+/]{43}=?$|^[A-Za-z0-9+/]{44}$/.test(given);
  return keep(access, name, new Secret(bare ? `kes:v1:${given}` : given), 'kesApiKeyDidImport');
}

async function keep(
  access: StackAccess,
  name: string,
  text: Secret,
  done: 'kesApiKeyDidMake' | 'kesApiKeyDidImport',
): Promise<ApiKeyEntry> {
  const pair = keyOfApiKey(text);
  if (!pair) throw new AppError('kesApiKeyWrong', { reason: whyNot(text.reveal()) });
  const ring = keyRingOf(access);
  if (ring.list().some((one) => one.kind === 'apiKey' && one.name === name)) throw new AppError('kesApiKeyNameTaken', { name });
  const kept = await ring.add({ kind: 'apiKey', name, identity: pair.hash, key: text.reveal() });
  await access.journal(say(done, { name, identity: pair.hash }));
  return shown(access, kept);
}

/** What is not right about a text, without any of it. */
export function whyNot(text: string): string {
  if (!text.startsWith('kes:v1:')) return 'it does not begin with kes:v1:';
  const bytes = Buffer.from(text.slice(7), 'base64');
  if (bytes.length !== 33 || !/^[A-Za-z0-9+/]{44}$/.test(text.slice(7))) return `${bytes.length} bytes instead of 33`;
  return `its type byte is ${bytes[0]}, and only 0 (Ed25519) exists`;
}

export async function saveApiKey(access: StackAccess, id: string, to: string): Promise<{ path: string; mode?: string }> {
  const kept = keyRingOf(access).get('apiKey', id);
  await requireNewPlace(to);
  await writeFileAtomic(to, `${kept.key}\n`, 0o600);
  await access.journal(say('kesApiKeyDidSave', { name: kept.name, to }));
  return { path: to, ...(await modeOf(to)) };
}

/** Throws `kesApiKeyUsed`, `kesApiKeyNameDiffers`. */
export async function dropApiKey(access: StackAccess, id: string, typed: string): Promise<void> {
  const ring = keyRingOf(access);
  const kept = ring.get('apiKey', id);
  if (typed.trim() !== kept.name) throw new AppError('kesApiKeyNameDiffers', { name: kept.name });
  if (shown(access, kept).used) throw new AppError('kesApiKeyUsed', { name: kept.name });
  await ring.remove(id);
  await access.journal(say('kesApiKeyDidDrop', { name: kept.name, identity: kept.identity }));
}

/** Logs in to the stack's KES with it and asks what it may do, changing nothing. Throws what KES says. */
export async function tryApiKey(access: StackAccess, id: string): Promise<{ evidence: Evidence[]; allowed: number }> {
  const { kept, cert, key } = opened(access, id);
  const { url, ca } = await kesAddress(access);
  const kes = createKesClient({ url, ca, cert, key });
  try {
    const { status, message } = await kes.probe('GET', '/version');
    const evidence = [seen('kes', say('kesApiKeySeen', { host: url, status }), message || kept.identity, status === 200 ? 'ok' : 'fail')];
    const scope = { key: access.stack.minioClusters[0]?.defaultKey ?? 'minio-default', prefix: '', exact: false };
    const rights = await kesRights(kes, scope);
    const allowed = rights.filter(({ outcome }) => outcome === 'ok').map(({ operation }) => operation);
    evidence.push(
      allowed.length > 0
        ? seen('kes', say('kesApiKeyMay', { operations: allowed.join(', '), key: scope.key }))
        : seen('kes', say('kesApiKeyNoPolicy', { identity: kept.identity }), undefined, 'warn'),
    );
    return { evidence, allowed: allowed.length };
  } finally {
    await kes.close();
  }
}

/** Sealdeck speaks to KES with it from now on. KES must know it: an identity in no policy would end every call. Throws `kesApiKeyUnknown`. */
export async function useApiKey(access: StackAccess, id: string): Promise<Evidence[]> {
  const { kept, cert, key } = opened(access, id);
  if (isPublicIdentity(kept.identity)) throw new AppError('kesApiKeyPublic', { name: kept.name });
  const { evidence, allowed } = await tryApiKey(access, id);
  if (allowed === 0) throw new AppError('kesApiKeyUnknown', { name: kept.name, identity: kept.identity });
  access.secrets.requireDurable(kept.name);
  const before = access.secrets.get('operator.key');
  await access.secrets.set('operator.key', key);
  try {
    await access.folder.makeFolder('certs/made', 0o700);
    await access.folder.write(identityFile, cert, 0o644);
    await access.update((stack) => ({
      ...stack,
      identities: [
        ...stack.identities.filter(({ purpose }) => purpose !== 'operator'),
        { id: 'operator', hash: kept.identity, purpose: 'operator' as const, certFile: identityFile },
      ],
    }));
  } catch (error) {
    if (before) await access.secrets.set('operator.key', before);
    throw error;
  }
  await access.journal(say('kesApiKeyDidUse', { name: kept.name, identity: kept.identity }));
  return evidence;
}

function opened(access: StackAccess, id: string): { kept: KeptKey; cert: string; key: Secret } {
  const kept = keyRingOf(access).get('apiKey', id);
  const pair = keyOfApiKey(new Secret(kept.key));
  if (!pair) throw new AppError('kesApiKeyWrong', { reason: whyNot(kept.key) });
  const cert = makeCertificate({
    use: 'client',
    subject: { commonName: kept.identity.slice(0, 64) },
    days: lifetimeDays,
    hosts: [],
    key: pair.key,
  });
  return { kept, cert, key: pair.key };
}

function shown(access: StackAccess, { id, name, identity, createdAt }: KeptKey): ApiKeyEntry {
  const used = access.stack.identities.some((one) => one.purpose === 'operator' && one.hash === identity);
  return { id, name, identity, createdAt, used, known: isPublicIdentity(identity) };
}
