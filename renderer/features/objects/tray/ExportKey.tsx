import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { NewPassphrase, type NewPassphraseHandle } from '../../../components/NewPassphrase.tsx';
import { useWords } from '../../../locales/language.ts';
import { saveText } from '../../../rpc/files.ts';
import { useAction } from '../../../rpc/hooks.ts';
import styles from './tray.module.css';

/** A copy of an SSE-C key outside the credential store: a file that opens with age and a passphrase, typed twice. */
export function ExportKey({ stackId, id }: { stackId: string; id: string }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const passphrase = useRef<NewPassphraseHandle>(null);
  const action = useAction('objects.exportCustomerKeys');

  async function save(): Promise<void> {
    const typed = passphrase.current?.take();
    if (typed === undefined) return;
    const file = await action.run({ stackId, ids: [id], passphrase: typed });
    if (!file) return;
    saveText(file.name, file.content, 'application/octet-stream');
    setAsking(false);
    await queries.invalidateQueries({ queryKey: ['objects.customerKeys'] });
  }

  if (!asking) {
    return (
      <Button variant="transparent" size="xs" onClick={() => setAsking(true)}>
        {t('objects.tray.customer.export')}
      </Button>
    );
  }
  return (
    <form
      className={styles.export}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <NewPassphrase ref={passphrase} className={styles.passphrase} why={t('objects.tray.customer.exportWhy')} />
      {action.error ? <ErrorNotice error={action.error} /> : null}
      <div className={styles.buttons}>
        <Button type="submit" loading={action.pending}>
          {t('objects.tray.customer.save')}
        </Button>
        <Button variant="subtle" onClick={() => setAsking(false)}>
          {t('objects.tray.customer.cancel')}
        </Button>
      </div>
    </form>
  );
}
