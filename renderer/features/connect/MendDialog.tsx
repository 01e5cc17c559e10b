import { Button } from '@mantine/core';
import { useRef } from 'react';
import { serverNames } from '../../../shared/servers.ts';
import type { ServerKind, Stack } from '../../../shared/stacks.ts';
import { knownServer } from '../../components/connect/knownServer.ts';
import { ServerForm, type ServerFormHandle, type ServerPart } from '../../components/connect/ServerForm.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { FormDialog, FormFoot } from '../../components/FormDialog.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';

export interface Mended {
  readonly kind: ServerKind;
  readonly part: ServerPart;
}

/** One part of one server, put right without leaving the lights. */
export function MendDialog({
  stack,
  mend,
  onClose,
  onSaved,
}: {
  stack: Stack;
  mend: Mended;
  onClose(): void;
  onSaved(kind: ServerKind): void;
}) {
  const { t } = useWords();
  const save = useAction('connect.save');
  const form = useRef<ServerFormHandle>(null);
  const { kind, part } = mend;
  const title = t(`connect.mend.title.${part}`, { server: serverNames[kind] });

  async function submit(): Promise<void> {
    const values = await form.current?.values();
    if (values === undefined || values === 'wrong' || values === 'empty') return;
    if (await save.run({ stackId: stack.id, ...values })) onSaved(kind);
  }

  return (
    <FormDialog
      title={title}
      onClose={onClose}
      onSubmit={() => {
        if (!save.pending) void submit();
      }}
    >
      <ServerForm
        kind={kind}
        known={knownServer(stack, kind)}
        local={stack.cas.some(({ id }) => id === 'local')}
        parts={[part]}
        layout="stacked"
        ref={form}
      />
      {save.error ? <ErrorNotice error={save.error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('connect.mend.leave')}</Button>
        <EngineButton type="submit" variant="filled" loading={save.pending}>
          {t('connect.mend.save')}
        </EngineButton>
      </FormFoot>
    </FormDialog>
  );
}
