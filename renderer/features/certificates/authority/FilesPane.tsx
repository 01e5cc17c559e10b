import { Button } from '@mantine/core';
import { IconCertificate } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { StackSummary } from '../../../components/currentStack.ts';
import { DrawerContent } from '../../../components/drawer.tsx';
import { EmptyState } from '../../../components/EmptyState.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { formatNumber } from '../../../components/format.ts';
import { PageHeader } from '../../../components/PageHeader.tsx';
import { useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useCall } from '../../../rpc/hooks.ts';
import { ApiKeys } from './ApiKeys.tsx';
import { type Dialog, Dialogs } from './Dialogs.tsx';
import { FileCard } from './FileCard.tsx';
import { FileTable } from './FileTable.tsx';
import styles from './files.module.css';
import { listCommands } from './listCommands.ts';
import { MakePage } from './MakePage.tsx';
import { makeAddress, rowsOf, whatIn, worstOf } from './place.ts';
import { Requests } from './Requests.tsx';

export type Listed = Output<'certificates.files'>;
export type ListedFile = Listed['files'][number];

/** Which certificates are there? What can be made stands at addresses of its own below. */
export function FilesPane({ stack }: { stack: StackSummary }) {
  const [address] = useLocation();
  const what = whatIn(address);
  const answer = useCall('certificates.files', { stackId: stack.id });
  if (what !== undefined) return <MakePage key={what} stack={stack} what={what} listed={answer.data} />;
  return <List stack={stack} listed={answer.data} error={answer.error} />;
}

interface ListProps {
  stack: StackSummary;
  listed: Listed | undefined;
  error: { code: string; details?: Record<string, string | number> } | null;
}

function List({ stack, listed, error }: ListProps) {
  const { t } = useWords();
  const [, go] = useLocation();
  const [open, setOpen] = useState<string | undefined>(undefined);
  const [dialog, setDialog] = useState<Dialog | undefined>(undefined);
  const shown = listed?.files.find(({ file }) => file === open);
  const answer = useAnswer(listed);
  const none = listed?.files.length === 0;
  const doings = (
    <>
      <Button onClick={() => setDialog({ what: 'import' })}>{t('certificateFiles.take')}</Button>
      <Button {...(none ? { variant: 'filled' } : {})} onClick={() => go(makeAddress('leaf'))}>
        {t('certificateFiles.make')}
      </Button>
    </>
  );
  return (
    <>
      <PageHeader question={t('certificateFiles.question')} answer={answer} actions={none ? undefined : doings} />
      {error ? (
        <div className={styles.notice}>
          <ErrorNotice error={error} />
        </div>
      ) : null}
      {none ? (
        <EmptyState
          picture={<IconCertificate size={36} stroke={1} aria-hidden />}
          question={t('certificateFiles.filesHead')}
          sentence={t('certificateFiles.none', { folder: listed.folder })}
          action={<span className={styles.buttons}>{doings}</span>}
        />
      ) : null}
      {listed && listed.files.length > 0 ? <FileTable files={rowsOf(listed.files)} open={open} onOpen={setOpen} /> : null}
      {listed && listed.unread.length > 0 ? <Unread unread={listed.unread} /> : null}
      {listed ? <Requests stackId={stack.id} requests={listed.requests} onDialog={setDialog} /> : null}
      <ApiKeys stackId={stack.id} onDialog={setDialog} />
      {dialog ? <Dialogs stackId={stack.id} dialog={dialog} onClose={() => setDialog(undefined)} /> : null}
      {shown ? (
        <FileCard stackId={stack.id} listed={shown} onClose={() => setOpen(undefined)} onDialog={setDialog} />
      ) : (
        <DrawerContent commands={listCommands(listed?.folder ?? stack.folder, listed?.files ?? [])} evidence={[]} />
      )}
    </>
  );
}

function useAnswer(listed: Listed | undefined) {
  const { t, language } = useWords();
  if (!listed || listed.files.length === 0) return undefined;
  const marks = rowsOf(listed.files).map(worstOf);
  const bad = marks.filter((mark) => mark === 'fail').length;
  const look = marks.filter((mark) => mark !== 'ok').length;
  const all = formatNumber(marks.length, language);
  if (bad > 0) return { mark: 'fail', text: t('certificateFiles.bad', { count: bad, number: formatNumber(bad, language), all }) } as const;
  if (look > 0)
    return { mark: 'warn', text: t('certificateFiles.look', { count: look, number: formatNumber(look, language), all }) } as const;
  return { mark: 'ok', text: t('certificateFiles.good', { count: marks.length, number: all }) } as const;
}

function Unread({ unread }: { unread: Listed['unread'] }) {
  const { t, language } = useWords();
  return (
    <div className={styles.unread}>
      <p>{t('certificateFiles.unread', { count: unread.length, number: formatNumber(unread.length, language) })}</p>
      <ul>
        {unread.slice(0, 20).map(({ file, reason }) => (
          <li key={file}>
            <span className="sd-mono">{file}</span> {reason}
          </li>
        ))}
      </ul>
    </div>
  );
}
