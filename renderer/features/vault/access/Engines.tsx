import { Button } from '@mantine/core';
import { useState } from 'react';
import { Age } from '../../../components/Age.tsx';
import { ShortName } from '../../../components/CopyValue.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { Fact } from '../../../components/Fact.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useCall } from '../../../rpc/hooks.ts';
import type { PartProps } from './AccessPane.tsx';
import styles from './access.module.css';
import { EnableEngine } from './EnableEngine.tsx';
import { Findings } from './Findings.tsx';
import { useSays } from './useSays.ts';

/** The engines of a Vault, the one of KES, and what lies below its prefix. */
export function Engines({ stack, says, did }: PartProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const stackId = stack.id;
  const engines = useCall('vault.engines', { stackId });
  const names = useCall('vault.keyNames', { stackId });
  const [enabling, setEnabling] = useState(false);
  const worst = engines.data?.findings[0];
  useSays(says, {
    commands: engines.data?.commands,
    ...(worst ? { answer: { mark: worst.level, text: sentence(worst.text) } } : {}),
  });
  if (engines.error) return <ErrorNotice error={engines.error} />;
  if (!engines.data) return null;
  const { place } = engines.data;
  return (
    <>
      <section aria-labelledby="engines-place">
        <h2 id="engines-place">{t('vaultAccess.engines.place')}</h2>
        <dl className={styles.facts}>
          <Fact label={t('vaultAccess.engines.path')}>
            <span className="sd-mono">{[place.mount, place.prefix].filter((one) => one !== '').join('/')}</span>
          </Fact>
          <Fact label={t('vaultAccess.engines.told')}>{t('vaultAccess.engines.version', { version: place.version })}</Fact>
          {names.data ? (
            <Fact label={t('vaultAccess.engines.keys')}>
              {t(`vaultAccess.engines.state.${names.data.state}`, { count: names.data.total })}
            </Fact>
          ) : null}
        </dl>
        {names.error ? <ErrorNotice error={names.error} /> : null}
        {names.data ? <Findings findings={names.data.findings} /> : null}
        {names.data && names.data.names.length > 0 ? <Names names={names.data} /> : null}
      </section>
      <section aria-labelledby="engines-all">
        <div className={styles.head}>
          <h2 id="engines-all">{t('vaultAccess.engines.all')}</h2>
          <Button size="xs" onClick={() => setEnabling(true)}>
            {t('vaultAccess.engines.enable')}
          </Button>
        </div>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('vaultAccess.engines.path')}</th>
              <th scope="col">{t('vaultAccess.engines.type')}</th>
              <th scope="col">{t('vaultAccess.engines.usedBy')}</th>
            </tr>
          </thead>
          <tbody>
            {engines.data.engines.map((engine) => (
              <tr key={engine.mount}>
                <th scope="row" className="sd-mono">
                  {engine.mount}
                </th>
                <td>
                  {engine.type}
                  {engine.version === undefined ? '' : ` ${t('vaultAccess.engines.version', { version: engine.version })}`}
                  {engine.description === undefined ? null : <span className={styles.quiet}> {engine.description}</span>}
                </td>
                <td>{engine.mount === place.mount ? 'KES' : ''}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {enabling ? (
        <EnableEngine
          stackId={stackId}
          onClose={() => setEnabling(false)}
          onDone={(evidence) => {
            did(evidence);
            setEnabling(false);
          }}
        />
      ) : null}
    </>
  );
}

function Names({ names }: { names: Output<'vault.keyNames'> }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  return (
    <div className={styles.scroll}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('vaultAccess.engines.name')}</th>
            <th scope="col">{t('vaultAccess.engines.forKes')}</th>
            <td className={styles.number}>
              <Age at={names.at} className={styles.quiet ?? ''} />
            </td>
          </tr>
        </thead>
        <tbody>
          {names.names.map(({ name, forbidden }) => (
            <tr key={name}>
              <th scope="row" className="sd-mono">
                <ShortName name={name} longest={60} mono />
              </th>
              <td colSpan={2}>
                <span className={styles.marked}>
                  <StateIcon mark={forbidden === undefined ? 'ok' : 'warn'} silent />
                  {forbidden === undefined ? t('vaultAccess.engines.usable') : sentence(forbidden)}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
