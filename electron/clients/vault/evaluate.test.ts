import { describe, expect, it } from 'vitest';
import { kesPolicy } from '../../services/vault/policies.ts';
import { evaluate as evaluateIn, type ListOrder, listOrderOf } from './evaluate.ts';
import { policyRules } from './policyRules.ts';

const evaluate = (policies: Parameters<typeof evaluateIn>[0], path: string, order: ListOrder = 'bareFirst') =>
  evaluateIn(policies, path, order);
const of = (...texts: string[]) => texts.map((text, at) => ({ name: `p${at}`, rules: policyRules(text) }));
const allow = (path: string, ...capabilities: string[]): string =>
  `path "${path}" {\n  capabilities = ${JSON.stringify(capabilities)}\n}\n`;

describe('what a policy allows', () => {
  it.each([
    ['an exact path beats a prefix', [allow('kv/a', 'read'), allow('kv/*', 'create')], 'kv/a', 'read'],
    ['rules do not add up: the longer prefix alone decides', [allow('kv/*', 'list'), allow('kv/minio/*', 'read')], 'kv/minio/k', 'read'],
    ['equal paths of two policies are united', [allow('kv/*', 'read'), allow('kv/*', 'list')], 'kv/x', 'list,read'],
    ['deny beats everything at its path', [allow('kv/*', 'read'), allow('kv/*', 'deny', 'list')], 'kv/x', 'deny'],
    ['and only at its path', [allow('kv/a', 'deny'), allow('kv/*', 'read')], 'kv/b', 'read'],
    ['a plus is one segment', [allow('kv/+/k', 'read')], 'kv/a/k', 'read'],
    ['not two', [allow('kv/+/k', 'read')], 'kv/a/b/k', 'deny'],
    ['a later first wildcard wins', [allow('kv/+/k', 'read'), allow('kv/a/*', 'list')], 'kv/a/k', 'list'],
    ['no star beats a star', [allow('kv/+/k*', 'read'), allow('kv/+/kk', 'list')], 'kv/a/kk', 'list'],
    ['fewer pluses win', [allow('kv/+/+/k', 'read'), allow('kv/+/b/k', 'list')], 'kv/a/b/k', 'list'],
    ['a list is asked with a slash, and the folder itself counts', [allow('kv/minio', 'list')], 'kv/minio/', 'list'],
    ['nothing is nothing', [allow('kv/*', 'read')], 'sys/mounts', 'deny'],
    ['an empty list is nothing, too', [allow('kv/*')], 'kv/x', 'deny'],
  ])('%s', (_, texts, path, wanted) => {
    expect(evaluate(of(...texts), path).capabilities.join()).toBe(wanted);
  });

  it('a list of a folder: Vault looks for the folder first, OpenBao 2.7 for the folder with its slash', () => {
    const both = of(allow('kv/+', 'read') + allow('kv/*', 'list'));
    expect(evaluate(both, 'kv/a/', 'bareFirst').capabilities).toEqual(['read']);
    expect(evaluate(both, 'kv/a/', 'slashFirst').capabilities).toEqual(['list']);
    expect([
      listOrderOf('vault', '1.21.0'),
      listOrderOf('openbao', '2.6.2'),
      listOrderOf('openbao', '2.7.2'),
      listOrderOf('vault', '2.7.0'),
    ]).toEqual(['bareFirst', 'bareFirst', 'slashFirst', 'bareFirst']);
  });

  it('names the line that decides, and what it cannot decide', () => {
    const text = `# of KES\n${allow('kv/*', 'read')}path "kv/x" {\n  capabilities = ["update"]\n  required_parameters = ["ttl"]\n}\n`;
    expect(evaluate(of(text), 'kv/x')).toEqual({
      capabilities: ['update'],
      rule: { policy: 'p0', path: 'kv/x', line: 5 },
      conditions: ['required_parameters'],
    });
  });

  it('knows what the guide lacks: no list with its policy, and nothing at all on kv version 2', () => {
    const guide = of(allow('kv/minio/*', 'create', 'read', 'delete'));
    expect(evaluate(guide, 'kv/minio/').capabilities).not.toContain('list');
    expect(evaluate(guide, 'kv/minio').capabilities).toEqual(['deny']);
    expect(evaluate(guide, 'kv/data/minio/k').capabilities).toEqual(['deny']);
  });

  it.each([1, 2] as const)('gives the generated policy for version %i what KES needs and no more', (version) => {
    const place = { mount: 'kv', version, prefix: 'minio' };
    const may = (path: string): string => evaluate(of(kesPolicy(place, false, { mount: 'transit', key: 'kes' })), path).capabilities.join();
    const [data, metadata] = version === 1 ? ['kv', 'kv'] : ['kv/data', 'kv/metadata'];
    expect(may(`${data}/minio/k`)).toBe(version === 1 ? 'create,list,read' : 'create,read');
    expect(may(`${metadata}/minio/`)).toContain('list');
    expect(may(`${metadata}/minio/k`)).not.toContain('delete');
    expect(may('transit/encrypt/kes')).toBe('update');
    expect([may(`${data}/minio-2/k`), may('transit/encrypt/other'), may('transit/keys/kes/rotate'), may('sys/mounts')]).toEqual([
      'deny',
      'deny',
      'deny',
      'deny',
    ]);
  });
});

describe('reading a policy', () => {
  it('takes HCL and JSON alike, old words, comments, and several blocks of one path', () => {
    const hcl = 'path "/kv/*" { policy = "read" }\n// again\npath "kv/*" { capabilities = ["create", "create"] }\n';
    const json = JSON.stringify({ path: { 'kv/*': { capabilities: ['read', 'list'] } } });
    expect(policyRules(hcl).map(({ path, capabilities, line }) => [path, capabilities, line])).toEqual([
      ['kv/*', ['read', 'list'], 1],
      ['kv/*', ['create'], 3],
    ]);
    expect(policyRules(json)).toMatchObject([{ path: 'kv/*', capabilities: ['read', 'list'] }]);
    expect(policyRules('')).toEqual([]);
  });

  it.each([
    ['path "a" { capabilities = ["fly"] }', 1, 'fly'],
    ['path "a" {\n  capabilites = ["read"]\n}', 2, 'capabilites'],
    ['path "a" {\n  capabilities = ["read"]\n  capabilities = ["list"]\n}', 3, 'capabilities'],
    ['path "a/+*" { capabilities = ["read"] }', 1, '+*'],
    ['rule "a" {}', 1, 'rule'],
    ['path "a" {\n  capabilities = ["read"\n', 3, ''],
  ])('refuses %s', (text, line, reason) => {
    expect(() => policyRules(text)).toThrow(
      expect.objectContaining({ code: 'vaultPolicyUnreadable', details: { line, reason: reason || expect.anything() } }),
    );
  });

  it('leaves templates open: only the server knows whose names they hold', () => {
    expect(policyRules('path "kv/{{identity.entity.name}}/*" { capabilities = ["read"] }')[0]?.conditions).toEqual(['template']);
  });
});
