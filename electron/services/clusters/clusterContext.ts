import { join } from 'node:path';
import type { ClusterInput } from '../../../shared/clusters.ts';
import { kesInput } from '../../../shared/kes.ts';
import { bucketInput, minioInput } from '../../../shared/minio.ts';
import type { StepInputs } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { prepareInput } from '../../../shared/vault.ts';
import { clusterView } from '../../jobs/clusterView.ts';
import type { StepContext } from '../../jobs/step.ts';
import { firstOf, withCluster } from './document.ts';

/** Where the servers of the stack that run here listen. */
export function hostOf({ inputs }: StepContext): string {
  return inputs.place.hosts[0] ?? '127.0.0.1';
}

/** The steps of the set-up see this cluster as the only one, with its own answers to their forms. Throws `minioAbsent`. */
export function contextOfCluster(context: StepContext, input: ClusterInput): StepContext {
  return Object.assign(clusterView(context, input.id), { inputs: inputsOf(context, input) });
}

function inputsOf({ inputs, stack }: StepContext, input: ClusterInput): StepInputs {
  const { prefix, role, policy, keyPrefix, cacheAny, cacheUnused, key, bucket } = input;
  const { engine, appRole } = firstOf(stack).store;
  const { kes, minio, minioConsole } = input.ports;
  const allowDelete = inputs.prepare?.allowDelete ?? true;
  return {
    ...inputs,
    place: { ...inputs.place, ports: { ...inputs.place.ports, kes, minio, minioConsole }, key, bucket, role },
    prepare: prepareInput.parse({ mount: engine.mount, appRoleMount: appRole.mount, prefix, role, policy, allowDelete }),
    kes: kesInput.parse({ policy: input.id, keyPrefix, cacheAny, cacheUnused }),
    key: { name: key },
    minio: minioInput.parse({ defaultKey: key }),
    bucket: bucketInput.parse({ bucket, key }),
  };
}

/**
 * The same for a plan of what is not there yet: the document has the cluster in memory only, its servers stand still, and
 * `identity` is what KES's file will name for MinIO.
 */
export function plannedContext(context: StepContext, input: ClusterInput, identity?: string): StepContext {
  const saved = context.stack;
  const known = (node: string | undefined): boolean => saved.minioClusters.some(({ id }) => id === input.id) || node === undefined;
  let stack = withIdentity(withCluster(saved, input, hostOf(context)), input.id, identity);
  const planned: StepContext = Object.defineProperty(
    {
      ...context,
      update: async (change: (stack: Stack) => Stack) => {
        stack = change(stack);
      },
      servers: {
        ...context.servers,
        status: async (kind, node) =>
          known(node) ? context.servers.status(kind, node) : { kind, node: node ?? kind, url: '', state: 'stopped' as const },
      },
    } satisfies Omit<StepContext, 'stack'> & { stack?: Stack },
    'stack',
    { enumerable: true, get: () => stack },
  );
  return contextOfCluster(planned, input);
}

function withIdentity(stack: Stack, id: string, hash: string | undefined): Stack {
  if (hash === undefined || stack.identities.some((one) => one.id === id)) return stack;
  const certFile = join('clusters', id, 'certs/minio-client.crt');
  return { ...stack, identities: [...stack.identities, { id, hash, purpose: 'minio', certFile }] };
}
