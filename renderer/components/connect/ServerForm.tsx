import { TextInput } from '@mantine/core';
import { type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import type { TrustInput } from '../../../shared/connect.ts';
import type { ServerKind, StackCa } from '../../../shared/stacks.ts';
import { useWords } from '../../locales/language.ts';
import type { Input } from '../../rpc/client.ts';
import { addressIn, completed, usualPorts } from './address.ts';
import { CredentialFields, type CredentialHandle, type ImportedCredential } from './CredentialFields.tsx';
import styles from './connect.module.css';
import { TrustChoice, type UnfinishedTrust } from './TrustChoice.tsx';

/** What `connect.save` gets of one server, but for the stack. */
export type ServerValues = Omit<Input<'connect.save'>, 'stackId'>;
export type ServerPart = 'address' | 'trust' | 'credential' | 'engine';

export interface ServerFormHandle {
  /** What was typed, secrets once. `empty`: no address, the server is left out. `wrong`: said at its field. */
  values(): Promise<ServerValues | 'empty' | 'wrong'>;
  /** The completed address, if it is one. */
  address(): string | undefined;
  /** Puts in an address that was found elsewhere. */
  fill(url: string): void;
}

/** What the stack's document already says of the server. */
export interface KnownServer {
  readonly url: string;
  readonly ca: StackCa | undefined;
  readonly credential: boolean;
  /** Vault: where KES keeps its keys. MinIO: its default key. */
  readonly engine?: ServerValues['engine'];
  readonly defaultKey?: string | undefined;
}

interface ServerFormProps {
  kind: ServerKind;
  known: KnownServer | undefined;
  local?: boolean;
  imported?: ImportedCredential | undefined;
  onForgetImported?(): void;
  /** The address was typed or changed, and is one. */
  onAddress?(url: string): void;
  /** Which parts are asked for; all of them unless one is to be mended. */
  parts?: readonly ServerPart[];
  layout: 'wide' | 'stacked';
  /** Nothing is saved before somebody vouches. Where lights are tested afterwards, they say it. */
  needsTrust?: boolean;
  ref: Ref<ServerFormHandle>;
}

const all: readonly ServerPart[] = ['address', 'trust', 'credential'];

/** One server that runs already: where it is, who vouches for it, and who Sealdeck is there. */
export function ServerForm(props: ServerFormProps) {
  const { kind, known, local = false, imported, onForgetImported, onAddress, parts = all, layout, needsTrust = false, ref } = props;
  const { t } = useWords();
  const [typed, setTyped] = useState(known?.url ?? '');
  const [looked, setLooked] = useState(known?.url);
  const [trust, setTrust] = useState<TrustInput | undefined>(undefined);
  const [unfinished, setUnfinished] = useState<UnfinishedTrust | undefined>(undefined);
  const [told, setTold] = useState(false);
  const [wrong, setWrong] = useState(false);
  const [extra, setExtra] = useState<Pick<ServerValues, 'engine' | 'defaultKey'>>({});
  const credential = useRef<CredentialHandle>(null);
  const nobody = needsTrust && trust === undefined && known?.ca === undefined;
  const missing = unfinished ?? (nobody ? 'nobody' : undefined);
  // Known later than shown: another window, or a value that was put in by an import.
  const knownUrl = known?.url;
  useEffect(() => {
    if (knownUrl === undefined) return;
    setTyped((now) => (now.trim() === '' ? knownUrl : now));
    setLooked((now) => now ?? knownUrl);
  }, [knownUrl]);

  function settle(text: string): void {
    const url = addressIn(kind, text);
    setWrong(text.trim() !== '' && url === undefined);
    if (url !== undefined) setTyped(completed(kind, text));
    if (url === looked) return;
    setLooked(url);
    if (url !== undefined) onAddress?.(url);
  }

  useImperativeHandle(ref, () => ({
    address: () => addressIn(kind, typed),
    fill(url) {
      setTyped(url);
      settle(url);
    },
    async values() {
      if (typed.trim() === '' && parts.length > 1) return 'empty';
      const url = addressIn(kind, typed);
      setWrong(url === undefined);
      setTold(true);
      if (url === undefined || missing !== undefined) return 'wrong';
      const login = parts.includes('credential') ? await credential.current?.take() : 'none';
      if (login === 'incomplete') return 'wrong';
      return {
        kind,
        url,
        ...(trust === undefined ? {} : { trust }),
        ...(login === undefined || login === 'none' ? {} : { credential: login }),
        ...extra,
      };
    },
  }));

  const shown = looked !== undefined || parts.length < all.length;
  return (
    <div className={styles.server} data-layout={layout}>
      <div className={styles.column}>
        {parts.includes('address') ? (
          <TextInput
            label={t('connect.address')}
            description={shown ? undefined : t(`connect.addressWhy.${kind}`)}
            error={wrong ? t('connect.addressWrong') : undefined}
            placeholder={`https://${kind}.example.net:${usualPorts[kind]}`}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            onBlur={(event) => settle(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') settle(event.currentTarget.value);
            }}
            autoComplete="off"
            spellCheck={false}
            classNames={{ input: 'sd-mono' }}
          />
        ) : null}
        {parts.includes('credential') && shown ? (
          <CredentialFields
            kind={kind}
            kept={known?.credential ?? false}
            imported={imported}
            {...(onForgetImported ? { onForgetImported } : {})}
            ref={credential}
          />
        ) : null}
        {(parts.length > 1 && shown) || parts.includes('engine') ? (
          <Extra kind={kind} known={known} open={parts.length === 1} onChange={setExtra} />
        ) : null}
      </div>
      {parts.includes('trust') && shown ? (
        <TrustChoice
          key={looked ?? ''}
          url={looked}
          kept={known?.ca}
          local={local}
          onChange={(next, open) => {
            setTrust(next);
            setUnfinished(open);
            setTold(false);
          }}
          error={told && missing !== undefined ? t(`connect.trust.unfinished.${missing}`) : undefined}
        />
      ) : null}
    </div>
  );
}

/** What the servers do not tell by themselves: where KES keeps its keys, and which one MinIO uses. Most leave it. */
function Extra({
  kind,
  known,
  open,
  onChange,
}: {
  kind: ServerKind;
  known: KnownServer | undefined;
  open: boolean;
  onChange(extra: Pick<ServerValues, 'engine' | 'defaultKey'>): void;
}) {
  const { t } = useWords();
  const [engine, setEngine] = useState<NonNullable<ServerValues['engine']>>(known?.engine ?? { mount: 'kv', version: 2, prefix: 'minio' });
  const [key, setKey] = useState(known?.defaultKey ?? '');
  if (kind === 'kes') return null;
  function change(values: Partial<typeof engine>): void {
    const next = { ...engine, ...values };
    setEngine(next);
    onChange({ engine: next });
  }
  return (
    <details className={styles.extra} open={open || undefined}>
      <summary>{t(`connect.extra.${kind}`)}</summary>
      {kind === 'vault' ? (
        <div className={styles.extraFields}>
          <TextInput
            label={t('connect.extra.mount')}
            value={engine.mount}
            onChange={(event) => change({ mount: event.currentTarget.value })}
            classNames={{ input: 'sd-mono' }}
          />
          <TextInput
            label={t('connect.extra.prefix')}
            value={engine.prefix}
            onChange={(event) => change({ prefix: event.currentTarget.value })}
            classNames={{ input: 'sd-mono' }}
          />
          <label className={styles.version}>
            <span className={styles.label}>{t('connect.extra.version')}</span>
            <select value={engine.version} onChange={(event) => change({ version: event.currentTarget.value === '1' ? 1 : 2 })}>
              <option value="2">kv v2</option>
              <option value="1">kv v1</option>
            </select>
          </label>
        </div>
      ) : (
        <TextInput
          label={t('connect.extra.defaultKey')}
          description={t('connect.extra.defaultKeyWhy')}
          value={key}
          onChange={(event) => {
            setKey(event.currentTarget.value);
            if (event.currentTarget.value.trim() !== '') onChange({ defaultKey: event.currentTarget.value.trim() });
          }}
          classNames={{ input: 'sd-mono' }}
        />
      )}
    </details>
  );
}
