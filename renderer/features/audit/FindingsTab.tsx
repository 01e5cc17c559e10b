import { useMemo } from 'react';
import type { Audit, AuditFinding, AuditGap } from '../../../shared/audit.ts';
import type { CommandLine } from '../../../shared/setup.ts';
import { useDrawer } from '../../components/drawer.tsx';
import { shorten } from '../../components/format.ts';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import { AuditDrawer } from './AuditDrawer.tsx';
import styles from './findings.module.css';
import { addressOf, encryptAddress, filterIn, useAuditPlace } from './place.ts';
import type { RunTabProps } from './RunPage.tsx';

/** What to do about it, in plain words with the next step; below it what could not be listed, and what no audit sees. */
export function FindingsTab({ audit, detail }: RunTabProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const { gaps, limits } = detail ?? { gaps: [], limits: [] };
  const { bucket } = filterIn(useAuditPlace().query);
  // Who comes from a place on the map finds what is about its bucket first; the commands are in the same order.
  const findings = useMemo(() => {
    const about = (finding: AuditFinding): number => (bucket !== undefined && finding.filter?.bucket === bucket ? 0 : 1);
    return (detail?.findings ?? []).toSorted((a, b) => about(a) - about(b));
  }, [detail?.findings, bucket]);
  const commands = findings.flatMap((finding): CommandLine[] =>
    finding.commands.length === 0 ? [] : [{ comment: finding.what }, ...finding.commands.map((line) => ({ line }))],
  );
  return (
    <div className={styles.page}>
      {detail && findings.length === 0 ? <Nothing audit={audit} gaps={gaps.length} /> : null}
      {findings.length > 0 ? (
        <ul className={styles.list}>
          {findings.map((finding) => (
            <Finding key={`${finding.what.code} ${JSON.stringify(finding.what.params ?? {})}`} audit={audit} finding={finding} />
          ))}
        </ul>
      ) : null}
      {gaps.length > 0 ? (
        <section aria-labelledby="audit-gaps">
          <h2 id="audit-gaps">{t('audit.findings.gaps')}</h2>
          <p className={styles.text}>{t('audit.findings.gapsText')}</p>
          <ul className={styles.gaps}>
            {gaps.map((gap) => (
              <Gap key={`${gap.bucket} ${gap.after} ${gap.to ?? ''}`} gap={gap} />
            ))}
          </ul>
        </section>
      ) : null}
      {limits.length > 0 ? (
        <section aria-labelledby="audit-limits">
          <h2 id="audit-limits">{t('audit.findings.limits')}</h2>
          <ul className={styles.limits}>
            {limits.map((limit) => (
              <li key={limit.code}>{sentence(limit)}</li>
            ))}
          </ul>
        </section>
      ) : null}
      <AuditDrawer audit={audit} {...(commands.length > 0 ? { commands } : {})} />
    </div>
  );
}

function Nothing({ audit, gaps }: { audit: Audit; gaps: number }) {
  const { t } = useWords();
  const finished = audit.state === 'finished';
  return (
    <p className={styles.nothing}>
      <StateIcon mark={finished && gaps === 0 && !audit.sample ? 'ok' : 'info'} silent />
      {finished ? `${t('audit.findings.none')} ${t('audit.findings.noneText')}` : t('audit.findings.noneYet')}
    </p>
  );
}

function Finding({ audit, finding: { level, what, next, filter, commands } }: { audit: Audit; finding: AuditFinding }) {
  const { t } = useWords();
  const drawer = useDrawer();
  const { sentence } = useSentence();
  const encrypt = filter ? encryptAddress(audit, filter) : undefined;
  return (
    <li className={styles.finding} data-level={level}>
      <span role="img" aria-label={t(`audit.findings.level.${level}`)} className={styles.mark}>
        <StateIcon mark={level} size={16} silent />
      </span>
      <div>
        <p className={styles.what}>{sentence(what)}</p>
        <p className={styles.next}>{sentence(next)}</p>
        {commands.length > 0 && !drawer.open ? (
          <button type="button" className={styles.commands} onClick={() => drawer.setOpen(true)}>
            {t('components.commands')}
          </button>
        ) : null}
      </div>
      {filter ? (
        <span className={styles.ways}>
          {encrypt ? (
            <a href={encrypt} aria-label={`${t('audit.findings.encrypt')}: ${sentence(what)}`}>
              {t('audit.findings.encrypt')}
            </a>
          ) : null}
          <a href={addressOf(audit.id, 'objects', filter)} aria-label={`${t('audit.findings.show')}: ${sentence(what)}`}>
            {t('audit.findings.show')}
          </a>
        </span>
      ) : null}
    </li>
  );
}

function Gap({ gap: { bucket, after, to, error } }: { gap: AuditGap }) {
  const { t } = useWords();
  const { explain } = useSentence();
  const short = (key: string): string => shorten(key, 48);
  const where = (): string => {
    if (after === '' && to === undefined) return t('audit.findings.gapWhole');
    if (to === undefined) return t('audit.findings.gapFrom', { after: short(after) });
    return after === ''
      ? t('audit.findings.gapTo', { to: short(to) })
      : t('audit.findings.gapRange', { after: short(after), to: short(to) });
  };
  return (
    <li>
      <StateIcon mark="warn" silent />
      <div>
        <p className={styles.what}>
          <span className="sd-mono" title={bucket}>
            {shorten(bucket, 40)}
          </span>{' '}
          <span title={`${after} – ${to ?? ''}`}>{where()}</span>
        </p>
        <p className={styles.next}>{explain(error).title}</p>
        <p className={styles.next}>{explain(error).next}</p>
      </div>
    </li>
  );
}
