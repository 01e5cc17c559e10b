import { Button, TextInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { Link } from 'wouter';
import { AppError } from '../../../shared/rpc/errors.ts';
import { serverKinds, serverNames } from '../../../shared/servers.ts';
import type { ServerKind, Stack } from '../../../shared/stacks.ts';
import type { ImportedCredential } from '../../components/connect/CredentialFields.tsx';
import { givenKinds, knownServer } from '../../components/connect/knownServer.ts';
import { ServerForm, type ServerFormHandle } from '../../components/connect/ServerForm.tsx';
import { useCurrentStack } from '../../components/currentStack.ts';
import { DrawerContent } from '../../components/drawer.tsx';
import { ErrorNotice } from '../../components/ErrorNotice.tsx';
import { EngineButton } from '../../components/engine/EngineButton.tsx';
import { HopIcon } from '../../components/HopPicture.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { StoreChoice, type StoreChoiceHandle } from '../../components/StoreChoice.tsx';
import { StoreUnlock } from '../../components/StoreForms.tsx';
import { useWords } from '../../locales/language.ts';
import { useAction, useCall, useClient } from '../../rpc/hooks.ts';
import styles from './connect.module.css';
import { lookCommands } from './connectCommands.ts';
import { type Environment, EnvironmentFound, Imports } from './Imports.tsx';
import { useDraft } from './useDraft.ts';

interface ServersStepProps {
  stack: Stack | undefined;
  stackId: string | undefined;
  onMade(stackId: string): void;
  onTest(stackId: string): void;
}

/** Step 1: where the servers are, who vouches for each, and who Sealdeck is there. Any of them may be left out. */
export function ServersStep({ stack, stackId, onMade, onTest }: ServersStepProps) {
  const { t } = useWords();
  const client = useClient();
  const { stacks } = useCurrentStack();
  const store = useCall('store.status', {}).data;
  const rename = useAction('stacks.rename');
  const draft = useDraft(stackId, onMade);
  const [name, setName] = useState<string | undefined>(undefined);
  const [urls, setUrls] = useState<Partial<Record<ServerKind, string>>>({});
  const [imported, setImported] = useState<ImportedCredential | undefined>(undefined);
  const [environment, setEnvironment] = useState<Environment | undefined>(undefined);
  const [errors, setErrors] = useState<Partial<Record<ServerKind, AppError>>>({});
  const [sending, setSending] = useState(false);
  const [none, setNone] = useState(false);
  const choice = useRef<StoreChoiceHandle>(null);
  const vault = useRef<ServerFormHandle>(null);
  const kes = useRef<ServerFormHandle>(null);
  const minio = useRef<ServerFormHandle>(null);
  const forms = { vault, kes, minio };
  const others = stacks.filter((each) => each.draft && each.origin === 'connected' && each.id !== stackId);
  const dialled = serverKinds.flatMap((kind) => {
    const url = urls[kind] ?? knownServer(stack, kind)?.url;
    return url === undefined ? [] : [url];
  });

  async function saveOne(id: string, kind: ServerKind, values: Parameters<typeof client.call<'connect.save'>>[1]): Promise<boolean> {
    try {
      await client.call('connect.save', values);
      setErrors(({ [kind]: _, ...rest }) => rest);
      return true;
    } catch (error) {
      setErrors((before) => ({ ...before, [kind]: error instanceof AppError ? error : new AppError('internal', { incident: id }) }));
      return false;
    }
  }

  /** An address is kept as soon as it is one, if there is a store to keep a draft's secrets later. */
  async function keepAddress(kind: ServerKind, url: string): Promise<void> {
    setUrls((before) => ({ ...before, [kind]: url }));
    setNone(false);
    if (store?.state !== 'open') return;
    const id = await draft.ensure(name ?? '', url);
    if (id !== undefined) await saveOne(id, kind, { stackId: id, kind, url });
  }

  async function test(): Promise<void> {
    const first = serverKinds.map((kind) => forms[kind].current?.address()).find((url) => url !== undefined);
    setNone(first === undefined);
    if (first === undefined) return;
    setSending(true);
    try {
      if (store?.state === 'absent' && !(await choice.current?.make())) return;
      const id = await draft.ensure(name ?? '', first);
      if (id === undefined) return;
      let fine = true;
      for (const kind of serverKinds) {
        const values = await forms[kind].current?.values();
        if (values === undefined || values === 'wrong') fine = false;
        else if (values === 'empty') {
          if (stack && givenKinds(stack).includes(kind)) await client.call('connect.forget', { stackId: id, kind });
        } else {
          const named = kind === 'minio' && environment?.defaultKey !== undefined ? { defaultKey: environment.defaultKey } : {};
          if (!(await saveOne(id, kind, { stackId: id, ...named, ...values }))) fine = false;
        }
      }
      if (fine) onTest(id);
    } finally {
      setSending(false);
    }
  }

  return (
    <form
      className="sd-fill"
      onSubmit={(event) => {
        event.preventDefault();
        if (!sending) void test();
      }}
    >
      <div className={styles.scroll} data-scroll>
        <PageHeader
          above={t('connect.step', { at: 1 })}
          question={t('connect.servers.question')}
          answer={{ mark: 'info', text: t('connect.servers.answer') }}
          actions={
            <Imports
              onAlias={(found, alias) => {
                minio.current?.fill(alias.url);
                setImported({ source: found, alias: alias.name, user: alias.accessKey });
              }}
              onEnvironment={(found) => {
                setEnvironment(found);
                if (found.kesUrl !== undefined) kes.current?.fill(found.kesUrl);
                if (found.user !== undefined) setImported({ source: found.source, user: found.user });
              }}
            />
          }
        />
        {others.length > 0 && stackId === undefined ? (
          <p className={styles.drafts}>
            {t('connect.servers.drafts')}{' '}
            {others.map((each) => (
              <Link key={each.id} href={`/connect/${each.id}/servers`}>
                {each.name}
              </Link>
            ))}
          </p>
        ) : null}
        {store?.state === 'locked' ? (
          <section className={styles.store}>
            <h2>{t('setup.store.locked')}</h2>
            <p>{t('setup.store.lockedText')}</p>
            <StoreUnlock status={store} />
          </section>
        ) : null}
        <section className={styles.about}>
          <TextInput
            label={t('connect.servers.name')}
            description={t('connect.servers.nameWhy')}
            value={name ?? stack?.name ?? ''}
            maxLength={40}
            onChange={(event) => setName(event.currentTarget.value)}
            onBlur={() => {
              const wanted = (name ?? '').trim();
              if (stack && wanted !== '' && wanted !== stack.name) void rename.run({ id: stack.id, name: wanted });
            }}
            autoComplete="off"
            spellCheck={false}
          />
          {store?.state === 'absent' ? <StoreChoice keychain={store.keychain} onMode={() => undefined} ref={choice} /> : null}
        </section>
        {rename.error ? <ErrorNotice error={rename.error} /> : null}
        {serverKinds.map((kind) => (
          <section key={kind} className={styles.server} aria-labelledby={`connect-${kind}`}>
            <div className={styles.whose}>
              <h2 id={`connect-${kind}`}>
                <HopIcon id={kind} size={18} />
                {serverNames[kind]}
              </h2>
              <p>{t(`connect.servers.why.${kind}`)}</p>
            </div>
            <div>
              <ServerForm
                kind={kind}
                known={knownServer(stack, kind)}
                imported={kind === 'minio' ? imported : undefined}
                onForgetImported={() => setImported(undefined)}
                onAddress={(url) => void keepAddress(kind, url)}
                layout="wide"
                ref={forms[kind]}
              />
              {kind === 'minio' && environment ? <EnvironmentFound found={environment} /> : null}
              {errors[kind] ? <ErrorNotice error={errors[kind]} /> : null}
            </div>
          </section>
        ))}
        {draft.error ? <ErrorNotice error={draft.error} /> : null}
      </div>
      <footer className="sd-foot">
        <span className={styles.note} role="status">
          {none ? t('connect.servers.needOne') : t(stackId === undefined ? 'connect.servers.notYet' : 'connect.servers.draft')}
        </span>
        {stack?.draft ? (
          <Button variant="subtle" component={Link} href="/stack">
            {t('connect.servers.discard')}
          </Button>
        ) : null}
        <EngineButton type="submit" variant="filled" loading={sending} disabled={store === undefined || store.state === 'locked'}>
          {t('connect.servers.action')}
        </EngineButton>
      </footer>
      <DrawerContent commands={lookCommands(dialled)} evidence={[]} />
    </form>
  );
}
