import { useWords } from '../../../locales/language.ts';
import { Pair, TextField } from '../fields.tsx';
import type { FormProps } from '../form.ts';

export function KesForm({ values, change, wrong }: FormProps<'kes'>) {
  const { t } = useWords();
  const duration = t('setup.kes.durationWrong');
  return (
    <>
      <Pair>
        <TextField
          label={t('setup.kes.policy')}
          why={t('setup.kes.policyWhy')}
          error={wrong('policy', t('setup.keyNameWrong'))}
          value={values.policy}
          onChange={(policy) => change({ policy })}
          mono
        />
        <TextField
          label={t('setup.kes.keyPrefix')}
          why={t('setup.kes.keyPrefixWhy', { pattern: `${values.keyPrefix}*` })}
          error={wrong('keyPrefix', t('setup.kes.keyPrefixWrong'))}
          value={values.keyPrefix}
          onChange={(keyPrefix) => change({ keyPrefix })}
          mono
        />
      </Pair>
      <Pair>
        <TextField
          label={t('setup.kes.cacheAny')}
          why={t('setup.kes.cacheAnyWhy')}
          error={wrong('cacheAny', duration)}
          value={values.cacheAny}
          onChange={(cacheAny) => change({ cacheAny })}
          mono
        />
        <TextField
          label={t('setup.kes.cacheUnused')}
          why={t('setup.kes.cacheUnusedWhy')}
          error={wrong('cacheUnused', duration)}
          value={values.cacheUnused}
          onChange={(cacheUnused) => change({ cacheUnused })}
          mono
        />
      </Pair>
    </>
  );
}
