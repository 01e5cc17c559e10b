import { Button } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { useCallback, useEffect, useState } from 'react';
import type { StudioView } from '../../../../shared/kesConfig.ts';
import type { StackSummary } from '../../../components/currentStack.ts';
import { DrawerContent } from '../../../components/drawer.tsx';
import { EmptyState } from '../../../components/EmptyState.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { PageHeader } from '../../../components/PageHeader.tsx';
import { useWords } from '../../../locales/language.ts';
import type { Input } from '../../../rpc/client.ts';
import { useAction } from '../../../rpc/hooks.ts';
import type { Applied } from './ConfigPlanDrawer.tsx';
import styles from './config.module.css';
import { SourceDialog } from './SourceDialog.tsx';
import { Studio } from './Studio.tsx';

export type From = Input<'kes.readConfig'>['from'];

/** Is the configuration of KES as it should be? */
export function ConfigPane({ stack }: { stack: StackSummary }) {
  const { t } = useWords();
  const stackId = stack.id;
  const { run, pending, error } = useAction('kes.readConfig');
  const [view, setView] = useState<StudioView | undefined>(undefined);
  const [asking, setAsking] = useState(false);
  const [done, setDone] = useState<Applied | undefined>(undefined);
  /** The server's own file was read, or is not to be had. */
  const [first, setFirst] = useState(true);

  const read = useCallback(
    async (from: From): Promise<boolean> => {
      const found = await run({ stackId, from });
      if (found) setView(found);
      setFirst(false);
      return found !== undefined;
    },
    [run, stackId],
  );
  useEffect(() => {
    void read({ kind: 'server' });
  }, [read]);

  const dialog = asking ? (
    <SourceDialog
      pending={pending}
      error={error}
      onClose={() => setAsking(false)}
      onRead={async (from) => {
        if (await read(from)) setAsking(false);
      }}
    />
  ) : null;
  if (view)
    return (
      <>
        <Studio
          key={`${view.draft} ${view.shown}`}
          stack={stack}
          view={view}
          readError={asking ? undefined : error}
          reading={pending}
          onOther={() => setAsking(true)}
          onRead={async (from) => {
            setDone(undefined);
            return read(from);
          }}
          done={done}
          onDone={(applied) => {
            setDone(applied);
            void read({ kind: 'server' });
          }}
        />
        {dialog}
      </>
    );
  const none = error?.code === 'kesConfigNoFile';
  return (
    <>
      <PageHeader question={t('kesConfig.question')} />
      <div className={styles.notice}>
        {first ? <p className={styles.quiet}>{t('kesConfig.loading')}</p> : null}
        {error && !none && !asking ? <ErrorNotice error={error} /> : null}
      </div>
      {first ? null : (
        <EmptyState
          picture={<IconFileText size={36} stroke={1} aria-hidden />}
          question={t(none ? 'kesConfig.none.question' : 'kesConfig.none.unread')}
          sentence={t('kesConfig.none.sentence')}
          action={
            <Button variant="filled" onClick={() => setAsking(true)}>
              {t('kesConfig.none.choose')}
            </Button>
          }
        />
      )}
      {dialog}
      <DrawerContent commands={[]} evidence={[]} />
    </>
  );
}
