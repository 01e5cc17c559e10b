import { Button, SegmentedControl, Select, Textarea } from '@mantine/core';
import { useState } from 'react';
import type { Simulation } from '../../../../shared/vaultAccess.ts';
import { Age } from '../../../components/Age.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { SmallTable } from '../../../components/SmallTable.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import type { Input } from '../../../rpc/client.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import styles from './access.module.css';
import { pathsOfKes } from './pathsOfKes.ts';

interface SimulatorProps {
  stackId: string;
  /** The text above, not written yet. */
  draft: string | undefined;
  place: { mount: string; version: 1 | 2; prefix: string };
  role: { mount: string; role: string };
}

type Subject = Input<'vault.simulate'>['of'];
type Of = 'draft' | 'role' | 'policy' | 'text';

/** What a policy or a role may do on which path: evaluated here, and asked of the server with a real token. */
export function Simulator({ stackId, draft, place, role }: SimulatorProps) {
  const { t } = useWords();
  const names = useCall('vault.policies', { stackId }).data?.names ?? [];
  const roles = useCall('vault.roles', { stackId }).data?.roles ?? [];
  const here = useAction('vault.simulate');
  const server = useAction('vault.checkSimulation');
  const [of, setOf] = useState<Of>('role');
  const [chosenRole, setRole] = useState(`${role.mount} ${role.role}`);
  const [policy, setPolicy] = useState<string | null>(null);
  const [own, setOwn] = useState('');
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const [found, setFound] = useState<Simulation | undefined>(undefined);
  const paths = (typed ?? pathsOfKes(place).join('\n')).split('\n').flatMap((line) => line.trim() || []);
  const [mount = '', name = ''] = chosenRole.split(' ');
  const subject: Record<Of, Subject | undefined> = {
    role: { kind: 'role', mount, role: name },
    policy: policy === null ? undefined : { kind: 'policy', name: policy },
    draft: draft === undefined ? undefined : { kind: 'text', policy: draft },
    text: own.trim() === '' ? undefined : { kind: 'text', policy: own },
  };
  const asked = subject[of];
  const ready = asked !== undefined && paths.length > 0 && paths.length <= 200;
  const change = (next: Of): void => {
    setOf(next);
    setFound(undefined);
  };

  async function run(action: typeof here | typeof server): Promise<void> {
    if (!asked) return;
    here.reset();
    server.reset();
    setFound(await action.run({ stackId, of: asked, paths }));
  }

  const error = here.error ?? server.error;
  return (
    <section aria-labelledby="simulator">
      <h2 id="simulator">{t('vaultAccess.simulator.head')}</h2>
      <p className={styles.sentence}>{t('vaultAccess.simulator.why')}</p>
      <div className={styles.form}>
        <div className={styles.wide}>
          <SegmentedControl
            aria-label={t('vaultAccess.simulator.of')}
            value={of}
            onChange={(next) => change(next as Of)}
            data={(['role', 'policy', 'draft', 'text'] as const).map((value) => ({
              value,
              label: t(`vaultAccess.simulator.kind.${value}`),
            }))}
          />
        </div>
        {of === 'role' ? (
          <Select
            label={t('vaultAccess.simulator.kind.role')}
            data={[...new Set([chosenRole, ...roles.map((one) => `${one.mount} ${one.role}`)])].map((value) => ({
              value,
              label: value.split(' ')[1] ?? value,
            }))}
            value={chosenRole}
            allowDeselect={false}
            onChange={(next) => setRole(next ?? chosenRole)}
          />
        ) : null}
        {of === 'policy' ? (
          <Select
            label={t('vaultAccess.simulator.kind.policy')}
            placeholder={t('vaultAccess.simulator.choose')}
            data={names.filter((one) => one !== 'root')}
            value={policy}
            searchable
            onChange={setPolicy}
          />
        ) : null}
        {of === 'text' ? (
          <Textarea
            className={styles.wide ?? ''}
            label={t('vaultAccess.simulator.text')}
            description={t('vaultAccess.simulator.textWhy')}
            value={own}
            autosize
            minRows={4}
            maxRows={14}
            spellCheck={false}
            classNames={{ input: 'sd-mono' }}
            onChange={(event) => setOwn(event.currentTarget.value)}
          />
        ) : null}
        <Textarea
          className={styles.wide ?? ''}
          label={t('vaultAccess.simulator.paths')}
          description={t('vaultAccess.simulator.pathsWhy')}
          value={typed ?? pathsOfKes(place).join('\n')}
          autosize
          minRows={4}
          maxRows={12}
          spellCheck={false}
          classNames={{ input: 'sd-mono' }}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </div>
      <div className={styles.buttons}>
        <Button disabled={!ready} loading={here.pending} onClick={() => void run(here)}>
          {t('vaultAccess.simulator.here')}
        </Button>
        <ChangeButton disabled={!ready} loading={server.pending} onClick={() => void run(server)}>
          {t('vaultAccess.simulator.server')}
        </ChangeButton>
      </div>
      {error ? <ErrorNotice error={error} /> : null}
      {found ? <Found found={found} /> : null}
    </section>
  );
}

function Found({ found }: { found: Simulation }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const differ = found.rows.filter(({ differs }) => differs).length;
  return (
    <>
      <p className={styles.sentence} role="status">
        {found.checked ? (
          <span className={styles.marked}>
            <StateIcon mark={differ === 0 ? 'ok' : 'fail'} />
            {differ === 0 ? t('vaultAccess.simulator.agrees') : t('vaultAccess.simulator.differs', { count: differ })}{' '}
            {sentence(found.checked.by)} <Age at={found.checked.at} />
          </span>
        ) : found.why ? (
          sentence(found.why)
        ) : (
          t('vaultAccess.simulator.notAsked')
        )}
      </p>
      <div className={styles.scroll}>
        <SmallTable className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('vaultAccess.simulator.path')}</th>
              <th scope="col">{t('vaultAccess.simulator.may')}</th>
              <th scope="col">{t('vaultAccess.simulator.by')}</th>
              {found.checked ? <th scope="col">{t('vaultAccess.simulator.says')}</th> : null}
            </tr>
          </thead>
          <tbody>
            {found.rows.map(({ path, local, rule, conditions, server, differs }) => (
              <tr key={path}>
                <th scope="row" className="sd-mono">
                  {path}
                </th>
                <td>
                  <span className={styles.marked}>
                    <StateIcon mark={local.includes('deny') ? 'absent' : 'ok'} silent />
                    {local.includes('deny') ? t('vaultAccess.simulator.nothing') : local.join(', ')}
                  </span>
                  {conditions.length === 0 ? null : (
                    <div className={styles.quiet}>{t('vaultAccess.simulator.conditions', { names: conditions.join(', ') })}</div>
                  )}
                </td>
                <td>
                  {rule === undefined ? (
                    <span className={styles.quiet}>{t('vaultAccess.simulator.noRule')}</span>
                  ) : (
                    <>
                      <span className="sd-mono">{rule.path}</span>{' '}
                      <span className={styles.quiet}>{t('vaultAccess.simulator.line', { policy: rule.policy, line: rule.line })}</span>
                    </>
                  )}
                </td>
                {server ? (
                  <td>
                    <span className={styles.marked}>
                      <StateIcon mark={differs ? 'fail' : 'ok'} silent />
                      {server.includes('deny') ? t('vaultAccess.simulator.nothing') : server.join(', ')}
                    </span>
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
        </SmallTable>
      </div>
    </>
  );
}
