import { caFileOf } from '../../shared/servers.ts';
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
  const [store] = stack.keyStores;
  const node = store?.nodes.find(({ id }) => id === nodeId) ?? store?.nodes[0];
  return store && node ? [{ line: `export VAULT_ADDR=${quoted(node.url)}` }, ...trustLine(stack, store.ca, 'VAULT_CACERT')] : [];
}

/** Trust and alias for mc; it asks for access key and secret key, so that neither becomes an argument. */
export function mcLines(stack: Stack): CommandLine[] {
  const [cluster] = stack.minioClusters;
  const node = cluster?.nodes[0];
  return cluster && node
    ? [...trustLine(stack, cluster.ca, 'SSL_CERT_FILE'), { line: `mc alias set ${stack.id} ${quoted(node.url)}` }]
    : [];
}

/** The roots of the system are believed without a file. */
function trustLine(stack: Stack, ca: string, variable: string): CommandLine[] {
  const file = caFileOf(stack, ca);
  return file === undefined ? [] : [{ line: `export ${variable}=${quoted(file)}` }];
}

/** One argument of a POSIX shell. */
export function quoted(value: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
