import { expect, it } from 'vitest';
import { Secret } from '../../../shared/secret.ts';
import {
  codeOf,
  type FileFacts,
  fileNameOf,
  openWithPassphrase,
  plaintextOf,
  sameCode,
  sealForPassphrase,
  shareIn,
} from './custodyFile.ts';

const share = new Secret(Buffer.alloc(33, 7).toString('base64'));
const facts: FileFacts = {
  stack: 'local-lab',
  stackId: 'local-lab',
  url: 'https://127.0.0.1:8200',
  program: 'bao',
  custodian: '数据 中心 / A',
  custodianId: 'c-1',
  share: 2,
  shares: 5,
  threshold: 3,
  at: '2026-11-22T00:00:00.000Z',
};

it('names a file by share and custodian, safe in every file system', () => {
  expect(fileNameOf(facts, 'passphrase')).toBe('local-lab-share-2-of-5-数据-中心-a.age');
  expect(fileNameOf({ ...facts, custodian: '../..' }, 'pgp')).toBe('local-lab-share-2-of-5-c-1.asc');
});

it('puts the share on one line of the text, with what a custodian must know beside it', () => {
  const text = plaintextOf(facts, share);
  expect(shareIn(text).reveal()).toBe(share.reveal());
  for (const part of ['2 of 5', 'https://127.0.0.1:8200', 'bao operator unseal', codeOf(facts, share), '解封密钥分片'])
    expect(text.reveal()).toContain(part);
});

it('finds a share that stands alone in a file, and none in another text', () => {
  expect(shareIn(new Secret(`\n${share.reveal()}\n`)).reveal()).toBe(share.reveal());
  expect(() => shareIn(new Secret('Dear custodian,\nthere is nothing here.\n'))).toThrow('vaultFileNoShare');
});

it('makes another code for another custodian, another file or another share', () => {
  const code = codeOf(facts, share);
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
  expect(codeOf(facts, share)).toBe(code);
  for (const other of [codeOf({ ...facts, custodianId: 'c-2' }, share), codeOf({ ...facts, at: '2026-11-22T00:00:00.001Z' }, share)])
    expect(other).not.toBe(code);
  expect(codeOf(facts, new Secret(Buffer.alloc(33, 8).toString('base64')))).not.toBe(code);
});

it('takes a code as people type it, and no other', () => {
  expect(sameCode(' 0a1b2-c3d4e', '0A1B2-C3D4E')).toBe(true);
  expect(sameCode('oaib2 c3d4e', '0A1B2-C3D4E')).toBe(true);
  for (const wrong of ['', '0A1B2', '0A1B2-C3D4F', '0A1B2-C3D4E0']) expect(sameCode(wrong, '0A1B2-C3D4E')).toBe(false);
});

it('wants a passphrase of 12 characters, however they are encoded', async () => {
  await expect(sealForPassphrase(facts, share, undefined)).rejects.toMatchObject({ code: 'vaultPassphraseShort' });
  await expect(sealForPassphrase(facts, share, new Secret('elevenchars'))).rejects.toMatchObject({ details: { min: 12 } });
  await expect(sealForPassphrase(facts, share, new Secret('🔑'.repeat(11)))).rejects.toMatchObject({ code: 'vaultPassphraseShort' });
  const sealed = await sealForPassphrase(facts, share, new Secret('cafe\u0301 au lait 12'));
  expect(sealed.startsWith('-----BEGIN AGE ENCRYPTED FILE-----\n')).toBe(true);
  expect(shareIn(await openWithPassphrase(`${sealed}\r\n`, new Secret('caf\u00e9 au lait 12'))).reveal()).toBe(share.reveal());
}, 30_000);

it('tells what is no passphrase file', async () => {
  const open = (content: string) => openWithPassphrase(content, new Secret('any'));
  await expect(open('-----BEGIN PGP MESSAGE-----\n')).rejects.toMatchObject({ code: 'vaultShareEncrypted' });
  await expect(open('a letter')).rejects.toMatchObject({ code: 'vaultFileNotAge' });
  await expect(open('-----BEGIN AGE ENCRYPTED FILE-----\n!!\n-----END AGE ENCRYPTED FILE-----\n')).rejects.toMatchObject({
    code: 'vaultFileNotAge',
  });
});
