import type { CommandLine } from '../../shared/setup.ts';
import type { Stack } from '../../shared/stacks.ts';

/** Lines that several pages begin with, for a POSIX shell in the stack's folder. Secrets are typed or variables. Pure. */
export function folderLines(stack: Stack): CommandLine[] {
  return [{ line: `cd ${quoted(stack.folder)}` }];
}

/** `bao` or `vault`: both take the same commands and read the same names. */
export function vaultProgram(stack: Stack): 'bao' | 'vault' {
  return stack.keyStores[0]?.product === 'vault' ? 'vault' : 'bao';
}

/** Address and trust of one node of the key store, the first unless named. */
export function vaultLines(stack: Stack, nodeId?: string): CommandLine[] {
  const nodes = stack.keyStores[0]?.nodes ?? [];
  const node = nodes.find(({ id }) => id === nodeId) ?? nodes[0];
  return node ? [{ line: `export VAULT_ADDR=${quoted(node.url)}` }, { line: 'export VAULT_CACERT=certs/ca.crt' }] : [];
}

/** Trust and alias for mc; it asks for access key and secret key, so that neither becomes an argument. */
export function mcLines(stack: Stack): CommandLine[] {
  const node = stack.minioClusters[0]?.nodes[0];
  return node ? [{ line: 'export SSL_CERT_FILE=certs/ca.crt' }, { line: `mc alias set ${stack.id} ${quoted(node.url)}` }] : [];
}

/** One argument of a POSIX shell. */
export function quoted(value: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
