import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';
import type { Audit } from '../../../shared/audit.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { formatClock, formatDay, formatNumber, shorten } from '../../components/format.ts';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useDataOption } from '../../components/useDataOption.ts';
import { useSentence, useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useAction } from '../../rpc/hooks.ts';
import { answerOf } from './answer.ts';
import styles from './audit.module.css';
import { runBefore } from './compareRuns.ts';
import { sum } from './map/values.ts';
import { addressOf, newAddress } from './place.ts';
import { RemoveRun } from './RemoveRun.tsx';
import { scopeWords } from './scope.ts';

/** The runs that are kept, newest first: open, resume, compare with the one before, remove. */
export function RunsPage({ stackId, list: { audits, damaged }, sample }: { stackId: string; list: Output<'audit.list'>; sample: boolean }) {
  const { t, language } = useWords();
  const { explain } = useSentence();
  const resume = useAction('audit.resume');
  const data = useDataOption();
  const [removing, setRemoving] = useState<Audit | undefined>();
  const n = (value: number): string => formatNumber(value, language);
  return (
    <>
      <PageHeader
        question={t('audit.runs.question')}
        answer={{ mark: 'info', text: t('audit.runs.answer', { count: audits.length, number: n(audits.length) }) }}
        actions={
          sample ? undefined : (
            <Button component="a" href={newAddress}>
              {t('audit.runs.new')}
            </Button>
          )
        }
      />
      {resume.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={resume.error} />
        </div>
      ) : null}
      <table className={styles.runs} aria-label={t('audit.runs.head')}>
        <thead>
          <tr>
            {(['when', 'state', 'scope', 'who', 'objects', 'plain', 'lost', 'unknown'] as const).map((column) => (
              <th key={column} data-column={column}>
                {t(`audit.runs.column.${column}`)}
              </th>
            ))}
            <th data-column="actions">
              <span className="sd-hidden">{t('audit.runs.column.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {audits.map((audit) => {
            const [plain = 0, lost = 0, unknown = 0] = audit.current.objects;
            const when = `${formatDay(audit.startedAt, language)} ${formatClock(audit.startedAt, language)}`;
            const older = runBefore(audits, audit);
            const resumes = !audit.sample && !['running', 'waiting', 'finished'].includes(audit.state);
            return (
              <tr key={audit.id}>
                <td data-column="when">
                  <a href={addressOf(audit.id)} aria-label={t('audit.runs.open', { when })}>
                    {when}
                  </a>
                </td>
                <td data-column="state">
                  <span className="sd-state">
                    {/* What it found, not that it ended: a tick beside plaintext would read as "in order". */}
                    <StateIcon mark={audit.state === 'failed' ? 'fail' : answerOf(audit).mark} silent />
                    {t(`audit.runs.state.${audit.state}`)}
                  </span>
                </td>
                <td data-column="scope">{scopeWords(audit.scope, t)}</td>
                <td data-column="who" className="sd-mono" title={audit.who.credential}>
                  {shorten(audit.who.credential, 18)}
                </td>
                <td data-column="objects">{n(sum(audit.current.objects))}</td>
                <td data-column="plain" data-loud={plain > 0 || undefined}>
                  {n(plain)}
                </td>
                <td data-column="lost" data-loud={lost > 0 || undefined}>
                  {n(lost)}
                </td>
                <td data-column="unknown">{n(unknown)}</td>
                <td data-column="actions">
                  <Menu position="bottom-end" width={240}>
                    <Menu.Target>
                      <ActionIcon size={24} aria-label={t('audit.runs.actions', { when })}>
                        <IconDots size={16} stroke={1.5} aria-hidden />
                      </ActionIcon>
                    </Menu.Target>
                    <Menu.Dropdown>
                      {resumes ? (
                        <Menu.Item onClick={() => void resume.run({ stackId: audit.stackId, id: audit.id })}>
                          {t('audit.runs.resume')}
                        </Menu.Item>
                      ) : null}
                      {older ? (
                        <Menu.Item component="a" href={addressOf(audit.id, 'compare', new URLSearchParams({ with: older.id }))}>
                          {t('audit.runs.compare')}
                        </Menu.Item>
                      ) : null}
                      <Menu.Item disabled={['running', 'waiting'].includes(audit.state) || audit.sample} onClick={() => setRemoving(audit)}>
                        {t('audit.runs.remove')}
                      </Menu.Item>
                    </Menu.Dropdown>
                  </Menu>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {damaged.map(({ id, error }) => (
        <div key={id} className={styles.damaged}>
          <StateIcon mark="warn" />
          <span>
            {t('audit.runs.damaged', { id })} {explain(error).next}
          </span>
        </div>
      ))}
      {removing ? <RemoveRun audit={removing} onClose={() => setRemoving(undefined)} /> : null}
      <DrawerContent commands={[{ line: `npx --no-install sealdeck audit list --stack ${stackId}${data}` }]} evidence={[]} />
    </>
  );
}
