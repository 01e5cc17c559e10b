import { z } from 'zod';
import { secretsOf } from '../../../../shared/keyStores.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { OtherKeyStore } from '../../../../shared/stacks.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { readSealed } from '../../../platform/sealedJson.ts';

const kept = z.object({ kind: z.string(), secrets: z.record(z.string(), z.string()) });

/** What KES logs in to this key store with, by the path of its field. Those of another kind are none. Throws `storeDamaged`. */
export function readKeyStoreSecrets({ secrets }: Pick<StackAccess, 'secrets'>, kind: string): Record<string, string> {
  const found = readSealed(secrets.get('kes.keyStore'), 'kes.keyStore', kept);
  return found?.kind === kind ? found.secrets : {};
}

/** The secrets that are needed and not there. */
export function missingSecrets(access: Pick<StackAccess, 'secrets'>, store: OtherKeyStore): string[] {
  const found = readKeyStoreSecrets(access, store.kind);
  return secretsOf(store).needed.filter((path) => (found[path] ?? '') === '');
}

/** Adds to what is kept; those of another kind are forgotten. */
export async function keepKeyStoreSecrets(
  access: Pick<StackAccess, 'secrets'>,
  kind: string,
  given: Readonly<Record<string, Secret>>,
): Promise<void> {
  const secrets = { ...readKeyStoreSecrets(access, kind) };
  for (const [path, secret] of Object.entries(given)) secrets[path] = secret.reveal();
  await access.secrets.set('kes.keyStore', new Secret(JSON.stringify({ kind, secrets })));
}
