import type { X509Certificate } from 'node:crypto';

import { AppError } from '../../../shared/rpc/errors.ts';
import { keyStoreNames, otherKeyStoreOf, wayOf } from '../../../shared/servers.ts';
import type { Evidence, PlaceInput } from '../../../shared/setup.ts';
import type { OtherKeyStore, StackCa } from '../../../shared/stacks.ts';
import { say, type Text } from '../../../shared/text.ts';
import { trustOf } from '../../clients/trust.ts';
import { seen } from '../../jobs/evidence.ts';
import type { StepContext } from '../../jobs/step.ts';
import { reasonOf } from '../../platform/atomicFile.ts';
import { oneLine } from '../../platform/certificateFacts.ts';
import { testHops } from '../../platform/hops.ts';
import { certificatesIn } from '../../platform/tlsProbe.ts';
import { keyStoreId } from './placeDocument.ts';

const caFile = 'certs/key-store-ca.crt';

/** What the choice of a key store that is not Vault means for the stack. */
export function keyStoreChanges({ keyStore }: PlaceInput): Text[] {
  if (keyStore.kind === 'vault') return [];
  return [say('keyStorePlan', { store: keyStoreNames[keyStore.kind], place: placeOf(keyStore) })];
}

export function keyStoreWarnings({ stack }: Pick<StepContext, 'stack'>, { keyStore }: PlaceInput): Text[] {
  const before = otherKeyStoreOf(stack)?.kind ?? (stack.keyStores.length > 0 ? 'vault' : undefined);
  return [
    ...(keyStore.kind === 'fs' ? [say('keyStoreFilesWarning')] : []),
    ...(before !== undefined && before !== keyStore.kind && stack.identities.length > 0
      ? [say('keyStoreChangeWarning', { before: keyStoreNames[before], after: keyStoreNames[keyStore.kind] })]
      : []),
  ];
}

/** Keeps the certificates that vouch for the key store, and who they are. An empty text takes them away again. Throws `certificateBroken`. */
export async function keepKeyStoreCa(context: StepContext, { keyStore }: PlaceInput): Promise<void> {
  if (keyStore.kind !== 'vault' && keyStore.ca === undefined) return;
  const pem = keyStore.kind === 'vault' ? '' : (keyStore.ca ?? '');
  const others = (cas: readonly StackCa[]): StackCa[] => cas.filter(({ id }) => id !== keyStoreId);
  if (pem === '') {
    if (context.stack.cas.some(({ id }) => id === keyStoreId)) await context.update((stack) => ({ ...stack, cas: others(stack.cas) }));
    return;
  }
  const certificates = read(pem);
  const ca: StackCa = {
    id: keyStoreId,
    kind: 'file',
    subject: oneLine(certificates[0]?.subject),
    fingerprint: certificates.map((one) => one.fingerprint256.toLowerCase()).join(' '),
    file: caFile,
  };
  await context.folder.makeFolder('certs', 0o700);
  await context.folder.write(caFile, certificates.map(String).join(''), 0o644);
  await context.update((stack) => ({ ...stack, cas: [...others(stack.cas), ca] }));
}

function read(pem: string): X509Certificate[] {
  try {
    const found = certificatesIn(pem);
    if (found.length === 0) throw new Error('no certificate');
    return found;
  } catch (error) {
    throw new AppError('certificateBroken', { file: '@keyStoreCaName', reason: reasonOf(error) }, { cause: error });
  }
}

/** Whether the way to the key store is open and its certificate is believed, where it has an address that KES here will call. */
export async function keyStoreEvidence(context: StepContext): Promise<Evidence[]> {
  const store = otherKeyStoreOf(context.stack);
  const url = store && (store.proxy ?? addressOf(store));
  if (store === undefined || url === undefined) return [];
  const about = { store: keyStoreNames[store.kind], url };
  const hops = await testHops(
    { ca: store.ca === undefined ? await trustOf(context, 'system') : await trustOf(context, store.ca) },
    url,
    context.signal,
  );
  const [name, , tls] = hops;
  const failed = hops.find((hop) => hop.hop !== 'identity' && hop.outcome === 'fail')?.error;
  // Another host may have another way out than this one.
  if (failed !== undefined && wayOf(context.stack, 'kes') !== 'here')
    return [seen('network', say('keyStoreSeenNot', about), failed.code, 'info')];
  if (failed !== undefined) throw AppError.of(failed);
  const text =
    store.proxy !== undefined
      ? say('keyStoreSeenProxy', { store: keyStoreNames[store.kind], url })
      : tls?.outcome === 'ok'
        ? say('keyStoreSeenTrusted', { ...about, address: name?.address ?? '' })
        : say('keyStoreSeenOpen', about);
  return [seen('network', text, `${tls?.ms ?? 0} ms`)];
}

/** Where KES calls it; undefined: a folder, or a service whose address is not written. */
function addressOf({ values }: OtherKeyStore): string | undefined {
  const { endpoint } = values;
  if (endpoint === undefined) return undefined;
  return /^https?:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`;
}

/** The line that tells one key store from another of its kind. */
function placeOf({ kind, values }: Pick<OtherKeyStore, 'kind' | 'values'>): string {
  return values.endpoint ?? values.project_id ?? values.path ?? (kind === 'fs' ? 'kes/keys' : '-');
}
