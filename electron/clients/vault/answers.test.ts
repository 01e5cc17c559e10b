import { describe, expect, it } from 'vitest';
import { errorsOf, refusal } from './answers.ts';
import { productOf } from './sys.ts';

const answer = (status: number, errors?: string[], text = '') => ({ status, json: errors === undefined ? undefined : { errors }, text });

describe('refusal', () => {
  it.each([
    [503, 'error performing token check: Vault is sealed', 'sys/mounts', 'vaultSealed'],
    [400, 'Vault is already initialized', 'sys/init', 'vaultAlreadyInitialised'],
    [400, 'Vault is not initialized', 'sys/unseal', 'vaultNotInitialised'],
    [500, 'local node not active but active cluster node not found', 'kv/x', 'vaultStandby'],
    [400, 'invalid role or secret ID', 'auth/approle/login', 'vaultLoginRefused'],
    [403, 'permission denied', 'auth/approle/login', 'vaultLoginLocked'],
    [400, 'invalid username or password', 'auth/userpass/login/anna', 'vaultLoginRefused'],
    [403, '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n', 'auth/token/lookup-self', 'vaultPermissionDenied'],
    [400, 'path is already in use at kv/', 'sys/mounts/kv', 'vaultAnswer'],
  ])('reads %i %s', (status, text, path, code) => {
    expect(refusal(answer(status, [text]), 'h:1', path)).toMatchObject({ code, details: { host: 'h:1' } });
  });

  it('takes the frame off several errors and secrets out of any', () => {
    expect(errorsOf(answer(403, ['2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n']))).toEqual([
      'permission denied; invalid token',
    ]);
    const token = `hvs.${'a'.repeat(30)}`;
    expect(JSON.stringify(refusal(answer(400, [`bad ${token}`]), 'h', 'p').details)).not.toContain(token);
  });

  it('shows an answer that is not JSON', () => {
    const plain = answer(400, undefined, 'Client sent an HTTP request to an HTTPS server.');
    expect(refusal(plain, 'h', 'p').details).toMatchObject({ status: 400, text: plain.text });
  });
});

it.each([
  ['1.21.0', false, 'vault'],
  ['2.0.1', true, 'vault'],
  ['2.7.2', false, 'openbao'],
  ['dev', false, 'unknown'],
] as const)('version %s with enterprise %s is %s', (version, enterprise, product) => {
  expect(productOf(version, enterprise)).toBe(product);
});
