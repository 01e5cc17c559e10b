import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { SmallTable } from '../../../components/SmallTable.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useCall } from '../../../rpc/hooks.ts';
import { type PartProps, useSays } from '../parts.ts';
import styles from './access.module.css';
import { Findings } from './Findings.tsx';
import { addressOfRole } from './place.ts';
import { Role } from './Role.tsx';
import { RoleDialog } from './RoleDialog.tsx';

interface RolesProps extends PartProps {
  role: { mount: string; role: string } | undefined;
}

/** The AppRole roles, and the one that is looked at: KES's own unless another is chosen. */
export function Roles({ stack, role, says, did }: RolesProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const [, go] = useLocation();
  const [adding, setAdding] = useState(false);
  const roles = useCall('vault.roles', { stackId: stack.id });
  const own = roles.data?.roles.find(({ kes }) => kes);
  const shown = role ?? own ?? roles.data?.roles[0];
  const detail = useCall(
    'vault.role',
    { stackId: stack.id, mount: shown?.mount ?? '-', role: shown?.role ?? '-' },
    // How long secret IDs live, and a lock-out, change without an event.
    { enabled: shown !== undefined, every: 60_000 },
  );
  const bad = detail.data?.findings.find(({ level }) => level === 'fail') ?? detail.data?.findings.find(({ level }) => level === 'warn');
  useSays(says, {
    commands: detail.data?.commands,
    ...(detail.data
      ? {
          answer: bad
            ? { mark: bad.level, text: sentence(bad.text) }
            : { mark: 'ok', text: t('vaultAccess.roles.good', { role: detail.data.role, policies: detail.data.policies.join(', ') }) },
        }
      : {}),
  });
  if (roles.error) return <ErrorNotice error={roles.error} />;
  if (!roles.data) return null;
  const mount = own?.mount ?? roles.data.roles[0]?.mount ?? 'approle';
  return (
    <>
      <section aria-labelledby="roles-all">
        <div className={styles.head}>
          <h2 id="roles-all">{t('vaultAccess.roles.all')}</h2>
          <Button size="xs" onClick={() => setAdding(true)}>
            {t('vaultAccess.roles.add')}
          </Button>
        </div>
        <Findings findings={roles.data.findings} />
        {roles.data.roles.length === 0 ? (
          <p className={styles.sentence}>{t('vaultAccess.roles.none')}</p>
        ) : (
          <Table roles={roles.data.roles} shown={shown} />
        )}
      </section>
      {detail.error ? <ErrorNotice error={detail.error} /> : null}
      {detail.data ? <Role key={`${detail.data.mount}/${detail.data.role}`} stack={stack} detail={detail.data} did={did} /> : null}
      {adding ? (
        <RoleDialog
          stackId={stack.id}
          mount={mount}
          onClose={() => setAdding(false)}
          onDone={(name, evidence) => {
            did(evidence);
            setAdding(false);
            go(addressOfRole(mount, name));
          }}
        />
      ) : null}
    </>
  );
}

function Table({ roles, shown }: { roles: Output<'vault.roles'>['roles']; shown: { mount: string; role: string } | undefined }) {
  const { t } = useWords();
  return (
    <div className={styles.scroll}>
      <SmallTable className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('vaultAccess.roles.role')}</th>
            <th scope="col">{t('vaultAccess.roles.mount')}</th>
            <th scope="col">{t('vaultAccess.roles.policies')}</th>
            <th scope="col">{t('vaultAccess.roles.usedBy')}</th>
            <th scope="col">{t('vaultAccess.roles.state')}</th>
          </tr>
        </thead>
        <tbody>
          {roles.map(({ mount, role, kes, locked, policies }) => {
            const current = mount === shown?.mount && role === shown.role;
            return (
              <tr key={`${mount}/${role}`} data-shown={(current && roles.length > 1) || undefined}>
                <th scope="row">
                  <Link href={addressOfRole(mount, role)} aria-current={current || undefined}>
                    {role}
                  </Link>
                </th>
                <td className="sd-mono">auth/{mount}</td>
                <td className="sd-mono">{policies.join(', ')}</td>
                <td>{kes ? 'KES' : ''}</td>
                <td>
                  <span className={styles.marked}>
                    <StateIcon mark={locked ? 'fail' : 'ok'} silent />
                    {t(locked ? 'vaultAccess.roles.locked' : 'vaultAccess.roles.open')}
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </SmallTable>
    </div>
  );
}
