import { NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { useId } from 'react';
import type { ClusterInput } from '../../../shared/clusters.ts';
import { useWords } from '../../locales/language.ts';
import styles from './clusters.module.css';
import type { Edits } from './fields.ts';

interface AddFormProps {
  values: ClusterInput;
  store: string;
  change(edits: Edits): void;
  /** The sentence for a bad field, or the engine's own where it refuses it. */
  wrong(path: string, sentence: string): string | undefined;
}

type Named = 'id' | 'prefix' | 'role' | 'policy' | 'keyPrefix' | 'key' | 'cacheAny' | 'cacheUnused' | 'bucket';

/** All that the next cluster has of its own; each field is proposed. */
export function AddForm({ values, store, change, wrong }: AddFormProps) {
  const { t } = useWords();
  const nodes = useId();

  const text = (name: Named, label: string, why: string, sentence: string) => (
    <TextInput
      label={label}
      description={why}
      error={wrong(name, sentence)}
      value={values[name]}
      autoComplete="off"
      spellCheck={false}
      classNames={{ input: 'sd-mono' }}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    />
  );

  const port = (name: keyof ClusterInput['ports']) => {
    const value = values.ports[name];
    return (
      <NumberInput
        label={t(`clusters.form.port.${name}`)}
        error={wrong(`ports.${name}`, t('clusters.form.portWrong'))}
        value={Number.isNaN(value) ? '' : value}
        min={1}
        max={65535}
        clampBehavior="none"
        allowDecimal={false}
        allowNegative={false}
        onChange={(next) => change({ ports: { ...values.ports, [name]: typeof next === 'number' ? next : Number.NaN } })}
      />
    );
  };

  return (
    <div className={styles.form}>
      <div className={styles.pair}>
        {text('id', t('clusters.form.id'), t('clusters.form.idWhy'), t('clusters.form.idWrong'))}
        <div>
          <span id={nodes} className="mantine-InputWrapper-label">
            {t('clusters.form.kesNodes')}
          </span>
          <SegmentedControl
            className={styles.choice ?? ''}
            aria-labelledby={nodes}
            value={String(values.kesNodes)}
            onChange={(next) => change({ kesNodes: next === '2' ? 2 : 1 })}
            data={[
              { value: '1', label: t('clusters.form.one') },
              { value: '2', label: t('clusters.form.two') },
            ]}
          />
          <p className="mantine-InputWrapper-description">{t('clusters.form.kesNodesWhy')}</p>
        </div>
      </div>
      <h2>{t('clusters.form.inVault', { store })}</h2>
      <div className={styles.three}>
        {text('prefix', t('clusters.form.prefix'), t('clusters.form.prefixWhy'), t('clusters.form.prefixWrong'))}
        {text('role', t('clusters.form.role'), t('clusters.form.roleWhy'), t('clusters.form.nameWrong'))}
        {text('policy', t('clusters.form.policy'), t('clusters.form.policyWhy'), t('clusters.form.nameWrong'))}
      </div>
      <h2>{t('clusters.form.inKes')}</h2>
      <div className={styles.pair}>
        {text('keyPrefix', t('clusters.form.keyPrefix'), t('clusters.form.keyPrefixWhy'), t('clusters.form.keyPrefixWrong'))}
        {text('key', t('clusters.form.key'), t('clusters.form.keyWhy'), t('clusters.form.keyWrong'))}
        {text('cacheAny', t('clusters.form.cacheAny'), t('clusters.form.cacheAnyWhy'), t('clusters.form.cacheWrong'))}
        {text('cacheUnused', t('clusters.form.cacheUnused'), t('clusters.form.cacheWhy'), t('clusters.form.cacheWrong'))}
      </div>
      <h2>{t('clusters.form.ports')}</h2>
      <div className={styles.ports}>
        {port('kes')}
        {values.kesNodes === 2 ? port('kesSecond') : null}
        {port('minio')}
        {port('minioConsole')}
      </div>
      {text('bucket', t('clusters.form.bucket'), t('clusters.form.bucketWhy'), t('clusters.form.bucketWrong'))}
    </div>
  );
}
