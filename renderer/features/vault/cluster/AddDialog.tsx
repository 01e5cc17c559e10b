import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { serverUrl } from '../../../../shared/setup.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';

/** Another node of the same cluster, which runs already. */
export function AddDialog({ stackId, onClose }: { stackId: string; onClose(): void }) {
  const { t } = useWords();
  const add = useAction('vault.addNode');
  const [url, setUrl] = useState('https://');
  const [wrong, setWrong] = useState(false);

  async function submit(): Promise<void> {
    const read = serverUrl.safeParse(url.trim());
    setWrong(!read.success);
    if (read.success && (await add.run({ stackId, url: read.data }))) onClose();
  }

  return (
    <FormDialog title={t('vaultCluster.add.title')} onClose={onClose} onSubmit={() => void submit()}>
      <p>{t('vaultCluster.add.text')}</p>
      <TextInput
        label={t('vaultCluster.add.url')}
        description={t('vaultCluster.add.urlWhy')}
        error={wrong ? t('vaultCluster.add.urlWrong') : undefined}
        classNames={{ input: 'sd-mono' }}
        value={url}
        data-autofocus
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      {add.error ? <ErrorNotice error={add.error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('vaultCluster.add.cancel')}</Button>
        <EngineButton type="submit" variant="filled" loading={add.pending}>
          {t('vaultCluster.add.doIt')}
        </EngineButton>
      </FormFoot>
    </FormDialog>
  );
}
