import { Button } from '@mantine/core';
import { useRef } from 'react';
import { serverNames } from '../../../shared/servers.ts';
import type { ServerKind, Stack } from '../../../shared/stacks.ts';
import { knownServer } from '../../components/connect/knownServer.ts';
import { ServerForm, type ServerFormHandle } from '../../components/connect/ServerForm.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { FormDialog, FormFoot } from '../../components/FormDialog.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';

/** A log-in that was rotated on the server. The engine tries the new one before the old one goes. */
export function ReplaceDialog({ stack, kind, onClose }: { stack: Stack; kind: ServerKind; onClose(): void }) {
  const { t } = useWords();
  const replace = useAction('connect.replace');
  const form = useRef<ServerFormHandle>(null);

  async function submit(): Promise<void> {
    const values = await form.current?.values();
    if (values === undefined || values === 'wrong' || values === 'empty' || values.credential === undefined) return;
    if (await replace.run({ stackId: stack.id, kind, credential: values.credential })) onClose();
  }

  return (
    <FormDialog
      title={t('stacks.replaceTitle', { server: serverNames[kind] })}
      onClose={onClose}
      onSubmit={() => {
        if (!replace.pending) void submit();
      }}
    >
      <p>{t('stacks.replaceText')}</p>
      <ServerForm kind={kind} known={knownServer(stack, kind)} parts={['credential']} layout="stacked" ref={form} />
      {replace.error ? <ErrorNotice error={replace.error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('stacks.cancel')}</Button>
        <EngineButton type="submit" variant="filled" loading={replace.pending}>
          {t('stacks.replaceDo')}
        </EngineButton>
      </FormFoot>
    </FormDialog>
  );
}
