import { ActionIcon, Button } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { Custody as CustodyAnswer } from '../../../shared/vault.ts';
import { Age } from '../../components/Age.tsx';
import { ShortName } from '../../components/CopyValue.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { keyEnd } from '../../components/format.ts';
import { SmallTable } from '../../components/SmallTable.tsx';
import { StateIcon } from '../../components/StateIcon.tsx';
import { useWords } from '../../locales/language.ts';
import type { Output } from '../../rpc/client.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './custody.module.css';
import { DestroyDialog } from './DestroyDialog.tsx';
import { HandOutDialog, type HandOutWork } from './HandOutDialog.tsx';
import page from './vault.module.css';

interface CustodyProps {
  stackId: string;
  stackName: string;
  custody: CustodyAnswer;
  rootToken: Output<'vault.status'>['rootToken'];
}

/** Who holds which share, and the way from Sealdeck's copy to the custodians' files. */
export function Custody({ stackId, stackName, custody, rootToken }: CustodyProps) {
  const { t } = useWords();
  const forget = useAction('vault.forgetCustodian');
  const finish = useAction('vault.destroyShares');
  const [work, setWork] = useState<HandOutWork | undefined>(undefined);
  const [destroying, setDestroying] = useState(false);
  const { shares, threshold, kept, custodians, destroyedAt } = custody;
  const confirmed = custodians.filter(({ confirmedAt }) => confirmedAt !== undefined).length;
  const free = shares - custodians.length;
  const torn = kept === 0 && destroyedAt === undefined && confirmed === shares && shares > 0;
  const error = forget.error ?? finish.error;
  if (shares === 0)
    return (
      <section className={page.section}>
        <h2>{t('vault.custody.head')}</h2>
        <p className={styles.sentence}>{t('vault.custody.none')}</p>
      </section>
    );
  const says = destroyedAt !== undefined || kept === 0 ? 'destroyed' : confirmed === shares ? 'all' : 'done';
  return (
    <section className={page.section} id="custody" aria-labelledby="custody-head">
      <div className={styles.head}>
        <h2 id="custody-head">{t('vault.custody.head')}</h2>
        {kept > 0 && free > 0 ? (
          <Button size="xs" onClick={() => setWork({ kind: 'make' })}>
            {t('vault.custody.add')}
          </Button>
        ) : null}
        {kept > 0 && confirmed === shares ? (
          <Button size="xs" color="red" variant="outline" onClick={() => setDestroying(true)}>
            {t('vault.custody.destroy')}
          </Button>
        ) : null}
        {torn ? (
          <EngineButton size="xs" loading={finish.pending} onClick={() => void finish.run({ stackId })}>
            {t('vault.custody.finish')}
          </EngineButton>
        ) : null}
      </div>
      <p className={styles.sentence}>
        {kept > 0 && confirmed === 0 ? `${t('vault.custody.sentence')} ` : null}
        {t(`vault.custody.${says}`, { count: confirmed, shares, threshold })}
        {destroyedAt === undefined ? null : <Age at={destroyedAt} className={styles.age ?? ''} />}
      </p>
      {error ? <ErrorNotice error={error} /> : null}
      {custodians.length === 0 ? null : (
        <SmallTable className={styles.table}>
          <thead>
            <tr>
              <th scope="col">{t('vault.custody.name')}</th>
              <th scope="col">{t('vault.custody.sealedWith')}</th>
              <th scope="col">{t('vault.custody.share')}</th>
              <th scope="col">{t('vault.custody.state')}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {custodians.map((each) => (
              <tr key={each.id}>
                <th scope="row">
                  <ShortName name={each.name} longest={32} />
                </th>
                <td>
                  {t(`vault.custody.${each.kind}`)}
                  {each.pgp === undefined ? null : (
                    <span className={`${styles.key} sd-mono`} title={each.pgp.fingerprint}>
                      {keyEnd(each.pgp.fingerprint)}
                    </span>
                  )}
                </td>
                <td>
                  {each.share === undefined || each.file === undefined ? '' : t('vault.custody.number', { share: each.share, shares })}
                </td>
                <td>
                  <span className={styles.state}>
                    <StateIcon mark={each.confirmedAt !== undefined ? 'ok' : each.file !== undefined ? 'warn' : 'absent'} silent />
                    {t(`vault.custody.${each.confirmedAt !== undefined ? 'confirmed' : each.file !== undefined ? 'made' : 'waits'}`)}
                    {each.file === undefined ? null : <Age at={each.confirmedAt ?? each.file.at} className={styles.age ?? ''} />}
                  </span>
                </td>
                <td className={styles.actions}>
                  {kept === 0 ? null : each.file === undefined ? (
                    <>
                      <Button size="xs" onClick={() => setWork({ kind: 'make', custodian: each })}>
                        {t('vault.custody.handOut')}
                      </Button>
                      <ActionIcon
                        size={24}
                        aria-label={t('vault.custody.forget', { name: each.name })}
                        onClick={() => void forget.run({ stackId, custodian: each.id })}
                      >
                        <IconX size={14} stroke={1.5} />
                      </ActionIcon>
                    </>
                  ) : (
                    <>
                      {each.confirmedAt === undefined ? (
                        <Button size="xs" onClick={() => setWork({ kind: 'confirm', custodian: each })}>
                          {t('vault.custody.confirm')}
                        </Button>
                      ) : null}
                      <Button size="xs" variant="subtle" onClick={() => setWork({ kind: 'make', custodian: each })}>
                        {t('vault.custody.again')}
                      </Button>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </SmallTable>
      )}
      {kept > 0 && free > 0 && custodians.length > 0 ? <p className={styles.free}>{t('vault.custody.free', { count: free })}</p> : null}
      {work === undefined ? null : (
        <HandOutDialog stackId={stackId} custody={custody} work={work} onWork={setWork} onClose={() => setWork(undefined)} />
      )}
      {destroying ? (
        <DestroyDialog
          stackId={stackId}
          stackName={stackName}
          custody={custody}
          rootToken={rootToken}
          onClose={() => setDestroying(false)}
        />
      ) : null}
    </section>
  );
}
