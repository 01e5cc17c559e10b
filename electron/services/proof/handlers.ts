import type { Proof, proofProcedures } from '../../../shared/proof.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { say } from '../../../shared/text.ts';
import { withS3 } from '../../clients/s3/forStack.ts';
import type { AnyStep, DomainDeps, StackAccess } from '../../jobs/step.ts';
import type { FileStore } from '../../platform/files.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { createProofEngine, type ProofDeps } from './engine.ts';
import { createProofFiles } from './proofFiles.ts';
import { proofPage } from './proofPage.ts';
import { proofStep } from './proofStep.ts';

interface Deps extends DomainDeps, ProofDeps {
  dataFolder: string;
  files: Pick<FileStore, 'offer'>;
}

/** Proofs of a stack: the step, making, listing and exporting them. */
export function createProof(deps: Deps): { handlers: DomainHandlers<typeof proofProcedures>; steps: AnyStep[] } {
  const kept = createProofFiles(deps.dataFolder);
  const engine = createProofEngine(deps, kept);

  /** A proof that says "running" although nothing runs it was killed with its engine. */
  const truth = (proof: Proof): Proof =>
    proof.result === 'running' && !engine.isRunning(proof.stackId)
      ? { ...proof, result: 'notProven', error: { code: 'proofInterrupted' } }
      : proof;

  return {
    steps: [proofStep(engine, kept)],
    handlers: {
      'proof.run': async ({ stackId, cluster, level, bucket }) => {
        const access = await deps.open(stackId, cluster);
        if (engine.isRunning(stackId)) throw new AppError('proofRunning', { stack: access.stack.name });
        const target = bucket ?? (await bucketFor(access, await kept.list(stackId, cluster)));
        return deps.jobs.start({
          title: say('proofJob', { bucket: target }),
          stackId,
          run: async (report, signal) => {
            const { id, result } = await engine.run(
              access,
              { level: level ?? (await engine.reach(access)).level, bucket: target },
              report,
              signal,
            );
            return { id, result };
          },
        });
      },
      'proof.list': async ({ stackId, cluster }) => ({ proofs: (await kept.list(stackId, cluster)).map(truth) }),
      'proof.get': async ({ stackId, id }) => truth(await kept.get(stackId, id)),
      'proof.export': async ({ stackId, id, format, language }) => {
        const proof = truth(await kept.get(stackId, id));
        const content = format === 'json' ? `${JSON.stringify(proof, null, 2)}\n` : proofPage(proof, language);
        const name = `sealdeck-proof-${proof.id}.${format}`;
        const type = format === 'json' ? 'application/json' : 'text/html; charset=utf-8';
        const { downloadPath } = deps.files.offer({ name, type, content });
        return { name, downloadPath, content };
      },
    },
  };
}

/** The bucket of the last proof, else the first there is. Throws `proofNoBucket`. */
async function bucketFor(access: StackAccess, proofs: readonly Proof[]): Promise<string> {
  const buckets = await withS3(access, (s3) => s3.listBuckets());
  const last = proofs.map((proof) => proof.bucket).find((name) => buckets.some((bucket) => bucket.name === name));
  const chosen = last ?? buckets[0]?.name;
  if (chosen === undefined) throw new AppError('proofNoBucket', { stack: access.stack.name });
  return chosen;
}
