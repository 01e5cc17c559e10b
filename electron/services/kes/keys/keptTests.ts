import { z } from 'zod';
import { Secret } from '../../../../shared/secret.ts';
import type { StackSecrets } from '../../../jobs/step.ts';
import { readSealed } from '../../../platform/sealedJson.ts';
import { createSerialQueue } from '../../../platform/serialQueue.ts';

/** A data key that KES sealed with a key: its ciphertext, and the SHA-256 of what it must open to. */
const keptTest = z.object({ ciphertext: z.string(), sha256: z.string(), at: z.string() });
export type KeptTest = z.infer<typeof keptTest>;

const name = 'key.tests';
/** By `<cluster>/<key>`. */
const record = z.object({ version: z.literal(1), tests: z.record(z.string(), keptTest) });

/** One after the other, for all stacks: a change reads the record, changes it and writes it. */
const inTurn = createSerialQueue();

/**
 * The ciphertexts by which a key that was made again under an old name is known. They outlive their keys: only somebody who
 * accepts the new key replaces one.
 */
export function keptTestsOf({ secrets }: { secrets: StackSecrets }, cluster: string) {
  const read = (): Record<string, KeptTest> => readSealed(secrets.get(name), name, record)?.tests ?? {};
  const place = (key: string): string => `${cluster}/${key}`;

  return {
    all(): Map<string, KeptTest> {
      const head = `${cluster}/`;
      return new Map(Object.entries(read()).flatMap(([at, test]) => (at.startsWith(head) ? [[at.slice(head.length), test] as const] : [])));
    },
    /** `replace`: also where one is kept already. */
    keep: (fresh: ReadonlyMap<string, KeptTest>, replace = false): Promise<void> =>
      inTurn(async () => {
        if (fresh.size === 0) return;
        const tests = read();
        for (const [key, test] of fresh) if (replace || tests[place(key)] === undefined) tests[place(key)] = test;
        await secrets.set(name, new Secret(JSON.stringify({ version: 1, tests } satisfies z.infer<typeof record>)));
      }),
  };
}
export type KeptTests = ReturnType<typeof keptTestsOf>;
