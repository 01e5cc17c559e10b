import type { CertificateInfo } from '../../../../shared/certificates.ts';
import type { Stack } from '../../../../shared/stacks.ts';
import { CopyValue } from '../../../components/CopyValue.tsx';
import { formatDay } from '../../../components/format.ts';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useLanguage, useWords } from '../../../locales/language.ts';
import { useCall } from '../../../rpc/hooks.ts';
import { AloneWizard } from '../../../wizard/AloneWizard.tsx';
import { productNames } from '../form.ts';
import { CertificatesForm } from '../forms/CertificatesForm.tsx';
import { StepFailure } from '../stepErrors.tsx';
import styles from './wizards.module.css';

const soonMs = 30 * 86_400_000;

function markOf({ notAfter }: CertificateInfo, now: number): 'ok' | 'warn' | 'fail' {
  const left = Date.parse(notAfter) - now;
  return left <= 0 ? 'fail' : left < soonMs ? 'warn' : 'ok';
}

/** Which certificates there are, which of them would be made again, and why. */
export function CertificatesWizard({ stack }: { stack: Stack }) {
  const { t } = useWords();
  const language = useLanguage();
  const asked = useCall('certificates.list', { stackId: stack.id });
  const list = asked.data?.certificates ?? [];
  const first = [...list].sort((a, b) => a.notAfter.localeCompare(b.notAfter))[0];
  return (
    <AloneWizard
      stack={stack}
      step="certificates"
      question={t('wizard.certificates.question')}
      answer={
        first
          ? {
              mark: markOf(first, asked.dataUpdatedAt),
              text: t('wizard.certificates.answer', { count: list.length, day: formatDay(first.notAfter, language) }),
            }
          : asked.data
            ? { mark: 'absent', text: t('wizard.certificates.none') }
            : undefined
      }
      action={t('wizard.certificates.action')}
      failure={(error) => <StepFailure error={error} fixes={{}} />}
      form={(form) => (
        <>
          {list.length > 0 ? <CertificateTable list={list} now={asked.dataUpdatedAt} /> : null}
          <div className={styles.form}>
            <CertificatesForm {...form} stack={stack} product={productNames[stack.keyStores[0]?.product ?? 'vault']} proven={false} />
          </div>
        </>
      )}
    />
  );
}

function CertificateTable({ list, now }: { list: readonly CertificateInfo[]; now: number }) {
  const { t } = useWords();
  const language = useLanguage();
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t('wizard.certificates.whose')}</th>
          <th scope="col">{t('wizard.certificates.names')}</th>
          <th scope="col">{t('wizard.certificates.fingerprint')}</th>
          <th scope="col" className={styles.right}>
            {t('wizard.certificates.ends')}
          </th>
        </tr>
      </thead>
      <tbody>
        {list.map((certificate) => (
          <tr key={certificate.id}>
            <th scope="row">{t(`wizard.certificates.of.${certificate.id}`)}</th>
            <td className="sd-mono">{certificate.names.length === 0 ? certificate.subject : certificate.names.join(', ')}</td>
            <td>
              <CopyValue value={certificate.fingerprint} longest={15} />
            </td>
            <td className={styles.right}>
              <span className={styles.ends}>
                <StateIcon mark={markOf(certificate, now)} />
                {formatDay(certificate.notAfter, language)}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
