import { describe, expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import type { VaultHttp } from './http.ts';
import { vaultSecretIds } from './secretIds.ts';

/** A model server that answers everything alike. */
function answering(status: number) {
  const json = { errors: status === 503 ? ['Vault is sealed'] : [] };
  const answer = { status, json, text: JSON.stringify(json), headers: {} };
  const http = { host: 'vault', attempt: async () => answer, send: async () => answer } as unknown as VaultHttp;
  return vaultSecretIds(http);
}

describe('a server that is sealed or busy', () => {
  it('has opened no wrapping token: nobody is blamed, and nothing is destroyed for it', async () => {
    await expect(answering(503).unwrapSecretId(new Secret('s.token'))).rejects.toMatchObject({ code: 'vaultSealed' });
    await expect(answering(429).unwrapSecretId(new Secret('s.token'))).rejects.toMatchObject({ code: expect.any(String) });
    // Opened before, or too late: only then it is.
    for (const status of [400, 403]) expect(await answering(status).unwrapSecretId(new Secret('s.token'))).toBeUndefined();
  });

  it('does not say of a secret ID that it is gone', async () => {
    await expect(answering(503).secretIdInfo('approle', 'kes', 'an-accessor')).rejects.toMatchObject({ code: 'vaultSealed' });
    for (const status of [404, 500]) expect(await answering(status).secretIdInfo('approle', 'kes', 'an-accessor')).toBeUndefined();
  });
});
