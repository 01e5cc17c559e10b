import { Button } from '@mantine/core';
import { useState } from 'react';
import pane from '../../../components/drawerPane.module.css';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { NewPassphrase } from '../../../components/NewPassphrase.tsx';
import { useWords } from '../../../locales/language.ts';
import { useExport } from '../keys/ExportKeys.tsx';
import styles from './tray.module.css';

/** A copy of an SSE-C key outside the credential store: a file that opens with age and a passphrase, typed twice. */
export function ExportKey({ stackId, id }: { stackId: string; id: string }) {
  const { t } = useWords();
  const [asking, setAsking] = useState(false);
  const { passphrase, error, pending, save } = useExport(stackId, [id]);

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
        void save().then((saved) => saved && setAsking(false));
      }}
    >
      <NewPassphrase ref={passphrase} className={styles.passphrase} why={t('objects.tray.customer.exportWhy')} />
      {error ? <ErrorNotice error={error} /> : null}
      <div className={pane.buttons}>
        <EngineButton type="submit" loading={pending}>
          {t('objects.tray.customer.save')}
        </EngineButton>
        <Button variant="subtle" onClick={() => setAsking(false)}>
          {t('objects.tray.customer.cancel')}
        </Button>
      </div>
    </form>
  );
}
