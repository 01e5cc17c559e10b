import { Button, NumberInput, Radio, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction } from '../../../rpc/hooks.ts';
import styles from './access.module.css';

interface MakeProps {
  stackId: string;
  mount: string;
  role: string;
  onClose(): void;
}

/** A secret ID into the credential store, or wrapped, for somebody else to open. */
export function MakeSecretId({ stackId, mount, role, onClose }: MakeProps) {
  const { t } = useWords();
  const make = useAction('vault.makeSecretId');
  const [how, setHow] = useState<'kept' | 'wrapped'>('kept');
  const [minutes, setMinutes] = useState(60);
  const [days, setDays] = useState(0);
  const [uses, setUses] = useState(0);
  const [cidrs, setCidrs] = useState<string[]>([]);
  const [note, setNote] = useState('');

  async function submit(): Promise<void> {
    const made = await make.run({
      stackId,
      mount,
      role,
      ...(how === 'wrapped' ? { wrapSeconds: minutes * 60 } : {}),
      ...(days > 0 ? { ttlSeconds: days * 86_400 } : {}),
      ...(uses > 0 ? { uses } : {}),
      ...(cidrs.length > 0 ? { cidrs } : {}),
      ...(note === '' ? {} : { note }),
    });
    if (made) onClose();
  }

  const whole = (set: (value: number) => void) => (value: number | string) => set(typeof value === 'number' ? value : 0);
  return (
    <FormDialog title={t('vaultAccess.make.title', { role })} size={560} onClose={onClose} onSubmit={() => void submit()}>
      <Radio.Group label={t('vaultAccess.make.how')} value={how} onChange={(next) => setHow(next as typeof how)}>
        <Radio value="kept" label={t('vaultAccess.make.kept')} description={t('vaultAccess.make.keptWhy')} mt={6} data-autofocus />
        <Radio value="wrapped" label={t('vaultAccess.make.wrapped')} description={t('vaultAccess.make.wrappedWhy')} mt={8} />
      </Radio.Group>
      <div className={styles.two}>
        {how === 'wrapped' ? (
          <NumberInput
            label={t('vaultAccess.make.minutes')}
            description={t('vaultAccess.make.minutesWhy')}
            min={1}
            max={10_080}
            value={minutes}
            hideControls
            allowDecimal={false}
            onChange={whole(setMinutes)}
          />
        ) : null}
        <NumberInput
          label={t('vaultAccess.make.days')}
          description={t('vaultAccess.make.daysWhy')}
          min={0}
          max={3_650}
          value={days}
          hideControls
          allowDecimal={false}
          onChange={whole(setDays)}
        />
        <NumberInput
          label={t('vaultAccess.make.uses')}
          description={t('vaultAccess.make.usesWhy')}
          min={0}
          max={1_000_000}
          value={uses}
          hideControls
          allowDecimal={false}
          onChange={whole(setUses)}
        />
        <TagsInput
          label={t('vaultAccess.make.cidrs')}
          description={t('vaultAccess.make.cidrsWhy')}
          value={cidrs}
          onChange={(value) => setCidrs(value.map((one) => (one.includes('/') ? one : `${one}/${one.includes(':') ? 128 : 32}`)))}
        />
      </div>
      <TextInput
        label={t('vaultAccess.make.note')}
        description={t('vaultAccess.make.noteWhy')}
        value={note}
        maxLength={100}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {make.error ? <ErrorNotice error={make.error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('vaultAccess.cancel')}</Button>
        <ChangeButton type="submit" variant="filled" disabled={how === 'wrapped' && minutes < 1} loading={make.pending}>
          {t('vaultAccess.make.doIt')}
        </ChangeButton>
      </FormFoot>
    </FormDialog>
  );
}
