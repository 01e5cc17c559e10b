import type { Subject } from '../../../../shared/certificates.ts';
import { keyType } from '../../../../shared/certificates.ts';
import { wayOf } from '../../../../shared/servers.ts';
import { useWords } from '../../../locales/language.ts';
import { ChoiceField, NumberField, Pair, SelectField, SwitchField, TextField } from '../fields.tsx';
import type { FormProps } from '../form.ts';
import { More } from '../More.tsx';

const optionalParts = ['organisation', 'unit', 'locality', 'state', 'country'] as const;

export function CertificatesForm({ values, change, wrong, stack }: FormProps<'certificates'>) {
  const { t } = useWords();
  const { subject } = values;

  /** An emptied part is absent, not an empty name in the certificate. */
  function changeSubject(part: keyof Subject, value: string): void {
    const { [part]: _, ...rest } = subject;
    const next: Subject = { commonName: subject.commonName, ...rest };
    if (value !== '' || part === 'commonName') next[part] = value;
    change({ subject: next });
  }

  return (
    <>
      <ChoiceField
        label={t('setup.certificates.kind')}
        value={values.kind}
        rows={[
          { value: 'ca', label: t('setup.certificates.ca'), why: t('setup.certificates.caWhy') },
          { value: 'selfSigned', label: t('setup.certificates.selfSigned'), why: t('setup.certificates.selfSignedWhy') },
        ]}
        onChange={(kind) => change({ kind })}
      />
      <Pair>
        <NumberField
          label={t('setup.certificates.days')}
          why={t('setup.certificates.daysWhy')}
          error={wrong('days', t('setup.between', { min: 1, max: 3650 }))}
          value={values.days}
          min={1}
          max={3650}
          onChange={(days) => change({ days })}
        />
        <SelectField
          label={t('setup.certificates.keyType')}
          why={t('setup.certificates.keyTypeWhy')}
          value={values.keyType}
          rows={keyType.options.map((value) => ({ value, label: value }))}
          onChange={(next) => change({ keyType: next })}
        />
      </Pair>
      {wayOf(stack, 'kes') === 'api' && wayOf(stack, 'minio') === 'api' ? (
        <SwitchField
          label={t('setup.certificates.minioIdentity')}
          why={t('setup.certificates.minioIdentityWhy')}
          value={values.minioIdentity}
          onChange={(minioIdentity) => change({ minioIdentity })}
        />
      ) : null}
      <More label={t('setup.certificates.more')}>
        <Pair>
          <TextField
            label={t('setup.certificates.commonName')}
            why={t('setup.certificates.commonNameWhy')}
            error={wrong('subject.commonName', t('setup.certificates.partWrong'))}
            value={subject.commonName}
            onChange={(value) => changeSubject('commonName', value)}
          />
          {values.kind === 'ca' ? (
            <NumberField
              label={t('setup.certificates.caDays')}
              why={t('setup.certificates.caDaysWhy')}
              error={wrong('caDays', t('setup.between', { min: 1, max: 7300 }))}
              value={values.caDays}
              min={1}
              max={7300}
              onChange={(caDays) => change({ caDays })}
            />
          ) : null}
        </Pair>
        <Pair>
          {optionalParts.map((part) => (
            <TextField
              key={part}
              label={t(`setup.certificates.${part}`)}
              error={wrong(`subject.${part}`, t(part === 'country' ? 'setup.certificates.countryWrong' : 'setup.certificates.partWrong'))}
              value={subject[part] ?? ''}
              onChange={(value) => changeSubject(part, value)}
            />
          ))}
        </Pair>
      </More>
    </>
  );
}
