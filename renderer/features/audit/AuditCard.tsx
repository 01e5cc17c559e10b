import type { Audit, AuditLook, AuditRow } from '../../../shared/audit.ts';
import type { AppError } from '../../../shared/rpc/errors.ts';
import { CardState } from '../../components/CardState.tsx';
import { CommandBlock } from '../../components/CommandBlock.tsx';
import { CopyAction } from '../../components/CopyValue.tsx';
import { DrawerHead } from '../../components/DrawerHead.tsx';
import pane from '../../components/drawerPane.module.css';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatDay, formatWhen } from '../../components/format.ts';
import { RowName } from '../../components/grid/RowName.tsx';
import { visibleText } from '../../components/grid/visibleName.ts';
import { ObjectChain } from '../../components/ObjectChain.tsx';
import { type Cause, causeOf, chainOf, firstThing, isStateSealed } from '../../components/objectCause.ts';
import facts from '../../components/objectFacts.module.css';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { CardFacts } from './CardFacts.tsx';
import styles from './card.module.css';

interface AuditCardProps {
  audit: Audit;
  detail: Output<'audit.get'> | undefined;
  row: AuditRow;
  /** As it is now; undefined: not asked yet. */
  look: AuditLook | undefined;
  lookError: AppError | undefined;
  commands: boolean;
  onClose(): void;
}

/** One object: its state in plain words, how far the way to its key goes, the server's answer, facts, and what to do. */
export function AuditCard({ audit, detail, row, look, lookError, commands, onClose }: AuditCardProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const language = useLanguage();
  const opens = look && look.opens.answer !== 'notTested' ? look.opens : row.opens;
  const cause = causeOf(opens, look?.answer);
  const chain = chainOf(row, opens, cause);
  const name = row.key.slice(row.key.lastIndexOf('/', row.key.length - 2) + 1);
  const sample = lookError?.code === 'stackIsSample';
  const now = look?.head?.state;
  const known = row.listed ?? row.state;
  const rewritten = now !== undefined && known !== undefined && now !== known && row.state !== 'unreadable';
  const first = rewritten ? 'missing' : firstThing(row, opens, cause);

  return (
    <section className={pane.pane} aria-label={t('audit.card.label')}>
      <DrawerHead title={<RowName name={name} />} label={visibleText(name)} close={t('audit.card.close')} onClose={onClose} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <div className={pane.body} tabIndex={0}>
        <CardState state={row.state} at={look?.at} until={until()} />
        <p className={facts.says}>{says().join(language === 'en' ? ' ' : '')}</p>
        {rewritten ? (
          <p className="sd-note" data-mark="warn">
            <StateIcon mark="warn" silent />
            {t('audit.card.changedNow', { before: t(`components.state.${known}`), now: t(`components.state.${now}`) })}
          </p>
        ) : null}
        {sample ? <p className={`${facts.why} ${styles.calm}`}>{t('audit.card.sample')}</p> : null}
        {chain ? <ObjectChain chain={chain} /> : null}
        {look ? <Answer look={look} failed={cause !== undefined} /> : null}
        {lookError && !sample ? <ErrorNotice error={lookError} /> : null}
        {look?.headError && (cause === undefined || cause === 'other') ? <ErrorNotice error={look.headError} /> : null}
        <CardFacts audit={audit} detail={detail} row={row} look={look} opens={opens} />
        {first ? (
          <div className={facts.first}>
            <h3>{t('audit.card.first.title')}</h3>
            <p>{t(`audit.card.first.${first}`)}</p>
            {first === 'plaintext' && !sample && row.latest ? (
              // The key is read raw; the router would take the query out of the fragment.
              <a href={`#/in-place/new?${new URLSearchParams({ bucket: row.bucket, key: row.key })}`}>{t('audit.findings.encrypt')}</a>
            ) : null}
          </div>
        ) : null}
        {commands && look ? (
          <div className={facts.first} ref={intoSight}>
            <h3 className={styles.commands}>
              {t('audit.card.commands')}
              <CopyAction value={look.commands.join('\n')} label={t('components.copyCommands')} />
            </h3>
            <CommandBlock commands={look.commands.map((line) => ({ line }))} />
          </div>
        ) : null}
      </div>
    </section>
  );

  function until(): string {
    if (lookError) return t('audit.card.atAudit', { day: formatDay(audit.endedAt ?? audit.at, language) });
    return t('audit.card.looking');
  }

  function says(): string[] {
    if (row.state === undefined) return [t('audit.card.says.deleteMarker')];
    if (cause === 'missing') return [t('audit.card.unreadable.missing')];
    if (row.state === 'unreadable') {
      const why: Cause = cause ?? 'other';
      return [t(`audit.card.unreadable.${why}`), ...(opens.how === 'sample' ? [t('audit.card.bySample')] : [])];
    }
    if (cause !== undefined && isStateSealed(row)) return [t(`audit.card.unreadable.${cause}`)];
    const said = [t(`audit.card.says.${row.state}`, { key: row.kmsKey ?? '' })];
    if (row.reason) said.push(asSentence(sentence(row.reason), language));
    else if (isStateSealed(row)) said.push(t(`audit.card.opens.${opens.answer === 'yes' ? (opens.how ?? 'read') : opensWord()}`));
    return said;
  }

  function opensWord(): 'differs' | 'notTested' {
    return opens.answer === 'differs' ? 'differs' : 'notTested';
  }
}

/** As it appears; the same function each time, or every event of a run would scroll there again. */
function intoSight(shown: HTMLElement | null): void {
  shown?.scrollIntoView({ block: 'nearest' });
}

/** Reasons are parts of sentences: "this credential may not read it". */
function asSentence(part: string, language: string): string {
  const begun = part.charAt(0).toUpperCase() + part.slice(1);
  return /[.。!?]$/.test(begun) ? begun : `${begun}${language === 'en' ? '.' : '。'}`;
}

function Answer({ look, failed }: { look: AuditLook; failed: boolean }) {
  const { t } = useWords();
  const language = useLanguage();
  const at = formatWhen(look.at, language, true);
  return (
    <pre className={facts.answer} data-failed={failed || undefined} lang="en">
      {look.answer}
      {'\n'}
      <span>{look.requestId === undefined ? at : t('audit.card.answer', { at, request: look.requestId })}</span>
    </pre>
  );
}
