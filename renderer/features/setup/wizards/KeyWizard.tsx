import { Link } from 'wouter';
import type { Stack } from '../../../../shared/stacks.ts';
import { formatNumber } from '../../../components/format.ts';
import { useLanguage, useWords } from '../../../locales/language.ts';
import { useCall } from '../../../rpc/hooks.ts';
import { AloneWizard } from '../../../wizard/AloneWizard.tsx';
import { wizardAddress } from '../../../wizard/wizards.ts';
import { productNames } from '../form.ts';
import { KeyForm } from '../forms/KeyForm.tsx';
import { StepFailure } from '../stepErrors.tsx';
import styles from './wizards.module.css';

/** Another key in KES, for buckets that shall not share the default one. */
export function KeyWizard({ stack }: { stack: Stack }) {
  const { t } = useWords();
  const language = useLanguage();
  const keys = useCall('kes.keys', { stackId: stack.id }).data?.keys;
  const count = keys?.length ?? 0;
  return (
    <AloneWizard
      stack={stack}
      step="key"
      question={t('wizard.key.question')}
      answer={keys ? { mark: 'info', text: t('wizard.key.answer', { count, number: formatNumber(count, language) }) } : undefined}
      action={t('wizard.key.action')}
      failure={(error) => <StepFailure error={error} fixes={{}} />}
      form={(form) => (
        <div className={styles.form}>
          <KeyForm {...form} stack={stack} product={productNames[stack.keyStores[0]?.product ?? 'vault']} proven={false} />
          {keys?.some(({ name }) => name === form.values.name) ? <p className={styles.hint}>{t('wizard.key.taken')}</p> : null}
        </div>
      )}
      next={({ name }) => (
        <>
          {t('wizard.key.next')} <Link href={wizardAddress('bucket', '', name)}>{t('wizard.key.useIt', { name })}</Link>
        </>
      )}
    />
  );
}
