import type { RunningVariables } from '../../../../shared/minioVariables.ts';
import { isAppError } from '../../../../shared/rpc/errors.ts';
import type { AdminNode, MinioAdmin } from '../../../clients/minioAdmin/adminClient.ts';
import { mistakes } from '../../../clients/minioAdmin/variables.ts';
import { describe } from './today.ts';

/** MinIO tells of a secret only that it is there (minio.md 5.4). */
const redacted = /^\*\*\*/;

/** The variables that every node runs with, and what MinIO itself says of its key manager. Needs `admin:ServerInfo`. */
export async function readRunning(admin: MinioAdmin): Promise<RunningVariables> {
  const nodes = await admin.nodes();
  const names = new Set(nodes.flatMap(({ environment }) => Object.keys(environment)));
  const differing = [...names].filter((name) => new Set(nodes.map(({ environment }) => environment[name])).size > 1).sort();
  return { nodes: nodes.map(describeNode), differing, ...(await keyManager(admin)) };
}

function describeNode({ endpoint, version, environment }: AdminNode): RunningVariables['nodes'][number] {
  // Those of its packaging begin with an underscore.
  const own = Object.entries(environment).filter(([name]) => name.startsWith('MINIO_'));
  const variables = own
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => {
      const hidden = redacted.test(value);
      const [one] = describe({ form: 'environment', name: '', elsewhere: [], entries: [{ name, value: hidden ? '' : value, line: 0 }] });
      const { note: _note, value: _value, ...told } = one ?? { name, line: 0, secret: true, standing: 'unknown' as const, carried: false };
      return hidden ? { ...told, secret: true } : (one ?? { ...told });
    });
  // A secret that is there is long enough for every rule.
  const values = new Map(own.map(([name, value]) => [name, redacted.test(value) ? 'hidden-but-there' : value]));
  return { endpoint, version, variables, findings: mistakes(values) };
}

async function keyManager(admin: MinioAdmin): Promise<Pick<RunningVariables, 'kms' | 'error'>> {
  try {
    const { name, defaultKey, endpoints } = await admin.kmsStatus();
    const optional = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await ask();
      } catch (error) {
        if (isAppError(error)) return undefined;
        throw error;
      }
    };
    const [keys, metrics, status] = await Promise.all([
      optional(async () => (await admin.kmsKeys()).length),
      optional(() => admin.kmsMetrics()),
      optional(() => admin.keyStatus(defaultKey)),
    ]);
    return {
      kms: {
        name,
        defaultKey,
        endpoints,
        ...(keys === undefined ? {} : { keys }),
        ...(metrics === undefined ? {} : { metrics }),
        ...(status === undefined ? {} : { keyWorks: status.error === undefined }),
      },
    };
  } catch (error) {
    if (isAppError(error, 'kmsNotConfigured')) return {};
    if (isAppError(error)) return { error: error.frame };
    throw error;
  }
}
