import type { Evidence, StepId, StepPlan } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import type { AnyStep, Step, StepContext } from '../../jobs/step.ts';

/** Certificates of a further cluster by the stack's own CA: the services of certificates make them. */
interface Certificates {
  plan(cluster: StepContext): Promise<StepPlan>;
  apply(cluster: StepContext): Promise<void>;
  check(cluster: StepContext): Promise<Evidence[]>;
}

/** What Sealdeck's login at Vault may do: the services of Vault widen it. `stack`: the document with the further cluster. */
interface Rights {
  plan(context: StepContext, stack: Stack): Promise<StepPlan>;
  ensure(context: StepContext, mark: { readonly made: boolean; set(made: boolean): Promise<void> }): Promise<void>;
  /** Revokes the root token that an addition left, if there is one. */
  revoke(stackId: string): Promise<void>;
}

/** What other domains do for a further cluster. */
export interface ClusterWork {
  readonly certificates: Certificates;
  readonly rights: Rights;
  step<S extends StepId>(id: S): Step<S>;
}

export function workOf(steps: readonly AnyStep[], { certificates, rights }: Pick<ClusterWork, 'certificates' | 'rights'>): ClusterWork {
  return {
    certificates,
    rights,
    step<S extends StepId>(id: S) {
      const found = steps.find((step) => step.id === id);
      if (found === undefined) throw new Error(`no step ${id}`);
      return found as unknown as Step<S>;
    },
  };
}
