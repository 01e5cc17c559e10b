import { caFileOf } from '../../../shared/servers.ts';
import type { CommandLine } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { folderLines, quoted, vaultLines, vaultProgram } from '../../components/serverLines.ts';

/** What the picture shows, asked with the servers' own tools: each role with its policy, and each KES as its MinIO. Pure. */
export function clusterCommands(stack: Stack): CommandLine[] {
  const vault = vaultLines(stack);
  const [store] = stack.keyStores;
  const program = vaultProgram(stack);
  return [
    ...folderLines(stack),
    ...vault,
    ...stack.minioClusters.flatMap((minio) => {
      const kes = stack.kesClusters.find(({ id }) => id === minio.kes);
      const place = kes?.placeInStore ?? (kes?.keyStore === store?.id ? store : undefined);
      const cert = stack.identities.find(({ id }) => id === minio.identity)?.certFile;
      const trust = kes && caFileOf(stack, kes.ca);
      const as = cert === undefined ? '' : ` --cert ${quoted(cert)} --key ${quoted(cert.replace(/\.crt$/, '.key'))}`;
      return [
        ...(place && vault.length > 0
          ? [
              { line: `${program} read auth/${place.appRole.mount}/role/${place.appRole.role}` },
              { line: `${program} policy read ${quoted(place.appRole.policy)}` },
              { line: `${program} kv list ${quoted(`${place.engine.mount}/${place.engine.prefix}`)}` },
            ]
          : []),
        ...(kes?.nodes ?? []).map(({ url }) => ({
          line: `curl${trust === undefined ? '' : ` --cacert ${quoted(trust)}`}${as} ${quoted(url)}/v1/status`,
        })),
      ];
    }),
  ];
}
