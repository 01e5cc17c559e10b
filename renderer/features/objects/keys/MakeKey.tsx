import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';

export function MakeKey({ stackId, onClose }: { stackId: string; onClose(): void }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const make = useAction('objects.makeCustomerKey');
  const [name, setName] = useState('');
  const fits = name.trim() !== '';

  async function submit(): Promise<void> {
    if (!fits || !(await make.run({ stackId, name: name.trim() }))) return;
    await queries.invalidateQueries({ queryKey: ['objects.customerKeys'] });
    onClose();
  }

  return (
    <FormDialog title={t('objects.keys.makeTitle')} onClose={onClose} onSubmit={() => void submit()}>
      <p>{t('objects.keys.makeText')}</p>
      <TextInput
        label={t('objects.keys.name')}
        value={name}
        maxLength={60}
        autoComplete="off"
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {make.error ? <ErrorNotice error={make.error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('objects.keys.cancel')}</Button>
        <EngineButton type="submit" variant="filled" disabled={!fits} loading={make.pending}>
          {t('objects.keys.makeDo')}
        </EngineButton>
      </FormFoot>
    </FormDialog>
  );
}
