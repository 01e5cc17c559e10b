import { Button, NumberInput, TagsInput, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Evidence } from '../../../../shared/setup.ts';
import type { RoleChange, RoleDetail } from '../../../../shared/vaultAccess.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import styles from './access.module.css';
import { RolePlanView } from './RolePlanView.tsx';

interface RoleDialogProps {
  stackId: string;
  mount: string;
  /** The one to change; absent: a new one. */
  role?: RoleDetail;
  onClose(): void;
  onDone(role: string, evidence: readonly Evidence[]): void;
}

type Counts = 'token_period' | 'token_ttl' | 'token_max_ttl' | 'token_num_uses' | 'secret_id_ttl' | 'secret_id_num_uses';
const counts: readonly Counts[] = ['token_period', 'token_ttl', 'token_max_ttl', 'token_num_uses', 'secret_id_ttl', 'secret_id_num_uses'];
type Cidrs = 'secret_id_bound_cidrs' | 'token_bound_cidrs';
const cidrs: readonly Cidrs[] = ['secret_id_bound_cidrs', 'token_bound_cidrs'];

/** A role's fields, first as a plan: what changes, what that means for KES, and the command. */
export function RoleDialog({ stackId, mount, role, onClose, onDone }: RoleDialogProps) {
  const { t } = useWords();
  const policies = useCall('vault.policies', { stackId }).data?.names ?? [];
  const plan = useAction('vault.planRole');
  const write = useAction('vault.writeRole');
  const [name, setName] = useState(role?.role ?? '');
  const [fields, setFields] = useState<RoleChange>({});
  const [planned, setPlanned] = useState<Awaited<ReturnType<typeof plan.run>>>(undefined);
  const before = role?.fields;
  const standard = before?.token_policies ?? [];
  const set = (change: RoleChange): void => setFields({ ...fields, ...change });
  const fits = /^[A-Za-z0-9_][\w.-]{0,62}$/.test(name) && (fields.token_policies ?? standard).length > 0;
  const input = { stackId, mount, role: name, fields };

  async function submit(): Promise<void> {
    if (!fits) return;
    if (planned === undefined) {
      setPlanned(await plan.run(input));
      return;
    }
    const done = await write.run({ ...input, seen: planned.seen });
    if (done) onDone(done.role.role, done.evidence);
  }

  const fieldsOf = () => (
    <>
      {role ? null : (
        <TextInput
          label={t('vaultAccess.roleForm.name')}
          description={t('vaultAccess.roleForm.nameWhy')}
          value={name}
          maxLength={63}
          autoComplete="off"
          spellCheck={false}
          classNames={{ input: 'sd-mono' }}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
      )}
      <TagsInput
        label={t('vaultAccess.roles.policies')}
        description={t('vaultAccess.roleForm.policiesWhy')}
        data={policies.filter((one) => one !== 'root' && one !== 'default')}
        value={fields.token_policies ?? standard}
        onChange={(token_policies) => set({ token_policies })}
        comboboxProps={{ withinPortal: true }}
      />
      <div className={styles.two}>
        {counts.map((field) => (
          <NumberInput
            key={field}
            label={t(`vaultAccess.roleForm.field.${field}`)}
            description={t(`vaultAccess.roleForm.why.${field}`)}
            value={fields[field] ?? before?.[field] ?? (field === 'token_period' ? 300 : 0)}
            min={0}
            max={315_360_000}
            allowDecimal={false}
            allowNegative={false}
            hideControls
            {...(role && field === 'token_period' ? { 'data-autofocus': true } : {})}
            onChange={(value) => set({ [field]: typeof value === 'number' ? value : 0 })}
          />
        ))}
        {cidrs.map((field) => (
          <TagsInput
            key={field}
            label={t(`vaultAccess.roleForm.field.${field}`)}
            description={t(`vaultAccess.roleForm.why.${field}`)}
            value={fields[field] ?? before?.[field] ?? []}
            onChange={(value) => set({ [field]: value.map((one) => (one.includes('/') ? one : `${one}/${one.includes(':') ? 128 : 32}`)) })}
          />
        ))}
      </div>
    </>
  );

  return (
    <FormDialog
      title={role ? t('vaultAccess.roleForm.change', { role: role.role }) : t('vaultAccess.roleForm.add', { mount })}
      size={640}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      {planned ? <RolePlanView plan={planned} /> : fieldsOf()}
      {plan.error ? <ErrorNotice error={plan.error} /> : null}
      {write.error ? <ErrorNotice error={write.error} /> : null}
      <FormFoot>
        <Button onClick={onClose}>{t('vaultAccess.cancel')}</Button>
        {planned === undefined ? null : <Button onClick={() => setPlanned(undefined)}>{t('vaultAccess.roleForm.back')}</Button>}
        {planned === undefined ? (
          <Button type="submit" variant="filled" disabled={!fits} loading={plan.pending}>
            {t('vaultAccess.roleForm.plan')}
          </Button>
        ) : (
          <ChangeButton type="submit" variant="filled" disabled={planned.changes.length === 0} loading={write.pending}>
            {t('vaultAccess.roleForm.doIt')}
          </ChangeButton>
        )}
      </FormFoot>
    </FormDialog>
  );
}
