import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { TransitKey } from '../../../../shared/vaultAccess.ts';
import { CommandBlock } from '../../../components/CommandBlock.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { ChangeButton } from '../../../components/readOnly/ChangeButton.tsx';
import { SmallTable } from '../../../components/SmallTable.tsx';
import { StateIcon } from '../../../components/StateIcon.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { type PartProps, useSays } from '../parts.ts';
import styles from './access.module.css';
import { addressOf } from './place.ts';
import { useProgram } from './useProgram.ts';

/** A second layer below KES's keys. Its key must never be rotated, and nothing here rotates it. */
export function Transit({ stack, says, did }: PartProps) {
  const { t } = useWords();
  const stackId = stack.id;
  const transit = useCall('vault.transit', { stackId });
  const make = useAction('vault.makeTransitKey');
  const stop = useAction('vault.stopTransitRotation');
  const program = useProgram(stackId);
  const [mount, setMount] = useState('transit');
  const [key, setKey] = useState('kes');
  const [lines, setLines] = useState<readonly string[] | undefined>(undefined);
  const data = transit.data;
  const inUse = data?.inUse;
  const used = data?.mounts.find((one) => one.mount === inUse?.mount)?.keys.find(({ name }) => name === inUse?.key);
  const bad = used?.findings.find(({ level }) => level === 'fail');
  useSays(says, {
    commands: [{ line: `${program} list ${mount}/keys` }, { line: `${program} read ${mount}/keys/${key}` }],
    ...(data
      ? {
          answer: bad
            ? { mark: 'fail', text: t('vaultAccess.transit.broken', { key: used?.name ?? '' }) }
            : inUse
              ? { mark: 'ok', text: t('vaultAccess.transit.inUse', { key: `${inUse.mount}/${inUse.key}` }) }
              : { mark: 'info', text: t('vaultAccess.transit.notUsed') },
        }
      : {}),
  });
  if (transit.error) return <ErrorNotice error={transit.error} />;
  if (!data) return null;
  const fits = /^[A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_][\w.-]*)*$/.test(mount) && /^[A-Za-z0-9_][\w.-]{0,62}$/.test(key);

  async function submit(): Promise<void> {
    if (!fits) return;
    const done = await make.run({ stackId, mount, key });
    if (!done) return;
    did(done.evidence);
    setLines(done.lines);
  }

  async function halt(of: string, name: string): Promise<void> {
    const done = await stop.run({ stackId, mount: of, key: name });
    if (done) did(done.evidence);
  }

  return (
    <>
      <section aria-labelledby="transit-what">
        <h2 id="transit-what">{t('vaultAccess.transit.what')}</h2>
        <p className={styles.sentence}>{t('vaultAccess.transit.whatText')}</p>
        <p className={styles.marked}>
          <StateIcon mark="warn" />
          {t('vaultAccess.transit.never')}
        </p>
      </section>
      {data.mounts.map((one) => (
        <section key={one.mount} aria-label={one.mount}>
          <h3 className="sd-mono">{one.mount}</h3>
          {one.refused ? <p className={styles.sentence}>{t('vaultAccess.transit.refused')}</p> : null}
          {one.keys.length === 0 ? null : (
            <div className={styles.scroll}>
              <Keys
                keys={one.keys}
                used={inUse?.mount === one.mount ? inUse.key : undefined}
                busy={stop.pending}
                onStop={(name) => void halt(one.mount, name)}
              />
            </div>
          )}
        </section>
      ))}
      {stop.error ? <ErrorNotice error={stop.error} /> : null}
      <section aria-labelledby="transit-make">
        <h2 id="transit-make">{t('vaultAccess.transit.make')}</h2>
        <p className={styles.sentence}>{t('vaultAccess.transit.makeWhy')}</p>
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <TextInput
            label={t('vaultAccess.transit.mount')}
            value={mount}
            maxLength={120}
            autoComplete="off"
            spellCheck={false}
            classNames={{ input: 'sd-mono' }}
            onChange={(event) => setMount(event.currentTarget.value)}
          />
          <TextInput
            label={t('vaultAccess.transit.key')}
            value={key}
            maxLength={63}
            autoComplete="off"
            spellCheck={false}
            classNames={{ input: 'sd-mono' }}
            onChange={(event) => setKey(event.currentTarget.value)}
          />
        </form>
        <div className={styles.buttons}>
          <ChangeButton
            variant={data.mounts.some(({ keys }) => keys.length > 0) ? 'default' : 'filled'}
            disabled={!fits}
            loading={make.pending}
            onClick={() => void submit()}
          >
            {t('vaultAccess.transit.doIt')}
          </ChangeButton>
        </div>
        {make.error ? <ErrorNotice error={make.error} /> : null}
        {lines === undefined ? null : (
          <div role="status">
            <p className={styles.sentence}>{t('vaultAccess.transit.next')}</p>
            <CommandBlock commands={lines.map((line) => ({ line }))} note={false} />
            <p className={styles.sentence}>
              <Link href={addressOf('policies')}>{t('vaultAccess.transit.policy')}</Link>,{' '}
              <Link href="/kes/configuration">{t('vaultAccess.transit.configuration')}</Link>
            </p>
          </div>
        )}
      </section>
    </>
  );
}

function Keys({
  keys,
  used,
  busy,
  onStop,
}: {
  keys: readonly TransitKey[];
  used: string | undefined;
  busy: boolean;
  onStop(name: string): void;
}) {
  const { t } = useWords();
  const { sentence } = useSentence();
  return (
    <SmallTable className={styles.table}>
      <thead>
        <tr>
          <th scope="col">{t('vaultAccess.transit.key')}</th>
          <th scope="col">{t('vaultAccess.transit.type')}</th>
          <th scope="col">{t('vaultAccess.transit.version')}</th>
          <th scope="col">{t('vaultAccess.transit.judged')}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.name}>
            <th scope="row" className="sd-mono">
              {key.name}
              {key.name === used ? <span className={styles.quiet}> KES</span> : null}
            </th>
            <td>{key.type}</td>
            <td>{key.latestVersion}</td>
            <td>
              {key.findings.map(({ level, text }) => (
                <div key={text.code} className={styles.marked}>
                  <StateIcon mark={level} silent />
                  {sentence(text)}
                </div>
              ))}
            </td>
            <td className={styles.actions}>
              {key.autoRotate > 0 ? (
                <ChangeButton size="xs" disabled={busy} onClick={() => onStop(key.name)}>
                  {t('vaultAccess.transit.stop')}
                </ChangeButton>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </SmallTable>
  );
}
