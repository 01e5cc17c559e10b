import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { serverNames } from '../../../shared/servers.ts';
import type { ServerKind, Stack } from '../../../shared/stacks.ts';
import { givenKinds, knownServer } from '../../components/connect/knownServer.ts';
import { LightDetail } from '../../components/connect/LightDetail.tsx';
import { LightRow, LightTable } from '../../components/connect/LightRow.tsx';
import { isReached, notesOf, stoppedAt } from '../../components/connect/lights.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { useLanguage, useSentence, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import styles from './connect.module.css';
import { lookCommands } from './connectCommands.ts';
import { FirstThing } from './FirstThing.tsx';
import { MendDialog, type Mended } from './MendDialog.tsx';
import { Vouchers } from './Vouchers.tsx';

/** Asked once and again on a button: each row logs in to a server. */
function useTest(stack: Stack, kind: ServerKind) {
  return useCall('connect.test', { stackId: stack.id, kind }, { enabled: givenKinds(stack).includes(kind) });
}

/** Step 2: seven lights for each server, the first red one opened and explained. */
export function TestStep({ stack, onBack, onNext }: { stack: Stack; onBack(): void; onNext(): void }) {
  const { t } = useWords();
  const { explain } = useSentence();
  const language = useLanguage();
  const queries = useQueryClient();
  const [, navigate] = useLocation();
  const save = useAction('connect.save');
  const answers = { vault: useTest(stack, 'vault'), kes: useTest(stack, 'kes'), minio: useTest(stack, 'minio') };
  const [toggled, setToggled] = useState<Partial<Record<ServerKind, boolean>>>({});
  const [mend, setMend] = useState<Mended | undefined>(undefined);
  const kinds = givenKinds(stack);
  const tests = kinds.flatMap((kind) => answers[kind].data ?? []);
  const asking = kinds.some((kind) => answers[kind].isFetching);
  const red = tests.filter((test) => !isReached(test));
  const failed = kinds.filter((kind) => answers[kind].error);
  const green = tests.length === kinds.length && red.length === 0 && failed.length === 0;
  const list = (all: readonly ServerKind[]): string =>
    // The browser's own Chinese list has no space between a name and the word beside it.
    new Intl.ListFormat(language === 'en' ? 'en-GB' : 'zh-CN', { type: 'conjunction' })
      .format(all.map((kind) => serverNames[kind]))
      .replace('和', ' 和 ');
  const bad = kinds.filter((kind) => failed.includes(kind) || red.some((test) => test.kind === kind));

  function again(kind?: ServerKind): void {
    void queries.invalidateQueries({
      predicate: ({ queryKey: [name, input] }) =>
        name === 'connect.test' && (kind === undefined || (input as { kind?: unknown } | undefined)?.kind === kind),
    });
    void queries.invalidateQueries({ queryKey: ['stacks.get'] });
  }

  function answer() {
    if (tests.length + failed.length < kinds.length) return { mark: 'absent' as const, text: t('connect.test.asking') };
    const notes = tests.reduce((sum, test) => sum + notesOf(test).length, 0);
    if (green && notes > 0) return { mark: 'warn' as const, text: t('connect.test.yesNotes', { servers: list(kinds), count: notes }) };
    if (green) return { mark: 'ok' as const, text: t('connect.test.yes', { servers: list(kinds), count: kinds.length }) };
    const first = red[0];
    const stop = first && stoppedAt(first);
    const why = stop?.error ? explain(stop.error).title : '';
    const fine = kinds.filter((kind) => !bad.includes(kind));
    const text =
      fine.length === 0 ? t('connect.test.no', { why }) : t('connect.test.notYet', { servers: list(fine), count: fine.length, why });
    return { mark: 'fail' as const, text };
  }

  async function dial(kind: ServerKind, url: string): Promise<void> {
    if (await save.run({ stackId: stack.id, kind, url })) again(kind);
  }

  return (
    <div className="sd-fill">
      <div className={styles.scroll} data-scroll>
        <PageHeader
          above={t('connect.step', { at: 2 })}
          question={t('connect.test.question')}
          answer={answer()}
          actions={
            <EngineButton leftSection={<IconRefresh size={16} stroke={1.5} aria-hidden />} loading={asking} onClick={() => again()}>
              {t('connect.test.again')}
            </EngineButton>
          }
        />
        {save.error ? (
          <div className={styles.notice}>
            <ErrorNotice error={save.error} />
          </div>
        ) : null}
        <LightTable>
          {kinds.map((kind) => {
            const { data: test, isFetching } = answers[kind];
            const open = toggled[kind] ?? (test !== undefined && stoppedAt(test) !== undefined);
            return (
              <LightRow
                key={kind}
                kind={kind}
                url={test?.url ?? knownServer(stack, kind)?.url ?? ''}
                test={test}
                asking={isFetching}
                open={open}
                onToggle={() => setToggled((before) => ({ ...before, [kind]: !open }))}
              >
                {test ? (
                  <LightDetail test={test}>
                    <FirstThing
                      test={test}
                      filled={red[0]?.kind === kind}
                      onMend={setMend}
                      onDial={(url) => void dial(kind, url)}
                      onRights={onNext}
                    />
                  </LightDetail>
                ) : null}
              </LightRow>
            );
          })}
        </LightTable>
        {failed.map((kind) => (
          <div key={kind} className={styles.notice}>
            {answers[kind].error ? <ErrorNotice error={answers[kind].error} /> : null}
          </div>
        ))}
        <Vouchers stack={stack} onChange={(kind) => setMend({ kind, part: 'trust' })} />
      </div>
      <footer className="sd-foot">
        <Button variant="subtle" onClick={onBack}>
          {t('connect.back')}
        </Button>
        <span className={styles.space} />
        <span className={styles.draftNote}>
          {t(bad.length === 0 ? 'connect.test.draft' : 'connect.test.draftMend', { servers: list(bad) })}
        </span>
        {bad.length > 0 ? (
          <Button onClick={() => navigate('/')}>
            {t(bad.length === 1 ? 'connect.test.without' : 'connect.test.asDraft', { server: list(bad) })}
          </Button>
        ) : null}
        <Button variant="filled" disabled={!green} onClick={onNext}>
          {t('connect.test.next')}
        </Button>
      </footer>
      {mend ? (
        <MendDialog
          stack={stack}
          mend={mend}
          onClose={() => setMend(undefined)}
          onSaved={(kind) => {
            setMend(undefined);
            again(kind);
          }}
        />
      ) : null}
      <DrawerContent commands={lookCommands(tests.map(({ url }) => url))} evidence={[]} />
    </div>
  );
}
