import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { NewPassphrase, type NewPassphraseHandle } from '../../../components/NewPassphrase.tsx';
import { useWords } from '../../../locales/language.ts';
import { saveText } from '../../../rpc/files.ts';
import { useAction } from '../../../rpc/hooks.ts';
import styles from './keys.module.css';

/** Saves keys as a file that opens with age and a passphrase. `save` is undefined while the passphrase does not do, or when it failed. */
export function useExport(stackId: string, ids: readonly string[]) {
  const queries = useQueryClient();
  const passphrase = useRef<NewPassphraseHandle>(null);
  const action = useAction('objects.exportCustomerKeys');
  return {
    passphrase,
    error: action.error,
    pending: action.pending,
    async save(): Promise<boolean> {
      const typed = passphrase.current?.take();
      if (typed === undefined) return false;
      const file = await action.run({ stackId, ids: [...ids], passphrase: typed });
      if (!file) return false;
      saveText(file.name, file.content, 'application/octet-stream');
      await queries.invalidateQueries({ queryKey: ['objects.customerKeys'] });
      return true;
    },
  };
}

export function ExportKeys({ stackId, ids, onClose }: { stackId: string; ids: readonly string[]; onClose(): void }) {
  const { t } = useWords();
  const { passphrase, error, pending, save } = useExport(stackId, ids);
  return (
    <FormDialog
      title={t('objects.keys.exportTitle', { count: ids.length, number: ids.length })}
      onClose={onClose}
      onSubmit={() => void save().then((saved) => saved && onClose())}
    >
      <NewPassphrase ref={passphrase} className={styles.passphrase} why={t('objects.tray.customer.exportWhy')} />
      {error ? <ErrorNotice error={error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('objects.keys.cancel')}</Button>
        <EngineButton type="submit" variant="filled" loading={pending}>
          {t('objects.tray.customer.save')}
        </EngineButton>
      </FormFoot>
    </FormDialog>
  );
}
