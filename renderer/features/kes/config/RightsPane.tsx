import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { type KesAct, needs, operations, pathOf, type RightsModel, trapOf, verdictOf } from '../../../../shared/kesRules.ts';
import type { StackSummary } from '../../../components/currentStack.ts';
import { DrawerContent } from '../../../components/drawer.tsx';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceLine } from '../../../components/EvidenceLine.tsx';
import { EngineButton } from '../../../components/engine/EngineButton.tsx';
import { FormDialog, FormFoot } from '../../../components/FormDialog.tsx';
import { PageHeader } from '../../../components/PageHeader.tsx';
import { SecretField, type SecretFieldHandle } from '../../../components/SecretField.tsx';
import { useWords } from '../../../locales/language.ts';
import type { Output } from '../../../rpc/client.ts';
import { useAction, useCall } from '../../../rpc/hooks.ts';
import { RightsTable, type Who } from './RightsTable.tsx';
import styles from './rights.module.css';
import { Why } from './Why.tsx';

type Rights = Output<'kes.rights'>;

/** Who may do what with which key? */
export function RightsPane({ stack }: { stack: StackSummary }) {
  const { t } = useWords();
  const asked = useCall('kes.rights', { stackId: stack.id });
  if (asked.data) return <Known stack={stack} rights={asked.data} />;
  return (
    <>
      <PageHeader question={t('kesConfig.rights.question')} />
      <div className={styles.notice}>
        {asked.error ? <ErrorNotice error={asked.error} /> : <p className={styles.quiet}>{t('kesConfig.loading')}</p>}
      </div>
      <DrawerContent commands={[]} evidence={[]} />
    </>
  );
}

function Known({ stack, rights }: { stack: StackSummary; rights: Rights }) {
  const { t } = useWords();
  const standard = rights.defaultKey ?? 'minio-default';
  const [key, setKey] = useState(standard);
  const [matching, setMatching] = useState(rights.model.matching);
  const [more, setMore] = useState<readonly Who[]>([]);
  const [chosen, setChosen] = useState<{ hash: string; act: KesAct } | undefined>(undefined);
  const [adding, setAdding] = useState(false);
  const name = key.trim() === '' ? standard : key.trim();
  const asksFor = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,78}$/.test(name) ? name : standard;
  const live = useCall('kes.tryRights', { stackId: stack.id, key: asksFor }, { keepPrevious: true });
  const model: RightsModel = { ...rights.model, matching };
  const tried = live.data?.tried ?? [];
  const other = tried.filter(({ allowed, expected }) => allowed !== undefined && allowed !== expected);
  const people = peopleOf(rights, more);
  const minio = rights.identities.find((one) => one.name === 'MinIO');
  const lacks = minio ? lacking(model, minio.hash, name) : [];

  return (
    <div className={styles.page}>
      <PageHeader
        question={t('kesConfig.rights.question')}
        answer={
          other.length > 0
            ? { mark: 'fail', text: t('kesConfig.rights.differs', { count: other.length }) }
            : lacks.some(({ need }) => need === 'always')
              ? { mark: 'fail', text: t('kesConfig.rights.minioLacks', { key: name }) }
              : live.data
                ? {
                    mark: 'ok',
                    text: t('kesConfig.rights.agrees', { count: tried.length, people: new Set(tried.map((one) => one.identity)).size }),
                  }
                : { mark: 'absent', text: t('kesConfig.rights.asking') }
        }
        actions={<Button onClick={() => setAdding(true)}>{t('kesConfig.rights.other')}</Button>}
      />
      <div className={styles.bar}>
        <TextInput
          label={t('kesConfig.rights.key')}
          classNames={{ input: 'sd-mono' }}
          value={key}
          spellCheck={false}
          onChange={(event) => setKey(event.currentTarget.value)}
        />
        <div>
          <span className={styles.label}>{t('kesConfig.rights.matching')}</span>
          <SegmentedControl
            aria-label={t('kesConfig.rights.matching')}
            value={matching}
            onChange={(next) => setMatching(next as typeof matching)}
            data={[
              { value: 'prefix', label: t('kesConfig.source.prefix') },
              { value: 'glob', label: t('kesConfig.source.glob') },
            ]}
          />
        </div>
        <p className={styles.from}>{t(`kesConfig.rights.from.${rights.from}`, { path: rights.path ?? '' })}</p>
      </div>
      {live.error ? (
        <div className={styles.notice}>
          <ErrorNotice error={live.error} />
        </div>
      ) : null}
      <div className={styles.body}>
        <RightsTable
          model={model}
          people={people}
          keyName={name}
          tried={matching === rights.model.matching ? tried : []}
          chosen={chosen}
          onChoose={setChosen}
        />
        {chosen ? <Why model={model} who={people.find(({ hash }) => hash === chosen.hash)} path={pathOf(chosen.act, name)} /> : null}
        <div className={styles.lists}>
          <Needs title={t('kesConfig.rights.minioNeeds')} of="minio" model={model} hash={minio?.hash} keyName={name} />
          <Needs
            title={t('kesConfig.rights.operatorNeeds')}
            of="operator"
            model={model}
            hash={rights.identities.find((one) => one.name === 'Sealdeck')?.hash}
            keyName={name}
          />
          <Traps model={model} />
        </div>
      </div>
      {adding ? (
        <AddIdentity
          stackId={stack.id}
          onClose={() => setAdding(false)}
          onAdd={(who) => {
            setMore((list) => [...list.filter(({ hash }) => hash !== who.hash), who]);
            setAdding(false);
          }}
        />
      ) : null}
      <DrawerContent
        commands={[]}
        evidence={[]}
        lines={tried.map(({ identity, path, status, allowed, expected }) => ({
          mark: allowed === undefined ? 'unknown' : allowed === expected ? 'ok' : 'fail',
          text: `${people.find(({ hash }) => hash === identity)?.name ?? identity.slice(0, 8)}: ${status} ${path}`,
          at: live.data?.at ?? '',
        }))}
      />
    </div>
  );
}

