import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { FormDialog, FormFoot } from '../../components/FormDialog.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';

export function RenameDialog({ stack, onClose }: { stack: { id: string; name: string }; onClose(): void }) {
  const { t } = useWords();
  const rename = useAction('stacks.rename');
  const [name, setName] = useState(stack.name);
  const fits = name.trim() !== '' && name.trim() !== stack.name;

  async function submit(): Promise<void> {
    if (fits && (await rename.run({ id: stack.id, name: name.trim() }))) onClose();
  }

  return (
    <FormDialog title={t('stacks.renameTitle')} onClose={onClose} onSubmit={() => void submit()}>
      <p>{t('stacks.renameText')}</p>
      <TextInput
        label={t('stacks.name')}
        value={name}
        maxLength={40}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      {rename.error ? <ErrorNotice error={rename.error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('stacks.cancel')}</Button>
        <EngineButton type="submit" variant="filled" disabled={!fits} loading={rename.pending}>
          {t('stacks.renameDo')}
        </EngineButton>
      </FormFoot>
    </FormDialog>
  );
}
