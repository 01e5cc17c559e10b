import type { InPlace } from '../../../shared/inPlace.ts';
import type { CommandLine } from '../../../shared/setup.ts';
import { quoted } from '../../components/serverLines.ts';

/** The same plan by Sealdeck's own command line; none for what it has no words for. `data`: as `useDataOption` has it. Pure. */
export function ownCommand(
  { stackId, scope, target, mode }: Pick<InPlace, 'stackId' | 'scope' | 'target' | 'mode'>,
  data: string,
): CommandLine[] {
  if (scope.from === 'objects' || mode === 'history' || target.kind === 'sse-c' || (target.kind === 'sse-kms' && target.context)) return [];
  if (scope.from === 'audit') {
    const { states, bucket: _bucket, prefix: _prefix, ...more } = scope.filter;
    if (states?.join() !== 'plaintext' || Object.values(more).some((value) => value !== undefined)) return [];
  }
  const { bucket, prefix } = scope.from === 'audit' ? scope.filter : scope;
  // It has no audit's prefix without its bucket.
  if (prefix && bucket === undefined) return [];
  const sse = { 'sse-kms': `kms:${target.kind === 'sse-kms' ? target.key : ''}`, 'sse-s3': 's3', rule: 'rule' }[target.kind];
  return [
    {
      line: [
        `npx --no-install sealdeck encrypt --stack ${stackId}`,
        ...(scope.from === 'audit' ? [`--audit ${scope.auditId}`] : []),
        ...(bucket === undefined ? [] : [`--bucket ${quoted(bucket)}`]),
        ...(prefix ? [`--prefix ${quoted(prefix)}`] : []),
        `--sse ${quoted(sse)}${data}`,
      ].join(' '),
    },
  ];
}
