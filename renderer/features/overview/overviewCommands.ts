import { caFileOf, nodesOf, wayOf } from '../../../shared/servers.ts';
import type { CommandLine } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { folderLines, mcLines, quoted, vaultLines, vaultProgram } from '../../components/serverLines.ts';

/** The same questions that Overview asks, in the servers' own tools. Holds no secret. Pure. */
export function overviewCommands(stack: Stack): CommandLine[] {
  const vault = vaultLines(stack);
  const mc = mcLines(stack);
  return [
    ...folderLines(stack),
    ...(vault.length > 0 ? [...vault, { line: `${vaultProgram(stack)} status` }] : []),
    ...kesLines(stack),
    ...(mc.length > 0 ? [...mc, { line: `mc admin kms key status ${stack.id}` }] : []),
  ];
}

/** With MinIO's own identity where its key lies in the folder; the operator's is in the credential store alone. */
function kesLines(stack: Stack): CommandLine[] {
  const [cluster] = stack.kesClusters;
  const [node] = nodesOf(stack, 'kes');
  if (!cluster || !node) return [];
  const file = caFileOf(stack, cluster.ca);
  const trust = file === undefined ? '' : ` --cacert ${quoted(file)}`;
  const own = stack.identities.find(({ purpose }) => purpose === 'minio')?.certFile;
  const identity =
    own === undefined && wayOf(stack, 'kes') === 'api'
      ? '--cert identity.cert --key identity.key'
      : `--cert ${quoted(own ?? 'certs/minio-client.crt')} --key ${quoted((own ?? 'certs/minio-client.crt').replace(/\.crt$/, '.key'))}`;
  return [{ line: `curl${trust} ${identity} ${quoted(node.url)}/v1/status` }];
}

/**
 * The restart at an ISO time as a timer of MinIO's host, for whoever keeps it: MinIO's readiness, which needs a data key of KES, is
 * asked first. The alias keeps the log-in where mc keeps it.
 */
export function restartTimer(stack: Stack, at: string): CommandLine[] {
  const [cluster] = stack.minioClusters;
  const [node] = nodesOf(stack, 'minio');
  if (!cluster || !node) return [];
  const file = caFileOf(stack, cluster.ca);
  const trust = file === undefined ? '' : `--cacert ${quoted(`${stack.folder}/${file}`)} `;
  const work = `curl -fsS ${trust}${quoted(`${node.url}/minio/health/ready`)} && mc admin service restart ${stack.id}`;
  const when = `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
  return [...mcLines(stack), { line: `systemd-run --on-calendar=${quoted(when)} sh -c ${quoted(work)}` }];
}
