import { z } from 'zod';
import { Secret } from '../../../../shared/secret.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { readSealed } from '../../../platform/sealedJson.ts';

const entry = z.object({
  mount: z.string(),
  role: z.string(),
  accessor: z.string(),
  /** What Vault writes into tokens of this secret ID, so that they are known again. */
  made: z.string(),
  at: z.string(),
  secretId: z.string().optional(),
  wrapping: z.object({ token: z.string(), path: z.string(), expiresAt: z.string() }).optional(),
  /** Made for KES, by a rotation that is not finished. */
  rotation: z.boolean().optional(),
  /** Accessor of the one that the rotation ends. */
  replaces: z.string().optional(),
  /** Vault refused it: another try would count towards the lock-out of the role (vault.md trap 21). */
  refusedAt: z.string().optional(),
});
export type KeptSecretId = z.infer<typeof entry>;

type Secrets = Pick<StackAccess, 'secrets'>;

/** The secret IDs of the credential store, beside the one of KES. Throws `storeDamaged`. */
export function keptSecretIds({ secrets }: Secrets): KeptSecretId[] {
  return readSealed(secrets.get('vault.secretIds'), 'vault.secretIds', z.array(entry)) ?? [];
}

export function keptSecretId(access: Secrets, accessor: string): KeptSecretId | undefined {
  return keptSecretIds(access).find((one) => one.accessor === accessor);
}

/** Adds or replaces one, by its accessor. On disk when it returns. */
export async function keepSecretId(access: Secrets, kept: KeptSecretId): Promise<void> {
  await save(access, [...keptSecretIds(access).filter(({ accessor }) => accessor !== kept.accessor), kept]);
}

export async function forgetSecretId(access: Secrets, accessor: string): Promise<void> {
  const all = keptSecretIds(access);
  const left = all.filter((one) => one.accessor !== accessor);
  if (left.length !== all.length) await save(access, left);
}

async function save({ secrets }: Secrets, all: readonly KeptSecretId[]): Promise<void> {
  if (all.length === 0) await secrets.delete('vault.secretIds');
  else await secrets.set('vault.secretIds', new Secret(JSON.stringify(all)));
}
