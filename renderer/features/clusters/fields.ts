import { type ClusterInput, clusterInput } from '../../../shared/clusters.ts';
import type { AppError } from '../../../shared/rpc/errors.ts';

export type Edits = Partial<ClusterInput>;

/** What is typed over what is proposed: names that nobody typed follow the cluster's name, and the key follows its prefix. Pure. */
export function followed(proposed: ClusterInput, edits: Edits): ClusterInput {
  const id = clusterInput.shape.id.safeParse(edits.id).data ?? proposed.id;
  const named = (name: string): string => name.replaceAll(proposed.id, id);
  const keyPrefix = edits.keyPrefix ?? named(proposed.keyPrefix);
  const key = proposed.key.startsWith(proposed.keyPrefix) ? `${keyPrefix}${proposed.key.slice(proposed.keyPrefix.length)}` : proposed.key;
  return {
    ...proposed,
    prefix: named(proposed.prefix),
    role: named(proposed.role),
    policy: named(proposed.policy),
    keyPrefix,
    key,
    ...edits,
  };
}

const named = ['id', 'prefix', 'role', 'policy', 'key'] as const;
const ports = ['kes', 'kesSecond', 'minio', 'minioConsole'] as const;

/** The field that the engine's refusal is about, by its dotted path; undefined: it is about none of them. Pure. */
export function refusedField({ code, details = {} }: Pick<AppError, 'code' | 'details'>, input: ClusterInput): string | undefined {
  if (code === 'clusterNested') return 'prefix';
  if (code === 'clusterKeyOutside') return 'key';
  if (code === 'clusterPort') {
    const port = ports.find((each) => String(input.ports[each]) === String(details.port));
    return port === undefined ? undefined : `ports.${port}`;
  }
  if (code !== 'clusterTaken') return undefined;
  const said = String(details.field ?? '')
    .split('.')
    .at(-1);
  return named.find((each) => each === said) ?? named.find((each) => input[each] === details.value);
}
