import type { ProofEvent } from '../../../shared/proof.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { Evidence } from '../../../shared/setup.ts';
import { proofInput } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import type { Step } from '../../jobs/step.ts';
import { durationMs } from './duration.ts';
import type { ProofEngine } from './engine.ts';
import type { ProofFiles } from './proofFiles.ts';

const sourceOf: Record<ProofEvent['lane'], string> = { key: 'vault', cache: 'kes', read: 'minio', disk: 'disk' };

export function proofStep(engine: ProofEngine, files: ProofFiles): Step<'proof'> {
  return {
    id: 'proof',
    propose: async () => proofInput.parse({}),

    async plan(context, { level }) {
      const { bucket } = context.inputs.bucket;
      const cache = context.stack.kesClusters[0]?.cache.any ?? '';
      const words = { chain: 'proofPlanChain', dependency: 'proofPlanDependency', rule: 'proofPlanRule' } as const;
      const alias = `sealdeck/${bucket}`;
      return {
        changes: [say(words[level], { bucket, cache }), ...(level === 'rule' ? [] : [say('proofPlanScratch')])],
        warnings: level === 'dependency' ? [say('proofPlanGone')] : [],
        commands:
          level === 'rule'
            ? [{ comment: say('proofCommandRule'), line: `mc encrypt info ${alias}` }]
            : [
                { comment: say('proofCommandWrite'), line: `mc cp canary ${alias}/.sealdeck/ --enc-kms ${alias}/=$SCRATCH_KEY` },
                { comment: say('proofCommandStat'), line: `mc stat ${alias}/.sealdeck/canary` },
                { comment: say('proofCommandRead'), line: `mc cat ${alias}/.sealdeck/canary` },
              ],
        files: [],
        seconds: level === 'rule' ? 2 : Math.round(durationMs(cache) / 1000) + 3,
      };
    },

    async apply(context, { level }) {
      await engine.run(context, { level, bucket: context.inputs.bucket.bucket }, context.report, context.signal);
    },

    /** The proof as it was kept: what it did cannot be asked again without doing it again. */
    async check(context, { level }) {
      const newest = (await files.list(context.stack.id)).find((proof) => proof.level === level && proof.result === 'proven');
      if (!newest) throw new AppError('proofNone');
      if (context.secrets.has('proof.withheld')) throw new AppError('proofNotPutBack', { reason: 'proof.withheld' });
      const evidence: Evidence[] = newest.events.map(({ what, at, lane, outcome, answer }) => ({
        text: what,
        at,
        from: sourceOf[lane],
        outcome: outcome === 'expectedFailure' ? 'ok' : outcome,
        answer,
      }));
      const kept: Evidence = {
        text: say('proofKept', { id: newest.id }),
        at: newest.endedAt ?? newest.startedAt,
        from: 'disk',
        outcome: 'ok',
      };
      const practice: Evidence = { text: say('proofPractice'), at: newest.startedAt, from: 'sealdeck', outcome: 'warn' };
      return [...evidence, kept, ...(newest.protected ? [] : [practice])];
    },
  };
}
