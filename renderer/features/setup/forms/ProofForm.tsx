import { useWords } from '../../../locales/language.ts';
import { ChoiceField } from '../fields.tsx';
import type { FormProps } from '../form.ts';

export function ProofForm({ values, change, product }: FormProps<'proof'>) {
  const { t } = useWords();
  const levels = ['chain', 'dependency', 'rule'] as const;
  return (
    <ChoiceField
      label={t('setup.proof.level')}
      value={values.level}
      rows={levels.map((level) => ({
        value: level,
        label: t(`setup.proof.levels.${level}.name`),
        why: t(`setup.proof.levels.${level}.why`, { product }),
      }))}
      onChange={(level) => change({ level })}
    />
  );
}
