import type { Proof } from '../../../shared/proof.ts';
import { useSentence, useWords } from '../../locales/language.ts';
import type { Mark } from '../StateIcon.tsx';

const answers = { chain: 'proofAnswerChain', dependency: 'proofAnswerDependency', rule: 'proofAnswerRule' } as const;

/** Line two of a page about this proof: what it says, in one sentence. */
export function useProofAnswer(proof: Proof): { mark: Mark; text: string } {
  const { t } = useWords();
  const { sentence, explain } = useSentence();
  if (proof.result === 'proven') {
    const first = t(`proof.level.${proof.level}.proven`);
    return { mark: 'ok', text: t('proof.answer.both', { first, second: sentence({ code: answers[proof.level] }) }) };
  }
  if (proof.result === 'running') {
    const last = proof.events.at(-1);
    return { mark: 'info', text: last ? t('proof.answer.running', { last: sentence(last.what) }) : t('proof.answer.starting') };
  }
  if (proof.error?.code === 'cancelled') {
    return { mark: 'absent', text: t(proof.withheld ? 'proof.answer.cancelled' : 'proof.answer.cancelledEarly') };
  }
  const why = proof.error ? explain(proof.error).title : '';
  return { mark: 'fail', text: why === '' ? t('proof.answer.notProven') : t('proof.answer.notProvenBecause', { why }) };
}
