import { describe, expect, it } from 'vitest';
import { allowedOn, readPolicy } from './vaultPolicy.ts';

const on = (path: string, ...texts: string[]): string[] =>
  [
    ...allowedOn(
      path,
      texts.flatMap((text) => readPolicy(text) ?? []),
    ),
  ].sort();
const rule = (path: string, ...capabilities: string[]): string =>
  `path "${path}" { capabilities = [${capabilities.map((one) => `"${one}"`).join(', ')}] }\n`;

describe('a policy of Vault', () => {
  it('is read from HCL with comments, nested blocks and old words', () => {
    const text = `
# path "kv/secret" { capabilities = ["read"] }
name = "kes"
path "kv/data/minio/*" { // what KES does
  capabilities = ["create", "read"] /* no update */
  allowed_parameters = { "data" = [] }
}
path "kv/old/*" { policy = "write" }
`;
    expect(readPolicy(text)).toEqual([
      { path: 'kv/data/minio/*', capabilities: ['create', 'read'] },
      { path: 'kv/old/*', capabilities: ['create', 'read', 'update', 'delete', 'list'] },
    ]);
  });

  it('is read from JSON', () =>
    expect(readPolicy('{"path":{"kv/*":{"capabilities":["list"]}}}')).toEqual([{ path: 'kv/*', capabilities: ['list'] }]));

  it.each(['path "kv/*" {', 'path kv { }', 'variable "x" {}', '{"path":', '<html>'])('is not guessed at: %s', (text) =>
    expect(readPolicy(text)).toBeUndefined(),
  );

  it('lets the most specific path alone decide', () => {
    expect(on('kv/minio/x', rule('kv/*', 'read', 'list'), rule('kv/minio/*', 'create'))).toEqual(['create']);
    expect(on('kv/minio/x', rule('kv/minio/*', 'create'), rule('kv/minio/x', 'read'))).toEqual(['read']);
    expect(on('kv/minio/x', rule('kv/+/x', 'list'), rule('kv/minio/*', 'create'))).toEqual(['create']);
  });

  it('unites rules of one path, and lets deny win there', () => {
    expect(on('kv/minio/x', rule('kv/minio/*', 'create'), rule('kv/minio/*', 'read'))).toEqual(['create', 'read']);
    expect(on('kv/minio/x', rule('kv/minio/*', 'create'), rule('kv/minio/*', 'deny'))).toEqual([]);
  });

  it('covers a folder with its slash, and no other one', () => {
    expect(on('kv/metadata/minio/', rule('kv/metadata/minio/*', 'list'))).toEqual(['list']);
    expect(on('kv/metadata/minio/', rule('kv/metadata/minio', 'list'))).toEqual([]);
    expect(on('kv/minio-two/x', rule('kv/minio/*', 'read'))).toEqual([]);
    expect(on('kv/minio/x', rule('kv/mini*', 'read'))).toEqual(['read']);
    expect(on('kv/minio/x', rule('kv/+', 'read'))).toEqual([]);
  });
});
