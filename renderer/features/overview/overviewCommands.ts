import type { CommandLine } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';

/** The same questions that Overview asks, in the servers' own tools. Holds no secret. Pure. */
export function overviewCommands(stack: Stack): CommandLine[] {
  const store = stack.keyStores[0];
  const kes = stack.kesClusters[0];
  const minio = stack.minioClusters[0];
  const lines: string[] = [`cd ${quoted(stack.folder)}`];
  if (store?.nodes[0]) {
    const tool = store.product === 'openbao' ? 'bao' : 'vault';
    const prefix = store.product === 'openbao' ? 'BAO' : 'VAULT';
    lines.push(`export ${prefix}_ADDR=${store.nodes[0].url}`, `export ${prefix}_CACERT=certs/ca.crt`, `${tool} status`);
  }
  // With MinIO's own identity, whose key lies in the folder; the operator's is in the credential store alone.
  if (kes?.nodes[0]) {
    lines.push(`curl --cacert certs/ca.crt --cert certs/minio-client.crt --key certs/minio-client.key ${kes.nodes[0].url}/v1/status`);
  }
  // mc asks for access key and secret key, so that neither becomes an argument.
  if (minio?.nodes[0]) {
    lines.push(
      'export SSL_CERT_FILE=certs/ca.crt',
      `mc alias set ${stack.id} ${minio.nodes[0].url}`,
      `mc admin kms key status ${stack.id}`,
    );
  }
  return lines.map((line) => ({ line }));
}

/** For a POSIX shell. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`;
}