/** Those of the policies, the administrator, then those that were asked about. */
function peopleOf({ model, identities }: Rights, more: readonly Who[]): Who[] {
  const hashes = [
    ...(model.admin !== undefined && /^[0-9a-f]{64}$/i.test(model.admin) ? [model.admin] : []),
    ...model.members.map(({ identity }) => identity),
  ];
  const all = [...hashes, ...identities.filter(({ held }) => held).map(({ hash }) => hash)].map((hash): Who => {
    const known = identities.find((one) => one.hash === hash);
    return { hash, name: known?.name, public: known?.public ?? false };
  });
  return [...new Map([...all, ...more].map((who) => [who.hash, who])).values()];
}

function lacking(model: RightsModel, hash: string, key: string): { act: KesAct; need: 'always' | 'helps' | 'never' }[] {
  return operations.flatMap((act) => {
    const need = needs.minio[act];
    return need === undefined || need === 'never' || verdictOf(model, hash, pathOf(act, key)).allowed ? [] : [{ act, need }];
  });
}

interface NeedsProps {
  title: string;
  of: keyof typeof needs;
  model: RightsModel;
  hash: string | undefined;
  keyName: string;
}

/** What a role wants, and whether its identity has it; a missing right with the line that gives it. */
function Needs({ title, of, model, hash, keyName }: NeedsProps) {
  const { t } = useWords();
  const may = (act: KesAct): boolean => hash !== undefined && verdictOf(model, hash, pathOf(act, keyName)).allowed;
  const wanted = hash === undefined ? [] : operations.filter((act) => needs[of][act] !== undefined);
  const has = wanted.filter((act) => needs[of][act] !== 'never' && may(act));
  const lacks = wanted.filter((act) => needs[of][act] !== 'never' && !may(act));
  const much = wanted.filter((act) => needs[of][act] === 'never' && may(act));
  return (
    <section>
      <h2>{title}</h2>
      {hash === undefined ? <p className={styles.quiet}>{t('kesConfig.rights.nobody')}</p> : null}
      {has.length > 0 ? (
        <EvidenceLine mark={lacks.length === 0 ? 'ok' : 'info'}>{t('kesConfig.rights.has', { acts: has.join(', ') })}</EvidenceLine>
      ) : null}
      {lacks.map((act) => (
        <EvidenceLine key={act} mark={needs[of][act] === 'always' ? 'fail' : 'warn'}>
          {t(`kesConfig.rights.${needs[of][act] === 'always' ? 'always' : 'helps'}`, { act, rule: ruleFor(act, keyName) })}
        </EvidenceLine>
      ))}
      {much.map((act) => (
        <EvidenceLine key={act} mark="warn">
          {t('kesConfig.rights.tooMuch', { act })}
        </EvidenceLine>
      ))}
    </section>
  );
}

