import { z } from 'zod';
import type { VaultAnswer } from './answers.ts';
import { joined, type VaultHttp } from './http.ts';

const key = z.looseObject({
  data: z.looseObject({
    type: z.string(),
    latest_version: z.int(),
    min_decryption_version: z.int(),
    deletion_allowed: z.boolean(),
    exportable: z.boolean().default(false),
    /** Seconds; 0: never. */
    auto_rotate_period: z.int().default(0),
  }),
});
export type TransitKeyInfo = z.infer<typeof key>['data'];
const listed = z.looseObject({ data: z.looseObject({ keys: z.array(z.string()) }) });
const encrypted = z.looseObject({ data: z.looseObject({ ciphertext: z.string() }) });
const decrypted = z.looseObject({ data: z.looseObject({ plaintext: z.string() }) });

/** The transit engine, for one key behind KES. There is no rotate here: KES knows `vault:v1:` only (vault.md trap 9). */
export function vaultTransit(http: VaultHttp) {
  const at = (mount: string, ...rest: string[]): string => joined(mount, ...rest);
  return {
    transitKeys: async (mount: string): Promise<string[]> =>
      (await http.find(listed, 'GET', `${at(mount, 'keys')}?list=true`))?.data.keys ?? [],
    transitKey: async (mount: string, name: string): Promise<TransitKeyInfo | undefined> =>
      (await http.find(key, 'GET', at(mount, 'keys', name)))?.data,
    /** aes256-gcm96, not exportable, never rotated by itself. */
    makeTransitKey: (mount: string, name: string): Promise<VaultAnswer> =>
      http.send('POST', at(mount, 'keys', name), { body: { type: 'aes256-gcm96', auto_rotate_period: 0 } }),
    stopAutoRotation: (mount: string, name: string): Promise<VaultAnswer> =>
      http.send('POST', at(mount, 'keys', name, 'config'), { body: { auto_rotate_period: 0 } }),
    /** `plaintext` in base64. */
    transitEncrypt: async (mount: string, name: string, plaintext: string): Promise<string> =>
      (await http.get(encrypted, 'POST', at(mount, 'encrypt', name), { body: { plaintext } })).data.ciphertext,
    transitDecrypt: async (mount: string, name: string, ciphertext: string): Promise<string> =>
      (await http.get(decrypted, 'POST', at(mount, 'decrypt', name), { body: { ciphertext } })).data.plaintext,
  };
}
