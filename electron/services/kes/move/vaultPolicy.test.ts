import { describe, expect, it } from 'vitest';
import { listPath, withList } from './vaultPolicy.ts';

const guide = 'path "kv/minio/*" {\n  capabilities = [ "create", "read", "delete" ]\n}\n\n';
const engine = { mount: 'kv', version: 1 as const, prefix: 'minio' };

describe("Vault's policy for KES", () => {
  it('gets the right to list in the rule that is there, and nothing else changes', () => {
    expect(withList(`# ours\n${guide}`, engine)).toBe(
      '# ours\npath "kv/minio/*" {\n  capabilities = [ "create", "read", "delete", "list" ]\n}\n\n',
    );
    expect(withList('path "kv/minio/*" { capabilities = ["read"] }', engine)).toBe('path "kv/minio/*" { capabilities = ["read", "list"] }');
    expect(withList('path "kv/minio/*" {\n  capabilities = [\n    "read",\n  ]\n}', engine)).toBe(
      'path "kv/minio/*" {\n  capabilities = [\n    "read", "list"\n]\n}',
    );
  });

  it('gets a rule of its own where none is for that folder', () => {
    const other = 'path "kv/other/*" {\n  capabilities = ["read"]\n}\n';
    expect(withList(other, engine)).toBe(`${other}\npath "kv/minio/*" {\n  capabilities = ["list"]\n}\n`);
  });

  it('lists below metadata in version 2', () => {
    expect(listPath({ ...engine, version: 2 })).toBe('kv/metadata/minio/');
    expect(listPath({ ...engine, prefix: '' })).toBe('kv/');
    expect(withList(guide, { ...engine, version: 2 })).toContain('path "kv/metadata/minio/*" {\n  capabilities = ["list"]');
  });

  it('stays JSON where it is JSON', () => {
    const json = withList('{"path": {"kv/minio/*": {"capabilities": ["read"]}}}', engine);
    expect(JSON.parse(json)).toEqual({ path: { 'kv/minio/*': { capabilities: ['read', 'list'] } } });
  });
});
