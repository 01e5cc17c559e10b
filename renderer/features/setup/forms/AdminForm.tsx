import { StateIcon } from '../../../components/StateIcon.tsx';
import { useWords } from '../../../locales/language.ts';
import styles from '../fields.module.css';
import { ChoiceField, SwitchField, TextField } from '../fields.tsx';
import type { FormProps } from '../form.ts';

export function AdminForm({ values, change, wrong, stack, product }: FormProps<'admin'>) {
  const { t } = useWords();
  const revoked = stack.keyStores[0]?.rootRevokedAt !== undefined;
  return (
    <>
      <ChoiceField
        label={t('setup.admin.auth')}
        value={values.auth}
        rows={[
          { value: 'userpass', label: t('setup.admin.userpass'), why: t('setup.admin.userpassWhy') },
          { value: 'approle', label: t('setup.admin.approle'), why: t('setup.admin.approleWhy') },
        ]}
        onChange={(auth) => change({ auth })}
      />
      <TextField
        label={t('setup.admin.name')}
        why={t('setup.admin.nameWhy')}
        error={wrong('name', t('setup.nameWrong'))}
        value={values.name}
        onChange={(name) => change({ name })}
        mono
      />
      {revoked ? (
        <p className="sd-note" data-mark="ok">
          <StateIcon mark="ok" silent />
          {t('setup.admin.revoked')}
        </p>
      ) : (
        <div className={styles.fact}>
          <SwitchField
            label={t('setup.admin.revokeRoot')}
            why={t('setup.admin.revokeRootWhy', { product })}
            value={values.revokeRoot}
            onChange={(revokeRoot) => change({ revokeRoot })}
          />
          {values.revokeRoot ? (
            <ul className={styles.facts}>
              <li>{t('setup.admin.factTried')}</li>
              <li>{t('setup.admin.factAfter')}</li>
              <li>{t('setup.admin.factBack', { product })}</li>
            </ul>
          ) : null}
        </div>
      )}
    </>
  );
}
