import { Button } from '@mantine/core';
import { useState } from 'react';
import { Age } from '../../../components/Age.tsx';
import { ShortName } from '../../../components/CopyValue.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { Fact } from '../../../components/Fact.tsx';
import { FactList } from '../../../components/FactList.tsx';
import { SmallTable } from '../../../components/SmallTable.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useCall } from '../../../rpc/hooks.ts';
import { type PartProps, useSays } from '../parts.ts';
import styles from './access.module.css';
import { EnableEngine } from './EnableEngine.tsx';
import { Findings } from './Findings.tsx';

/** The engines of a Vault, the one of KES, and what lies below its prefix. */
export function Engines({ stack, says, did }: PartProps) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const stackId = stack.id;
  const engines = useCall('vault.engines', { stackId });
  // Elsewhere than KES's own place: another engine, or a folder.
  const [look, setLook] = useState<{ mount: string; prefix: string } | undefined>(undefined);
  const names = useCall('vault.keyNames', { stackId, ...look });
  const [enabling, setEnabling] = useState(false);
  const worst = engines.data?.findings[0];
  useSays(says, {
    commands: engines.data?.commands,
    ...(worst ? { answer: { mark: worst.level, text: sentence(worst.text) } } : {}),
  });
  if (engines.error) return <ErrorNotice error={engines.error} />;
  if (!engines.data) return null;
  const { place } = engines.data;
  const shown = look ?? place;
  const inside = (name: string): void =>
    setLook({ mount: shown.mount, prefix: [shown.prefix, name.slice(0, -1)].filter((one) => one !== '').join('/') });
  return (
    <>
      <section aria-labelledby="engines-place">
        <div className={styles.head}>
          <h2 id="engines-place">{t(look ? 'vaultAccess.engines.elsewhere' : 'vaultAccess.engines.place')}</h2>
          {look ? (
            <Button size="xs" onClick={() => setLook(undefined)}>
              {t('vaultAccess.engines.back')}
            </Button>
          ) : null}
        </div>
        <FactList label={148}>
          <Fact label={t('vaultAccess.engines.path')}>
            <span className="sd-mono">{[shown.mount, shown.prefix].filter((one) => one !== '').join('/')}</span>
          </Fact>
          {look ? null : <Fact label={t('vaultAccess.engines.told')}>{t('vaultAccess.engines.version', { version: place.version })}</Fact>}
          {names.data ? (
            <Fact label={t('vaultAccess.engines.keys')}>
              {t(`vaultAccess.engines.state.${names.data.state}`, { count: names.data.total })}
            </Fact>
          ) : null}
        </FactList>
        {names.error ? <ErrorNotice error={names.error} /> : null}
        {names.data ? <Findings findings={names.data.findings} /> : null}
        {names.data && names.data.names.length > 0 ? <Names names={names.data} onFolder={inside} /> : null}
      </section>
      <section aria-labelledby="engines-all">
        <div className={styles.head}>
          <h2 id="engines-all">{t('vaultAccess.engines.all')}</h2>
          <Button size="xs" onClick={() => setEnabling(true)}>
            {t('vaultAccess.engines.enable')}
          </Button>
        </div>
        <SmallTable className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('vaultAccess.engines.path')}</th>
              <th scope="col">{t('vaultAccess.engines.type')}</th>
              <th scope="col">{t('vaultAccess.engines.usedBy')}</th>
              <td />
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
                <td className={styles.actions}>
                  {engine.version === undefined ? null : (
                    <Button size="xs" variant="subtle" onClick={() => setLook({ mount: engine.mount, prefix: '' })}>
                      {t('vaultAccess.engines.look')}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </SmallTable>
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

function Names({ names, onFolder }: { names: Output<'vault.keyNames'>; onFolder(name: string): void }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  return (
    <div className={styles.scroll}>
      <SmallTable className={styles.table}>
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
          {names.names.map(({ name, folder, forbidden }) => (
            <tr key={name}>
              <th scope="row" className="sd-mono">
                {folder ? (
                  <Button size="xs" variant="transparent" onClick={() => onFolder(name)}>
                    <ShortName name={name} longest={60} mono />
                  </Button>
                ) : (
                  <ShortName name={name} longest={60} mono />
                )}
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
      </SmallTable>
    </div>
  );
}
