import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Evidence } from '../../../../shared/setup.ts';
import { CommandBlock } from '../../../components/CommandBlock.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';
import { useProgram } from './useProgram.ts';

interface EnableProps {
  stackId: string;
  onClose(): void;
  onDone(evidence: readonly Evidence[]): void;
}

/** A kv or transit engine at a path that is free. */
export function EnableEngine({ stackId, onClose, onDone }: EnableProps) {
  const { t } = useWords();
  const enable = useAction('vault.enableEngine');
  const program = useProgram(stackId);
  const [kind, setKind] = useState<'kv-2' | 'kv-1' | 'transit'>('kv-2');
  const [mount, setMount] = useState('');
  const type = kind === 'transit' ? 'transit' : 'kv';
  const version = kind === 'kv-1' ? 1 : 2;
  const fits = /^[A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_][\w.-]*)*$/.test(mount);

  async function submit(): Promise<void> {
    if (!fits) return;
    const done = await enable.run({ stackId, mount, type, version });
    if (done) onDone(done.evidence);
  }

  return (
    <FormDialog title={t('vaultAccess.enable.title')} size={520} onClose={onClose} onSubmit={() => void submit()}>
      <SegmentedControl
        aria-label={t('vaultAccess.enable.kind')}
        value={kind}
        onChange={(next) => setKind(next as typeof kind)}
        data={[
          { value: 'kv-2', label: t('vaultAccess.enable.kv2') },
          { value: 'kv-1', label: t('vaultAccess.enable.kv1') },
          { value: 'transit', label: 'transit' },
        ]}
      />
      <TextInput
        label={t('vaultAccess.enable.path')}
        description={t(`vaultAccess.enable.why.${kind === 'transit' ? 'transit' : kind === 'kv-1' ? 'kv1' : 'kv2'}`)}
        value={mount}
        autoComplete="off"
        spellCheck={false}
        maxLength={120}
        classNames={{ input: 'sd-mono' }}
        data-autofocus
        onChange={(event) => setMount(event.currentTarget.value)}
      />
      <CommandBlock
        commands={[
          {
            line: `${program} secrets enable -path=${mount === '' ? 'PATH' : mount}${type === 'kv' ? ` -version=${version}` : ''} ${type}`,
          },
        ]}
      />
      {enable.error ? <ErrorNotice error={enable.error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('vaultAccess.cancel')}</Button>
        <ChangeButton type="submit" variant="filled" disabled={!fits} loading={enable.pending}>
          {t('vaultAccess.enable.doIt')}
        </ChangeButton>
      </FormFoot>
    </FormDialog>
  );
}
