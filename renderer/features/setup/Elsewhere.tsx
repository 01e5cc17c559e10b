import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { nodesOf, serverNames, wayOf } from '../../../shared/servers.ts';
import type { StepId } from '../../../shared/setup.ts';
import type { ServerKind, Stack } from '../../../shared/stacks.ts';
import { CopyValue } from '../../components/CopyValue.tsx';
import { hostOf } from '../../components/connect/address.ts';
import { knownServer } from '../../components/connect/knownServer.ts';
import { ServerForm, type ServerFormHandle } from '../../components/connect/ServerForm.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { Fact } from '../../components/Fact.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction } from '../../rpc/hooks.ts';
import styles from './elsewhere.module.css';

/** Which server a step brings up, and whether its own form says anything where others run that server. */
const about: Partial<Record<StepId, { kind: ServerKind; formToo: boolean }>> = {
  vault: { kind: 'vault', formToo: false },
  kes: { kind: 'kes', formToo: true },
  minio: { kind: 'minio', formToo: true },
};

/** What the step says of a server that is not here: undefined when it is here, or the step is about none. */
export function elsewhereOf(stack: Stack, step: StepId): { kind: ServerKind; way: 'api' | 'handedOver'; formToo: boolean } | undefined {
  const of = about[step];
  const way = of && wayOf(stack, of.kind);
  return of && (way === 'api' || way === 'handedOver') ? { ...of, way, formToo: of.formToo || way === 'handedOver' } : undefined;
}

/** By API: who vouches for the server and who Sealdeck is there. Handed over: where the files lie and where they belong. */
export function Elsewhere({ stack, step }: { stack: Stack; step: StepId }) {
  const found = elsewhereOf(stack, step);
  if (!found) return null;
  return found.way === 'api' ? <ByApi key={found.kind} stack={stack} kind={found.kind} /> : <HandedOver stack={stack} kind={found.kind} />;
}

function ByApi({ stack, kind }: { stack: Stack; kind: ServerKind }) {
  const { t } = useWords();
  const queries = useQueryClient();
  const save = useAction('connect.save');
  const form = useRef<ServerFormHandle>(null);
  const known = knownServer(stack, kind);
  const [changing, setChanging] = useState(false);
  const server = serverNames[kind];

  async function submit(): Promise<void> {
    const values = await form.current?.values();
    if (values === undefined || values === 'wrong' || values === 'empty') return;
    const { url: _, ...rest } = values;
    if (!(await save.run({ stackId: stack.id, ...rest }))) return;
    setChanging(false);
    // Plans are made of what servers answer, and this one may answer now.
    await queries.invalidateQueries({ queryKey: ['setup.plan'] });
  }

  if (known?.ca !== undefined && !changing) {
    return (
      <section className={styles.known}>
        <p>{t('setup.ways.connected', { server, host: hostOf(known.url) })}</p>
        <Button size="xs" onClick={() => setChanging(true)}>
          {t('setup.ways.change')}
        </Button>
      </section>
    );
  }
  return (
    <section className={styles.connect}>
      <h2>{t('setup.ways.connect', { server })}</h2>
      <p>{t('setup.ways.connectWhy', { host: hostOf(known?.url ?? '') })}</p>
      <ServerForm
        kind={kind}
        known={known}
        local={stack.cas.some(({ id }) => id === 'local')}
        parts={['trust', 'credential']}
        layout="stacked"
        needsTrust
        ref={form}
      />
      {save.error ? <ErrorNotice error={save.error} /> : null}
      <div>
        <EngineButton loading={save.pending} onClick={() => void submit()}>
          {t('setup.ways.save', { server })}
        </EngineButton>
      </div>
    </section>
  );
}

function HandedOver({ stack, kind }: { stack: Stack; kind: ServerKind }) {
  const { t } = useWords();
  const [node] = nodesOf(stack, kind);
  const server = serverNames[kind];
  return (
    <section className={styles.connect}>
      <h2>{t('setup.ways.handOver', { server })}</h2>
      <p>{t('setup.ways.handOverWhy', { server })}</p>
      <dl className={styles.facts}>
        <Fact label={t('setup.ways.liesHere')}>
          <CopyValue value={`${stack.folder}/handover/${kind}`} longest={44} />
        </Fact>
        <Fact label={t('setup.ways.belongsThere')}>
          <CopyValue value={node?.hostFolder ?? ''} longest={52} />
        </Fact>
        <Fact label={t('setup.ways.waitsFor')}>
          <span className="sd-mono">{hostOf(node?.url ?? '')}</span>
        </Fact>
      </dl>
    </section>
  );
}
