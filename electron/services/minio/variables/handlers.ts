import { randomBytes } from 'node:crypto';
import { lstat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { minioVariablesProcedures, SecretsAs, VariablesForm } from '../../../../shared/minioVariables.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { say, type Text } from '../../../../shared/text.ts';
import { withMinioAdmin } from '../../../clients/minioAdmin/forStack.ts';
import { whereOf } from '../../../jobs/clusterView.ts';
import type { JobSpec } from '../../../jobs/jobRunner.ts';
import type { DomainDeps } from '../../../jobs/step.ts';
import { writeFilesTogether } from '../../../platform/atomicFile.ts';
import type { FileStore } from '../../../platform/files.ts';
import { createKeptValues } from '../../../platform/keptValues.ts';
import { requireFolder } from '../../../platform/requireFolder.ts';
import { readSent } from '../../../platform/sentText.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';
import type { Place } from './places.ts';
import { readPlaces } from './read.ts';
import { readRunning } from './running.ts';
import { readStaticKey } from './staticKey.ts';
import { importStaticKey, type MoveDeps, proveStaticKey, readMove } from './staticKeyMove.ts';
import { stepsOf } from './steps.ts';
import { describe, findingsOf, today } from './today.ts';
import { writeVariables } from './write.ts';

export interface MinioVariables {
  handlers: DomainHandlers<typeof minioVariablesProcedures>;
}

/** MinIO's variables as they are written anywhere: read, explained, and written in today's names. */
export function createMinioVariables({ files, jobs, open, ...deps }: DomainDeps & MoveDeps & { files: FileStore }): MinioVariables {
  const kept = createKeptValues<readonly Place[]>();

  function placeOf({ source, place }: { source: string; place: number }): Place {
    const found = kept.get(source)?.[place];
    if (found === undefined) throw new AppError('minioVariablesGone');
    return found;
  }

  /** What was read before is kept in one file: two at once would each keep their own, and import the key twice. */
  function startAlone(stackId: string, title: Text, run: JobSpec['run']): { jobId: string } {
    const codes: readonly string[] = ['staticKeyImportJob', 'staticKeyProveJob'];
    if (jobs.running().some((job) => job.stackId === stackId && codes.includes(job.title.code))) throw new AppError('staticKeyBusy');
    return jobs.start({ title, stackId, run });
  }

  function told(places: readonly Place[]) {
    return {
      source: kept.keep(places),
      places: places.map((place) => ({
        name: place.name.slice(0, 200),
        form: place.form,
        variables: describe(place),
        elsewhere: place.elsewhere.slice(0, 50).map((one) => one.slice(0, 400)),
        findings: findingsOf(place),
      })),
    };
  }

  return {
    handlers: {
      async 'minio.readVariables'({ name, file, content }, { signal }) {
        if ((file === undefined) === (content === undefined)) throw new AppError('minioVariablesNone', { name });
        const sent = file === undefined ? { name, content: content?.reveal() ?? '' } : await readSent(files, file, signal);
        const places = readPlaces(sent.content, sent.name);
        return told(places);
      },
      async 'minio.planVariables'(input) {
        const place = placeOf(input);
        const { values, dropped } = today(place);
        const written = writeVariables({ ...input, values, secret: (variable) => `\${${variable}}` });
        return { files: written, dropped: [...dropped], steps: stepsOf(place, input) };
      },
      async 'minio.saveVariables'({ folder, ...input }) {
        return { files: await save(placeOf(input), input, folder) };
      },
      'minio.running': async ({ stackId, cluster }) => withMinioAdmin(await open(stackId, cluster), readRunning),
      async 'minio.makeStaticKey'({ name }) {
        const value = `${name}:${randomBytes(32).toString('base64')}`;
        return told([{ form: 'environment', name, entries: [{ name: 'MINIO_KMS_SECRET_KEY', value, line: 1 }], elsewhere: [] }]);
      },
      async 'minio.staticKeyMove'({ stackId, cluster }) {
        const move = await readMove(deps, await open(stackId, cluster));
        if (move?.state !== 'imported') return {};
        const { key, at, buckets, samples, provenAt } = move;
        return { move: { key, at, buckets, samples: samples.length, ...(provenAt === undefined ? {} : { provenAt }) } };
      },
      async 'minio.importStaticKey'({ stackId, cluster, ...input }) {
        const access = await open(stackId, cluster);
        const key = readStaticKey(today(placeOf(input)).values.get('MINIO_KMS_SECRET_KEY') ?? '');
        if (key === undefined) throw new AppError('staticKeyMissing');
        const title = say('staticKeyImportJob', { name: key.name });
        return startAlone(stackId, title, async (_report, signal) => ({ evidence: await importStaticKey(deps, access, key, signal) }));
      },
      async 'minio.proveStaticKey'({ stackId, cluster }) {
        const access = await open(stackId, cluster);
        const title = say('staticKeyProveJob', { stack: whereOf(access) });
        return startAlone(stackId, title, async (_report, signal) => ({ evidence: await proveStaticKey(deps, access, signal) }));
      },
    },
  };
}

/** All files or none: nothing is written when one of them is there already, or cannot be written. Throws `minioVariablesFolder`, `minioVariablesExists`, `folderIsFile`. */
async function save(place: Place, { form, secretsAs }: { form: VariablesForm; secretsAs: SecretsAs }, folder: string): Promise<string[]> {
  if (!isAbsolute(folder)) throw new AppError('minioVariablesFolder', { folder });
  requireFolder(folder);
  const written = writeVariables({ form, secretsAs, values: today(place).values, secret: (_name, value) => value });
  const paths = written.map(({ path }) => join(folder, path));
  for (const path of paths) {
    const isThere = await lstat(path).then(
      () => true,
      () => false,
    );
    if (isThere) throw new AppError('minioVariablesExists', { path });
  }
  await writeFilesTogether(written.map(({ content }, at) => ({ path: paths[at] ?? '', content })));
  return paths;
}
