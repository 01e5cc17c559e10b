import type { Evidence, StepId, StepPlan } from '../../../shared/setup.ts';
import type { AnyStep, Step, StepContext } from '../../jobs/step.ts';

/** Certificates of a further cluster by the stack's own CA: the services of certificates make them. */
interface Certificates {
  plan(cluster: StepContext): Promise<StepPlan>;
  apply(cluster: StepContext): Promise<void>;
  check(cluster: StepContext): Promise<Evidence[]>;
}

/** What other domains do for a further cluster. */
export interface ClusterWork {
  readonly certificates: Certificates;
  step<S extends StepId>(id: S): Step<S>;
}

export function workOf(steps: readonly AnyStep[], certificates: Certificates): ClusterWork {
  return {
    certificates,
    step<S extends StepId>(id: S) {
      const found = steps.find((step) => step.id === id);
      if (found === undefined) throw new Error(`no step ${id}`);
      return found as unknown as Step<S>;
    },
  };
}
