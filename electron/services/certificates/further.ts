import { certificatesInput } from '../../../shared/certificates.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Evidence, StepPlan } from '../../../shared/setup.ts';
import type { StepContext } from '../../jobs/step.ts';
import { applyCertificates } from './apply.ts';
import { checkCertificates } from './check.ts';
import { decide } from './decide.ts';
import { madeWith } from './madeWith.ts';
import type { Asked } from './needs.ts';
import { planCertificates } from './plan.ts';

/** The certificates of a cluster that is added to a stack, by the stack's own CA. Nothing of the first one is made again. */
export interface FurtherCertificates {
  /** `cluster`: its view of the stack (`jobs/clusterView.ts`). Throws `clusterNoFirst` without a CA of the stack's own. */
  plan(cluster: StepContext): Promise<StepPlan>;
  apply(cluster: StepContext): Promise<void>;
  check(cluster: StepContext): Promise<Evidence[]>;
}

export const furtherCertificates: FurtherCertificates = {
  plan: async (cluster) => planCertificates(cluster, await askedOf(cluster)),
  apply: async (cluster) => applyCertificates(cluster, await askedOf(cluster), cluster.signal),
  check: async (cluster) => checkCertificates(cluster, await askedOf(cluster)),
};

/** Made with what the first cluster's were made with. */
async function askedOf(cluster: StepContext): Promise<Asked> {
  const { stack, inputs } = cluster;
  const input = await madeWith(cluster, certificatesInput.parse(inputs.certificates ?? {}));
  const asked: Asked = { stack, input, hosts: inputs.place.hosts, further: true };
  // Another CA would be believed by none of the servers that run.
  if ((await decide(cluster, asked)).ca?.action !== 'keep') throw new AppError('clusterNoFirst', { missing: '@clusters.missing.ca' });
  return asked;
}
