import type { Audit } from '../../../shared/audit.ts';
import { caFileOf } from '../../../shared/servers.ts';
import type { CommandLine } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { folderLines, mcLines, quoted } from '../../components/serverLines.ts';

/** A place looked at by mc: its names, each object's encryption, its default rule; of all buckets the first three that the run was asked for. Pure. */
export function auditCommands(
  stack: Stack,
  audit: Pick<Audit, 'scope' | 'cluster'>,
  place: { readonly bucket?: string | undefined; readonly prefix: string } | undefined,
  dataFolder: string,
): CommandLine[] {
  const buckets = place?.bucket === undefined ? (audit.scope.buckets ?? []).slice(0, 3) : [place.bucket];
  const prefix = place?.bucket === undefined ? audit.scope.prefix : place.prefix;
  const target = (bucket: string): string => quoted(`${stack.id}/${bucket}/${prefix}`);
  return [
    // First: it is found in Sealdeck's own folder, the others work in the stack's.
    {
      line: `npx --no-install sealdeck audit --stack ${stack.id}${audit.cluster === undefined ? '' : ` --cluster ${audit.cluster}`}${buckets.map((bucket) => ` --bucket ${quoted(bucket)}`).join('')}${prefix === '' ? '' : ` --prefix ${quoted(prefix)}`} --data ${quoted(dataFolder)}`,
    },
    ...folderLines(stack),
    ...mcLines(stack),
    ...(buckets.length === 0 ? [{ line: `mc ls ${stack.id}` }, { line: `mc stat -r --json ${stack.id}` }] : []),
    ...buckets.flatMap((bucket) => [
      { line: `mc ls ${target(bucket)}` },
      { line: `mc stat -r --json ${target(bucket)}` },
      { line: `mc encrypt info ${quoted(`${stack.id}/${bucket}`)}` },
    ]),
  ];
}

/** Trust and alias for the plans of findings, whose lines begin with `sealdeck/`; from any folder, as Sealdeck's own command line is among them. */
export function planHead(stack: Stack): CommandLine[] {
  const [cluster] = stack.minioClusters;
  const node = cluster?.nodes[0];
  if (cluster === undefined || node === undefined) return [];
  const file = caFileOf(stack, cluster.ca);
  const trust =
    file === undefined ? [] : [{ line: `export SSL_CERT_FILE=${quoted(file.startsWith('/') ? file : `${stack.folder}/${file}`)}` }];
  return [...trust, { line: `mc alias set sealdeck ${quoted(node.url)}` }];
}
