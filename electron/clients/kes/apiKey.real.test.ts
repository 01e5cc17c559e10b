import { execFile } from 'node:child_process';
import { createPrivateKey, createPublicKey, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ensureServers } from '../../../servers/get.ts';
import { Secret } from '../../../shared/secret.ts';
import { keyOfApiKey } from './apiKey.ts';

const apiKeyOf = (seed: Buffer): string => `kes:v1:${Buffer.concat([Buffer.from([0]), seed]).toString('base64')}`;

describe('an API key of KES', () => {
  it('has the identity that KES itself computes', async () => {
    const { kes } = await ensureServers(['kes']);
    for (const text of ['kes:v1:ACQpoGqx3rHHjT938Hfu5hVVQJHZWSqVI2Xp1KlYxFVw', apiKeyOf(randomBytes(32))]) {
      const { stdout } = await promisify(execFile)(kes, ['identity', 'of', text]);
      expect(keyOfApiKey(new Secret(text))?.hash).toBe(stdout.trim());
    }
  });

  it('is one made by the real kes identity new', async () => {
    const { kes } = await ensureServers(['kes']);
    const { stdout } = await promisify(execFile)(kes, ['identity', 'new']);
    const [text = ''] = /kes:v1:[A-Za-z0-9+/=]+/.exec(stdout) ?? [];
    const pair = keyOfApiKey(new Secret(text));
    expect(stdout).toContain(pair?.hash ?? 'none');
    expect(createPublicKey(createPrivateKey(pair?.key.reveal() ?? '')).asymmetricKeyType).toBe('ed25519');
  });

  it.each([
    'v1:AMxvd2uV1l5dDSRwuKZxSjuM5BDemlr+685+JAHA1TuJ',
    'kes:v1:AMxvd2uV1l5dDSRwuKZxSjuM5BDemlr+685+JAHA1Tu',
    `kes:v1:${Buffer.concat([Buffer.from([1]), randomBytes(32)]).toString('base64')}`,
    'kes:v1:',
  ])('is refused as %s', (text) => expect(keyOfApiKey(new Secret(text))).toBeUndefined());
});
