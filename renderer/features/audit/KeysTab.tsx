import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import type { AuditKey } from '../../../shared/audit.ts';
import { ShortName } from '../../components/CopyValue.tsx';
import { formatBytes, formatDay, formatFull, formatNumber, shorten } from '../../components/format.ts';
import { ObjectStateBadge } from '../../components/ObjectStateBadge.tsx';
import { type Mark, StateIcon } from '../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import { AuditDrawer } from './AuditDrawer.tsx';
import { BucketTable } from './BucketTable.tsx';
import { byKey, type KeyGroup } from './byKey.ts';
import styles from './keys.module.css';
import { addressOf } from './place.ts';
import type { RunTabProps } from './RunPage.tsx';

const opensMarks: Record<AuditKey['opens']['answer'], Mark> = { yes: 'ok', no: 'fail', differs: 'warn', notTested: 'absent' };

/** By key: which key protects how much and whether it opens; below it each bucket's rule and the plaintext before and since. */
export function KeysTab({ audit, detail }: RunTabProps) {
  const { t } = useWords();
  const groups = byKey(detail?.keys ?? []);
  return (
    <div className={styles.page}>
      <section aria-labelledby="by-key">
        <h2 id="by-key" className={styles.head}>
          {t('audit.keys.by')}
          {groups.length > 0 ? <span>{t('audit.keys.byText', { count: groups.length })}</span> : null}
        </h2>
        {detail && groups.length === 0 ? <p className={styles.none}>{t('audit.keys.none')}</p> : null}
        {groups.length > 0 ? <KeyTable id={audit.id} groups={groups} sample={audit.sample} /> : null}
      </section>
      {detail && detail.buckets.length > 0 ? <BucketTable audit={audit} buckets={detail.buckets} /> : null}
      <AuditDrawer audit={audit} />
    </div>
  );
}

function KeyTable({ id, groups, sample }: { id: string; groups: readonly KeyGroup[]; sample: boolean }) {
  const { t, language } = useWords();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const day = (at: string | undefined) => (at === undefined ? '' : <time title={formatFull(at, language)}>{formatDay(at, language)}</time>);
  const n = (value: number): string => formatNumber(value, language);

  function toggle(group: string): void {
    const next = new Set(open);
    if (!next.delete(group)) next.add(group);
    setOpen(next);
  }

  return (
    <table className={styles.table} data-kind="keys" aria-labelledby="by-key">
      <thead>
        <tr>
          {(['key', 'buckets', 'objects', 'bytes', 'oldest', 'newest', 'opens'] as const).map((column) => (
            <th key={column} data-column={column}>
              {t(`audit.keys.column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {groups.map((group) => {
          const isOpen = open.has(group.id);
          const name = nameOf(group, t('audit.keys.defaultKey'), t('audit.keys.customer'));
          return (
            <Fragment key={group.id}>
              <tr>
                <td data-column="key">
                  <button type="button" className={styles.unfold} aria-expanded={isOpen} onClick={() => toggle(group.id)}>
                    {isOpen ? (
                      <IconChevronDown size={14} stroke={1.5} aria-hidden />
                    ) : (
                      <IconChevronRight size={14} stroke={1.5} aria-hidden />
                    )}
                    <ObjectStateBadge state={group.state} />
                    <span className={group.kmsKey === '' ? styles.quiet : 'sd-mono'} title={name}>
                      {shorten(name, 36)}
                    </span>
                  </button>
                </td>
                <td data-column="buckets">
                  {group.parts.length === 1 ? (
                    <ShortName name={group.parts[0]?.bucket ?? ''} longest={26} />
                  ) : (
                    t('audit.keys.bucketCount', { count: group.parts.length })
                  )}
                </td>
                <td data-column="objects">
                  <a href={addressOf(id, 'objects', filterOf(group))} aria-label={t('audit.keys.show', { key: name })}>
                    {n(group.objects)}
                  </a>
                </td>
                <td data-column="bytes">{formatBytes(group.bytes, language)}</td>
                <td data-column="oldest">{day(group.oldest)}</td>
                <td data-column="newest">{day(group.newest)}</td>
                <td data-column="opens">
                  <OpensCell opens={group.opens} sample={sample} />
                </td>
              </tr>
              {isOpen ? group.parts.map((part) => <PartRow key={part.bucket} id={id} part={part} sample={sample} />) : null}
              {group.parts
                .filter(({ boundary }) => boundary)
                .map((part) => (
                  <BoundaryRow key={`${part.bucket} boundary`} part={part} />
                ))}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

/** One bucket's part of a key. */
function PartRow({ id, part, sample }: { id: string; part: AuditKey; sample: boolean }) {
  const { language } = useWords();
  const day = (at: string | undefined): string => (at === undefined ? '' : formatDay(at, language));
  return (
    <tr className={styles.part}>
      <td data-column="key" />
      <td data-column="buckets">
        <ShortName name={part.bucket} longest={26} />
      </td>
      <td data-column="objects">
        <a href={addressOf(id, 'objects', { ...filterOf(part), bucket: part.bucket })}>{formatNumber(part.objects, language)}</a>
      </td>
      <td data-column="bytes">{formatBytes(part.bytes, language)}</td>
      <td data-column="oldest" title={part.oldest?.key}>
        {day(part.oldest?.modifiedAt)}
      </td>
      <td data-column="newest" title={part.newest?.key}>
        {day(part.newest?.modifiedAt)}
      </td>
      <td data-column="opens">
        <OpensCell opens={part.opens} sample={sample} />
      </td>
    </tr>
  );
}

/** A key that was made again under its old name: between which two writes. */
function BoundaryRow({ part }: { part: AuditKey }) {
  const { t, language } = useWords();
  if (!part.boundary) return null;
  const { fails, works, reads } = part.boundary;
  const whole = (stamp: { key: string; modifiedAt: string }): string => `${stamp.key} (${formatFull(stamp.modifiedAt, language)})`;
  return (
    <tr className={styles.boundary}>
      <td colSpan={7}>
        <StateIcon mark="warn" />
        <span>
          {part.bucket}
          {language === 'en' ? ': ' : '：'}
          {t('audit.keys.boundary', { fails: whole(fails), works: whole(works), reads })}
        </span>
      </td>
    </tr>
  );
}

function OpensCell({
  opens,
  sample,
}: {
  opens: { answer: AuditKey['opens']['answer']; how?: AuditKey['opens']['how']; why?: AuditKey['opens']['why'] };
  sample: boolean;
}) {
  const { t, language } = useWords();
  const { sentence } = useSentence();
  const how = opens.how === undefined ? '' : `${language === 'en' ? ', ' : '，'}${t(`audit.keys.how.${opens.how}`)}`;
  return (
    <span className="sd-state" title={opens.why ? sentence(opens.why) : undefined}>
      <StateIcon mark={sample && opens.answer === 'yes' ? 'info' : opensMarks[opens.answer]} silent />
      {t(`audit.keys.opens.${opens.answer}`)}
      {how}
    </span>
  );
}

function nameOf({ state, kmsKey }: KeyGroup, defaultKey: string, customer: string): string {
  if (kmsKey !== '') return kmsKey;
  return state === 'sse-c' ? customer : defaultKey;
}

/** Unreadable objects keep their key's name, so a named key is filtered by its name alone. */
function filterOf({ state, kmsKey }: Pick<AuditKey, 'state' | 'kmsKey'>) {
  return kmsKey === '' ? { states: [state] } : { kmsKey };
}
