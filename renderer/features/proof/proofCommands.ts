import type { Proof } from '../../../shared/proof.ts';
import type { CommandLine } from '../../../shared/setup.ts';
import type { Stack } from '../../../shared/stacks.ts';
import { say } from '../../../shared/text.ts';
import { folderLines, mcLines, quoted, vaultLines, vaultProgram } from '../../components/serverLines.ts';

/** The same proof by hand, as far as the servers' own tools go. Pure. */
export function proofCommands(stack: Stack, proof: Proof | undefined): CommandLine[] {
  const engine = stack.keyStores[0]?.engine;
  const bucket = `${stack.id}/${proof?.bucket ?? ''}`;
  const canary = quoted(`${bucket}/${proof?.object ?? 'canary'}`);
  const lines = [...folderLines(stack), ...mcLines(stack)];
  if (proof?.level === 'rule') {
    lines.push({ comment: say('proofCommandRule'), line: `mc encrypt info ${quoted(bucket)}` });
    return lines;
  }
  if (proof !== undefined) {
    const key = proof.scratchKey ?? '$SCRATCH_KEY';
    lines.push({ comment: say('proofCommandWrite'), line: `mc cp canary ${canary} --enc-kms ${quoted(bucket)}=${key}` });
  }
  lines.push({ comment: say('proofCommandStat'), line: `mc stat ${canary}` });
  if (engine) lines.push(...vaultLines(stack), { line: `${vaultProgram(stack)} kv list -mount=${engine.mount} ${engine.prefix}` });
  lines.push({ comment: say('proofCommandRead', { cache: stack.kesClusters[0]?.cache.any ?? '' }), line: `mc cat ${canary}` });
  return lines;
}
