import type { SecretsAs, VariablesForm } from '../../../../shared/minioVariables.ts';
import { say, type Text } from '../../../../shared/text.ts';
import type { Place } from './places.ts';
import { today } from './today.ts';

/** What the operator does with the files, in order, and what a restart means (minio.md 2.4, 2.7). */
export function stepsOf(place: Place, { form }: { form: VariablesForm; secretsAs: SecretsAs }): Text[] {
  const { values } = today(place);
  const names = new Set(place.entries.map(({ name }) => name));
  const removed = [...names].filter((name) => name.startsWith('MINIO_') && !values.has(name));
  return [
    ...(place.elsewhere.length > 0 ? [say('minioStepElsewhere', { files: place.elsewhere.join(', ') })] : []),
    {
      environment: say('minioStepEnvironment'),
      unit: say('minioStepUnit'),
      shell: say('minioStepShell'),
      compose: say('minioStepCompose'),
      helm: say('minioStepHelm'),
      tenant: say('minioStepTenant'),
    }[form],
    // The admin API's restart takes over what the process has, so that a deleted line stays set.
    ...(removed.length > 0 ? [say('minioStepStop', { names: removed.join(', ') })] : []),
    ...([...values.keys()].some((name) => name.startsWith('MINIO_KMS_')) ? [say('minioStepForGood')] : []),
    say('minioStepCheck'),
  ];
}
