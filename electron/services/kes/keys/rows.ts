import { keyName } from '../../../../shared/kes.ts';
import type { KeyRow } from '../../../../shared/kesKeys.ts';
import { isPublicIdentity } from '../../../../shared/publicIdentities.ts';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import type { Stack } from '../../../../shared/stacks.ts';
import type { KesClient } from '../../../clients/kes/client.ts';
import { eachOf } from '../../../platform/eachOf.ts';
import type { KeptTest, KeptTests } from './keptTests.ts';
import { tryKey } from './opens.ts';

const atOnce = 6;

/** Describes and opens some keys, and keeps a ciphertext of each that had none. */
export async function readRows(kes: KesClient, stack: Stack, kept: KeptTests, names: readonly string[]): Promise<KeyRow[]> {
  const known = kept.all();
  const fresh = new Map<string, KeptTest>();
  const rows = await eachOf([...new Set(names)], atOnce, async (name) => {
    const tried = await readRow(kes, stack, name, known.get(name));
    if (tried.fresh) fresh.set(name, tried.fresh);
    return tried.row;
  });
  await kept.keep(fresh);
  return rows;
}

/** One key. What may not be described may still open, and the other way round. `ask`: how it is tried. */
export async function readRow(
  kes: KesClient,
  stack: Stack,
  name: string,
  kept: KeptTest | undefined,
  ask: typeof tryKey = tryKey,
): Promise<{ row: KeyRow; fresh?: KeptTest }> {
  // A name of an old server: today's answers 400 to everything about it (kes.md 2.5).
  if (!keyName.safeParse(name).success) {
    const at = new Date().toISOString();
    return { row: { name, opens: { answer: 'no', hop: 'key', error: { code: 'kesName', details: { name } }, at } } };
  }
  const [described, { opens, fresh }] = await Promise.all([
    kes.describeKey(name).catch((error: unknown) => {
      if (isAppError(error)) return undefined;
      throw error;
    }),
    ask(kes, name, kept),
  ]);
  const maker = described?.createdBy;
  return {
    row: {
      name,
      opens,
      ...(described?.algorithm === undefined ? {} : { algorithm: described.algorithm }),
      ...(described?.createdAt === undefined ? {} : { createdAt: described.createdAt }),
      ...(maker === undefined ? {} : { createdBy: makerOf(stack, maker) }),
    },
    ...(fresh ? { fresh } : {}),
  };
}

function makerOf(stack: Stack, hash: string): NonNullable<KeyRow['createdBy']> {
  const purpose = stack.identities.find((identity) => identity.hash === hash)?.purpose;
  return { hash, ...(purpose === undefined ? {} : { known: purpose }), public: isPublicIdentity(hash) };
}