/** The rule that gives it, for keys that begin alike. */
function ruleFor(act: KesAct, key: string): string {
  const prefix = /^[A-Za-z0-9_]+-/.exec(key)?.[0] ?? key;
  return pathOf(act, key).endsWith(`/${key}`) ? pathOf(act, `${prefix}*`) : pathOf(act, key);
}

/** Rules of today's form that do not do what they seem to. */
function Traps({ model }: { model: RightsModel }) {
  const { t } = useWords();
  const traps = model.rules.flatMap((one) => {
    const trap = model.matching === 'prefix' ? trapOf(one.rule) : undefined;
    return trap === undefined ? [] : [{ ...one, trap }];
  });
  return (
    <section>
      <h2>{t('kesConfig.rights.traps')}</h2>
      {traps.length === 0 ? <p className={styles.quiet}>{t('kesConfig.rights.noTraps')}</p> : null}
      {traps.map(({ policy, list, rule, trap, line }) => (
        <EvidenceLine key={`${policy}${list}${rule}`} mark={list === 'deny' ? 'fail' : 'warn'}>
          <code className="sd-mono">{rule}</code> {t(`kesConfig.trap.${trap}`)}
          {list === 'deny' ? ` ${t('kesConfig.trap.deny')}` : ''}
          {line === undefined ? ` (${policy})` : ` (${t('kesConfig.rights.at', { policy, line })})`}
        </EvidenceLine>
      ))}
    </section>
  );
}

/** A hash, a certificate or an API key, so that its row can be seen beside the others. */
function AddIdentity({ stackId, onClose, onAdd }: { stackId: string; onClose(): void; onAdd(who: Who): void }) {
  const { t } = useWords();
  const ask = useAction('kes.identityOf');
  const field = useRef<SecretFieldHandle>(null);
  const [filled, setFilled] = useState(false);
  async function add(): Promise<void> {
    if (!filled) return;
    const found = await ask.run({ stackId, given: field.current?.take() ?? '' });
    if (found) onAdd({ hash: found.hash, name: found.known?.name, public: found.known?.public ?? false });
  }
  return (
    <FormDialog title={t('kesConfig.rights.add')} onClose={onClose} onSubmit={() => void add()}>
      <SecretField
        ref={field}
        label={t('kesConfig.rights.given')}
        description={t('kesConfig.rights.givenWhy')}
        onFilled={setFilled}
        error={undefined}
      />
      {ask.error ? <ErrorNotice error={ask.error} /> : null}
      <FormFoot>
        <Button variant="subtle" onClick={onClose}>
          {t('kesConfig.source.cancel')}
        </Button>
        <EngineButton type="submit" loading={ask.pending} disabled={!filled}>
          {t('kesConfig.rights.show')}
        </EngineButton>
      </FormFoot>
    </FormDialog>
  );
}
