import type { ClusterInput } from '../../../shared/clusters.ts';
import type { StepPlan } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import type { StepContext } from '../../jobs/step.ts';
import { hostOf, plannedContext } from './clusterContext.ts';
import { kesIdOf, withCluster } from './document.ts';
import type { ClusterWork } from './work.ts';

/** What KES's file will name for MinIO, in the preview. */
const identityToCome = `\${MINIO_IDENTITY}`;

/** The plans of all steps as one: what they change, in their order, and the commands by hand. Changes nothing. */
export async function planCluster(context: StepContext, input: ClusterInput, work: ClusterWork): Promise<StepPlan> {
  const bare = plannedContext(context, input);
  const planned = plannedContext(context, input, identityToCome);
  const plans: StepPlan[] = [
    {
      changes: [say('clusters.plan.document', { cluster: input.id, kes: kesIdOf(input.id) })],
      warnings: [],
      commands: [],
      files: [],
      seconds: 0,
    },
    await work.rights.plan(context, withCluster(context.stack, input, hostOf(context))),
    inOwnFolder(await work.certificates.plan(bare), context.folder.path(`clusters/${input.id}`)),
  ];
  for (const id of ['prepare', 'kes', 'key', 'minio', 'bucket'] as const)
    plans.push(besideTheFirst(await work.step(id).plan(planned, planned.inputs[id] as never)));
  plans.push({ changes: [say('clusters.plan.proof')], warnings: [], commands: [], files: [], seconds: 3 });
  return {
    changes: plans.flatMap(({ changes }) => changes),
    warnings: plans.flatMap(({ warnings }) => warnings),
    commands: plans.flatMap(({ commands }) => commands),
    files: plans.flatMap(({ files }) => files),
    seconds: plans.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** Engine and AppRole were enabled for the first cluster: nothing is done to them, and by hand a second time is an error. */
export function besideTheFirst(plan: StepPlan): StepPlan {
  const done: readonly string[] = ['vaultPlanEngine', 'vaultPlanAppRole'];
  return {
    ...plan,
    changes: plan.changes.filter(({ code }) => !done.includes(code)),
    commands: plan.commands.filter(({ line }) => !/^\S+ (?:secrets|auth) enable /.test(line ?? '')),
  };
}

/** The step names its files from the folder of the first cluster; the CA stays there, whatever is made for this one. */
function inOwnFolder(plan: StepPlan, folder: string): StepPlan {
  const shared = /\bcerts\/ca\.crt\b/;
  return {
    ...plan,
    changes: plan.changes.filter(({ code }) => code !== 'certificatesKeepCa'),
    commands: plan.commands.map(({ line, ...rest }) => (line === undefined ? rest : { ...rest, line: moved(line, folder) })),
    files: plan.files.filter(({ path }) => !shared.test(path)).map((file) => ({ ...file, path: `${folder}/${file.path}` })),
  };
}

function moved(line: string, folder: string): string {
  const entered = line.replace(/^(umask 077 && mkdir -p ).* && cd .*$/, (_, begin: string) => `${begin}'${folder}' && cd '${folder}'`);
  return entered.replace(/(^| )(certs\/ca\.crt|ca\.key)\b/g, '$1../../$2');
}
