import type { Proof, ProofEvent } from '../../../shared/proof.ts';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { CopyValue } from '../CopyValue.tsx';
import { ErrorNotice } from '../ErrorNotice.tsx';
import { Fact } from '../Fact.tsx';
import { formatFull, formatNumber } from '../format.ts';
import { type Mark, StateIcon } from '../StateIcon.tsx';
import { ProofLanes } from './ProofLanes.tsx';
import styles from './proofView.module.css';
import { preciseClock } from './time.ts';
import { useProofAnswer } from './useProofAnswer.ts';

/**
 * One proof: its answer, the three lanes over time, each answer in order, then what it was done with. Rows run from edge
 * to edge: put it into a pane without padding. `answer={false}` where the page's header says it (useProofAnswer).
 */
export function ProofView({ proof, answer = true }: { proof: Proof; answer?: boolean }) {
  const said = useProofAnswer(proof);
  const failed = proof.result === 'notProven' && proof.error !== undefined && proof.error.code !== 'cancelled';
  return (
    <div className={styles.proof}>
      {answer ? (
        <p className={styles.answer}>
          <StateIcon mark={said.mark} size={16} />
          <span>{said.text}</span>
        </p>
      ) : null}
      <ProofLanes proof={proof} />
      <ol className={styles.events}>
        {proof.events.map((event) => (
          <EventRow key={`${event.at} ${event.what.code}`} event={event} />
        ))}
      </ol>
      {failed && proof.error ? (
        <div className={styles.failure}>
          <ErrorNotice error={proof.error} />
        </div>
      ) : null}
      <Facts proof={proof} />
    </div>
  );
}

const marks: Record<ProofEvent['outcome'], Mark> = { ok: 'ok', expectedFailure: 'ok', info: 'info', fail: 'fail' };

function EventRow({ event }: { event: ProofEvent }) {
  const { sentence } = useSentence();
  const language = useLanguage();
  return (
    <li className={styles.event} data-outcome={event.outcome}>
      <time className={styles.time} dateTime={event.at}>
        {preciseClock(event.at, language)}
      </time>
      <StateIcon mark={marks[event.outcome]} size={16} />
      <span className={styles.what}>{sentence(event.what)}</span>
      <span className={styles.detail}>{sentence(event.detail)}</span>
      <span className={styles.raw} lang="en">
        {event.answer}
      </span>
    </li>
  );
}

function Facts({ proof }: { proof: Proof }) {
  const { t } = useWords();
  const language = useLanguage();
  const { scratchKey, ruleKey, cites, sha256, cacheSeconds } = proof;
  return (
    <dl className={styles.facts}>
      <Fact label={t('proof.fact.stack')}>{proof.stackName}</Fact>
      <Fact label={t('proof.fact.object')}>
        <CopyValue value={`${proof.bucket}/${proof.object}`} longest={64} />
      </Fact>
      {scratchKey === undefined ? null : (
        <Fact label={t('proof.fact.scratchKey')}>
          <CopyValue value={scratchKey} longest={64} />
        </Fact>
      )}
      {ruleKey === undefined ? null : (
        <Fact label={t('proof.fact.ruleKey')}>
          <CopyValue value={ruleKey} longest={64} />
        </Fact>
      )}
      {cacheSeconds === undefined ? null : (
        <Fact label={t('proof.fact.cache')}>{t('proof.fact.cacheValue', { seconds: formatNumber(cacheSeconds, language) })}</Fact>
      )}
      {cites === undefined ? null : (
        <Fact label={t('proof.fact.cites')}>
          <CopyValue value={cites} longest={64} />
        </Fact>
      )}
      <Fact label={t(proof.endedAt === undefined ? 'proof.fact.started' : 'proof.fact.when')}>
        {formatFull(proof.endedAt ?? proof.startedAt, language)}
      </Fact>
      {sha256 === undefined ? null : (
        <Fact label={t('proof.fact.report')}>
          <span className="sd-mono">sha256&nbsp;</span>
          <CopyValue value={sha256} longest={24} />
        </Fact>
      )}
      {proof.protected ? (
        <Fact label={t('proof.fact.secrets')}>{t('proof.fact.protected')}</Fact>
      ) : (
        <Fact label={t('proof.fact.secrets')}>
          <StateIcon mark="warn" silent /> {t('proof.fact.practice')}
        </Fact>
      )}
    </dl>
  );
}
