import { Button } from '@mantine/core';
import { useRef, useState } from 'react';
import type { Evidence } from '../../../../shared/setup.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { SecretField, type SecretFieldHandle } from '../../../components/SecretField.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';

interface UnwrapProps {
  stackId: string;
  mount: string;
  role: string;
  onClose(): void;
  onDone(evidence: readonly Evidence[]): void;
}

/** A wrapping token that somebody else gave: looked at, then opened into the credential store. */
export function UnwrapDialog({ stackId, mount, role, onClose, onDone }: UnwrapProps) {
  const { t } = useWords();
  const unwrap = useAction('vault.unwrapSecretId');
  const field = useRef<SecretFieldHandle>(null);
  const [filled, setFilled] = useState(false);

  async function submit(): Promise<void> {
    if (!filled) return;
    const done = await unwrap.run({ stackId, mount, role, token: field.current?.take().trim() ?? '' });
    if (done) onDone(done.evidence);
  }

  return (
    <FormDialog title={t('vaultAccess.unwrap.title', { role })} size={520} onClose={onClose} onSubmit={() => void submit()}>
      <p>{t('vaultAccess.unwrap.text', { path: `auth/${mount}/role/${role}/secret-id` })}</p>
      <SecretField ref={field} label={t('vaultAccess.unwrap.token')} description={t('vaultAccess.unwrap.why')} onFilled={setFilled} />
      {unwrap.error ? <ErrorNotice error={unwrap.error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('vaultAccess.cancel')}</Button>
        <ChangeButton type="submit" variant="filled" disabled={!filled} loading={unwrap.pending}>
          {t('vaultAccess.unwrap.doIt')}
        </ChangeButton>
      </FormFoot>
    </FormDialog>
  );
}
