import { Loader } from '@mantine/core';
import type { Audit, AuditBucket } from '../../../shared/audit.ts';
import { formatNumber } from '../../components/format.ts';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useWords } from '../../locales/language.ts';
import { type Answer, answerOf } from './answer.ts';
import styles from './audit.module.css';

/** The answer below the question: its number in the colour of plaintext where there is some. */
export function AnswerLine({ audit, buckets }: { audit: Audit; buckets: readonly AuditBucket[] | undefined }) {
  const { t, language } = useWords();
  const answer = answerOf(audit, buckets);
  const n = (value: number): string => formatNumber(value, language);
  const { total, plain, lost, unknown, gaps } = answer.numbers;
  const [oldPlain = 0, oldLost = 0, oldUnknown = 0] = audit.noncurrent.objects;
  const number = n(
    answer.first === 'lost'
      ? lost
      : answer.first === 'clean' || answer.first === 'cleanSample' || answer.first === 'partly'
        ? 0
        : answer.first === 'nothing'
          ? total
          : plain,
  );
  const lead = answer.first === 'running' && (answer.inBuckets ?? 0) > 0 && plain > 0 ? 'runningIn' : answer.first;
  const counts: Record<Answer['more'][number], number> = { lost, unknown, gaps, oldPlain, oldLost, oldUnknown };
  const sentences = [
    t(`audit.answer.${lead}`, { plain: n(plain), lost: n(lost), total: n(total), count: answer.inBuckets ?? 0, all: audit.buckets.total }),
    ...answer.more.map((part) => t(`audit.answer.more.${part}`, { count: counts[part], number: n(counts[part]) })),
  ];
  const text = sentences.join(language === 'en' ? ' ' : '');
  const loud = text.startsWith(number) && plain + lost > 0 ? number : '';
  return (
    <p className={styles.answer} data-testid="audit-answer">
      {audit.state === 'running' ? (
        <Loader size={14} role="img" aria-label={t('audit.live.running')} />
      ) : (
        <StateIcon mark={answer.mark} size={16} />
      )}
      <span>
        {loud === '' ? null : <strong className={styles.loud}>{loud}</strong>}
        {text.slice(loud.length)}
      </span>
    </p>
  );
}
