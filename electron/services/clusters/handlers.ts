import type { clusterProcedures } from '../../../shared/clusters.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';

/** The MinIO clusters of a stack, and the addition of the next one. */
export function createClusters(_deps: DomainDeps): { handlers: DomainHandlers<typeof clusterProcedures> } {
  const soon = (): never => {
    throw new AppError('clusterNoRecord', { cluster: '' });
  };
  return {
    handlers: {
      'clusters.picture': async () => soon(),
      'clusters.propose': async () => soon(),
      'clusters.plan': async () => soon(),
      'clusters.add': async () => soon(),
      'clusters.resume': async () => soon(),
      'clusters.prove': async () => soon(),
      'clusters.forget': async () => soon(),
    },
  };
}
