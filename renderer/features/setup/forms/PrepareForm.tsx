import { useWords } from '../../../locales/language.ts';
import { Pair, SwitchField, TextField } from '../fields.tsx';
import type { FormProps } from '../form.ts';

export function PrepareForm({ values, change, wrong }: FormProps<'prepare'>) {
  const { t } = useWords();
  const path = t('setup.prepare.pathWrong');
  const name = t('setup.nameWrong');
  return (
    <>
      <Pair>
        <TextField
          label={t('setup.prepare.mount')}
          why={t('setup.prepare.mountWhy')}
          error={wrong('mount', path)}
          value={values.mount}
          onChange={(mount) => change({ mount })}
          mono
        />
        <TextField
          label={t('setup.prepare.prefix')}
          why={t('setup.prepare.prefixWhy')}
          error={wrong('prefix', path)}
          value={values.prefix}
          onChange={(prefix) => change({ prefix })}
          mono
        />
      </Pair>
      <Pair>
        <TextField
          label={t('setup.prepare.role')}
          why={t('setup.prepare.roleWhy')}
          error={wrong('role', name)}
          value={values.role}
          onChange={(role) => change({ role })}
          mono
        />
        <TextField
          label={t('setup.prepare.policy')}
          why={t('setup.prepare.policyWhy')}
          error={wrong('policy', name)}
          value={values.policy}
          onChange={(policy) => change({ policy })}
          mono
        />
      </Pair>
      <Pair>
        <TextField
          label={t('setup.prepare.appRoleMount')}
          why={t('setup.prepare.appRoleMountWhy')}
          error={wrong('appRoleMount', path)}
          value={values.appRoleMount}
          onChange={(appRoleMount) => change({ appRoleMount })}
          mono
        />
      </Pair>
      <SwitchField
        label={t('setup.prepare.allowDelete')}
        why={t('setup.prepare.allowDeleteWhy')}
        value={values.allowDelete}
        onChange={(allowDelete) => change({ allowDelete })}
      />
    </>
  );
}
