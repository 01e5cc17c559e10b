/** What KES asks of Vault (vault.md 4.1), and what it must not reach. A list is asked with a slash at its end. Pure. */
export function pathsOfKes({ mount, version, prefix }: { mount: string; version: 1 | 2; prefix: string }): string[] {
  const below = (part: string, name: string): string => [mount, part, name].filter((one) => one !== '').join('/');
  const data = version === 2 ? 'data' : '';
  const metadata = version === 2 ? 'metadata' : '';
  const inside = prefix === '' ? '' : `${prefix}/`;
  return [
    below(data, `${inside}a-key`),
    ...(version === 2 ? [below(metadata, `${inside}a-key`)] : []),
    below(metadata, inside),
    below(data, prefix === '' ? 'other/a-key' : `${prefix}-other/a-key`),
    'auth/token/renew-self',
    'sys/policies/acl/',
  ];
}
