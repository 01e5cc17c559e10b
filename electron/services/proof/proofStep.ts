import type { ProofEvent, ProofLevel } from '../../../shared/proof.ts';
import { AppError } from '../../../shared/rpc/errors.ts';
import { wayOf } from '../../../shared/servers.ts';
import type { CommandLine, Evidence } from '../../../shared/setup.ts';
import { proofInput } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { cacheMs } from '../../clients/kes/duration.ts';
import { mcAlias } from '../../clients/s3/mcCommands.ts';
import { programOf } from '../../clients/vault/vaultCommands.ts';
import type { Step, StepContext } from '../../jobs/step.ts';
import { kesOf, keyStoreOfKes, minioIdle } from '../../jobs/ways.ts';
import type { ProofEngine } from './engine.ts';
import type { ProofFiles } from './proofFiles.ts';

const sourceOf: Record<ProofEvent['lane'], string> = { key: 'vault', cache: 'kes', read: 'minio', disk: 'disk' };

/** The proof at the end of the guided steps, at the strongest level in reach. */
export function proofStep(engine: ProofEngine, files: ProofFiles): Step<'proof'> {
  return {
    id: 'proof',
    skips: async ({ stack }) => minioIdle(stack),
    propose: async (context) => proofInput.parse({ level: (await engine.reach(context)).level }),

    async plan(context, { level }) {
      const { bucket } = context.inputs.bucket;
      const cache = kesOf(context.stack)?.cache.any ?? '';
      const { why } = await engine.reach(context);
      const words = { chain: 'proofPlanChain', dependency: 'proofPlanDependency', rule: 'proofPlanRule' } as const;
      return {
        changes: [say(words[level], { bucket, cache }), ...(level === 'rule' ? [] : [say('proofPlanScratch')])],
        warnings: [
          ...(why ? [why] : []),
          ...(level === 'dependency' ? [say('proofPlanGone')] : []),
          ...(level !== 'rule' && wayOf(context.stack, 'kes') === 'api' ? [say('proofPlanCache', { cache })] : []),
        ],
        commands: byHand(context, level, bucket),
        files: [],
        seconds: level === 'rule' ? 2 : Math.round(cacheMs(cache) / 1000) + 3,
      };
    },

    async apply(context, { level }) {
      await engine.run(context, { level, bucket: context.inputs.bucket.bucket }, context.report, context.signal);
    },

    /** The proof as it was kept: what it did cannot be asked again without doing it again. */
    async check(context, { level }) {
      const newest = (await files.list(context.stack.id, context.cluster)).find(
        (proof) => proof.level === level && proof.result === 'proven',
      );
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

/** The same by hand, in the shell where the commands of the steps Key and MinIO were run. The key does not return there. */
function byHand({ stack }: Pick<StepContext, 'stack'>, level: ProofLevel, bucket: string): CommandLine[] {
  const object = `${mcAlias}/${bucket}/.sealdeck/by-hand`;
  if (level === 'rule') return [{ comment: say('proofCommandRule'), line: `mc encrypt info ${mcAlias}/${bucket}` }];
  const engine = keyStoreOfKes(stack)?.engine;
  const cluster = kesOf(stack);
  const key = `${(cluster?.policy.pattern ?? '').replace(/\*$/, '')}proof-by-hand`;
  const inVault =
    engine && `${programOf({ stack })} kv ${engine.version === 2 ? 'metadata ' : ''}delete ${engine.mount}/${engine.prefix}/${key}`;
  return [
    { comment: say('proofCommandKey'), line: `kes key create ${key}` },
    { comment: say('proofCommandWrite'), line: `printf 'known text' | mc pipe --enc-kms ${object}=${key} ${object}` },
    { comment: say('proofCommandStat'), line: `mc stat ${object}` },
    inVault === undefined
      ? { comment: say('proofCommandDeleteByKes'), line: `kes key rm ${key}` }
      : { comment: say('proofCommandDelete'), line: inVault },
    { comment: say('proofCommandRead', { cache: cluster?.cache.any ?? '' }), line: `mc cat ${object}` },
  ];
}
