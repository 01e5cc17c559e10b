import { Button, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type SecretsAs, type VariablesForm, variablesForm } from '../../../shared/minioVariables.ts';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { FormDialog, FormFoot } from '../../components/FormDialog.tsx';
import { useSentence, useWords } from '../../locales/language.ts';
import { useAction, useCall } from '../../rpc/hooks.ts';
import { PlannedFiles } from '../../wizard/PlanView.tsx';
import styles from './variables.module.css';

interface TodayPaneProps {
  source: string;
  place: number;
  /** The form that was read. */
  read: VariablesForm;
}

/** The same variables with today's names, in the form that is wanted. Secrets are shown as `${NAME}` and written by the engine alone. */
export function TodayPane({ source, place, read }: TodayPaneProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const [form, setForm] = useState<VariablesForm>(read);
  const [secretsAs, setSecretsAs] = useState<SecretsAs>('inline');
  const [saving, setSaving] = useState(false);
  const apart = form === 'compose' ? 'dockerSecret' : form === 'unit' ? 'systemdCredential' : undefined;
  const wanted = { source, place, form, secretsAs: apart === secretsAs ? secretsAs : ('inline' as const) };
  const plan = useCall('minio.planVariables', wanted);

  return (
    <section className={styles.today} aria-label={t('minioVariables.form.title')}>
      <h2>{t('minioVariables.form.title')}</h2>
      <div className={styles.choices}>
        <Select
          label={t('minioVariables.form.label')}
          value={form}
          allowDeselect={false}
          data={variablesForm.options.map((value) => ({ value, label: t(`minioVariables.form.${value}`) }))}
          onChange={(value) => value && setForm(value)}
        />
        {apart === undefined ? null : (
          <Select
            label={t('minioVariables.secrets.label')}
            value={wanted.secretsAs}
            allowDeselect={false}
            data={(['inline', apart] as const).map((value) => ({ value, label: t(`minioVariables.secrets.${value}`) }))}
            onChange={(value) => value && setSecretsAs(value)}
          />
        )}
      </div>
      {plan.error ? <ErrorNotice error={plan.error} /> : null}
      {plan.data ? (
        <>
          <PlannedFiles files={plan.data.files} />
          {plan.data.dropped.length > 0 ? (
            <div className={styles.words}>
              <h3>{t('minioVariables.dropped')}</h3>
              <ul>
                {plan.data.dropped.map((one) => (
                  <li key={sentence(one)}>{sentence(one)}</li>
                ))}
              </ul>
            </div>
          ) : null}
          <div className={styles.words}>
            <h3>{t('minioVariables.steps')}</h3>
            <ol>
              {plan.data.steps.map((one) => (
                <li key={sentence(one)}>{sentence(one)}</li>
              ))}
            </ol>
          </div>
          <Button variant="filled" onClick={() => setSaving(true)}>
            {t('minioVariables.save.open')}
          </Button>
        </>
      ) : null}
      {saving ? <SaveDialog wanted={wanted} onClose={() => setSaving(false)} /> : null}
    </section>
  );
}

function SaveDialog({
  wanted,
  onClose,
}: {
  wanted: { source: string; place: number; form: VariablesForm; secretsAs: SecretsAs };
  onClose(): void;
}) {
  const { t } = useWords();
  const [folder, setFolder] = useState('');
  const save = useAction('minio.saveVariables');
  const [written, setWritten] = useState<readonly string[] | undefined>(undefined);
  return (
    <FormDialog
      title={t('minioVariables.save.title')}
      onClose={onClose}
      onSubmit={() => void save.run({ ...wanted, folder }).then((done) => setWritten(done?.files))}
    >
      <TextInput
        label={t('minioVariables.save.folder')}
        description={t('minioVariables.save.why')}
        value={folder}
        onChange={(event) => {
          setFolder(event.currentTarget.value);
          setWritten(undefined);
        }}
      />
      {save.error ? <ErrorNotice error={save.error} /> : null}
      {written ? (
        <div className={styles.words} role="status">
          <h3>{t('minioVariables.save.done')}</h3>
          <ul>
            {written.map((path) => (
              <li key={path} className="sd-mono">
                {path}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      <FormFoot>
        <Button onClick={onClose}>{t('minioVariables.save.close')}</Button>
        <EngineButton type="submit" variant="filled" loading={save.pending} disabled={folder.trim() === '' || written !== undefined}>
          {t('minioVariables.save.go')}
        </EngineButton>
      </FormFoot>
    </FormDialog>
  );
}
