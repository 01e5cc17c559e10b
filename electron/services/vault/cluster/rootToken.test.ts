import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../shared/rpc/errors.ts';
import type { Secret } from '../../../../shared/secret.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { beginRoot, type RootPlace } from './rootToken.ts';

/** A model server and a model store: what is asked of them, and in which order they fail. */
function models({ setFails = 0, refuse }: { setFails?: number; refuse?: AppError } = {}) {
  const seen: { otp?: string; kept?: string } = {};
  let sets = 0;
  const client = {
    rootStatus: async () => ({ started: seen.otp !== undefined, otp_length: 28 }),
    rootBegin: async (_flow: string, { otp }: { otp: string }) => {
      if (refuse) throw refuse;
      seen.otp = otp;
      return { nonce: 'a-nonce' };
    },
  };
  const get = () => (seen.kept === undefined ? undefined : ({ reveal: () => seen.kept } as Secret));
  const set = async (_name: string, value: Secret) => {
    sets += 1;
    if (sets !== setFails) seen.kept = value.reveal();
  };
  const secrets = { get, set, delete: async () => void delete seen.kept, has: () => false, requireDurable: () => undefined };
  const access = { secrets, journal: async () => undefined } as unknown as StackAccess;
  const place = { client, flow: 'generate-root' } as unknown as RootPlace;
  return { seen, begin: () => beginRoot(access, place, undefined) };
}

describe('the attempt at a new root token', () => {
  it('keeps the OTP that Vault has, also when the store does not take its nonce', async () => {
    const { seen, begin } = models({ setFails: 2 });
    await expect(begin()).rejects.toMatchObject({ code: 'vaultRekeyNotSealed' });
    expect(JSON.parse(seen.kept ?? '{}')).toMatchObject({ state: 'asked', otp: seen.otp });
  });

  it('forgets an attempt that Vault refused', async () => {
    const { seen, begin } = models({ refuse: new AppError('vaultPermissionDenied', { host: 'vault', path: 'sys' }) });
    await expect(begin()).rejects.toMatchObject({ code: 'vaultPermissionDenied' });
    expect(seen.kept).toBeUndefined();
  });

  it('can be begun again after one that never reached Vault', async () => {
    const { seen, begin } = models();
    seen.kept = JSON.stringify({ state: 'asked', at: new Date().toISOString(), otp: 'x'.repeat(28) });
    await begin();
    expect(JSON.parse(seen.kept)).toMatchObject({ otp: seen.otp, nonce: 'a-nonce' });
  });
});
