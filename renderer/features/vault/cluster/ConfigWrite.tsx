import { Button, Select, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { KeyStore } from '../../../../shared/stacks.ts';
import { type ConfigStorage, configInput, storagesOf } from '../../../../shared/vaultConfig.ts';
import { ErrorNotice } from '../../../components/ErrorNotice.tsx';
import { EvidenceLine } from '../../../components/EvidenceLine.tsx';
import { useSentence, useWords } from '../../../locales/language.ts';
import { saveText } from '../../../rpc/files.ts';
import { useCall } from '../../../rpc/hooks.ts';
import { type PartProps, useSays } from '../parts.ts';
import styles from './cluster.module.css';

type Product = 'openbao' | 'vault';
const kinds = ['raft', 'file', 'etcd', 'consul'] as const;

/** Where the vendors' packages put things (vault.md 3.8). */
const places = {
  vault: { home: '/opt/vault', configFolder: '/etc/vault.d', binary: '/usr/local/bin/vault', user: 'vault' },
  openbao: { home: '/opt/openbao', configFolder: '/etc/openbao', binary: '/usr/local/bin/bao', user: 'openbao' },
} as const satisfies Record<Product, object>;

interface Draft {
  product: Product;
  form: 'hcl' | 'json';
  kind: ConfigStorage['kind'];
  apiAddr: string;
  clusterAddr: string;
  listen: string;
  cert: string;
  key: string;
  path: string;
  nodeId: string;
  peers: string;
  addresses: string;
  consul: string;
  lockMemory: boolean;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

function storageOf({ kind, path, nodeId, peers, addresses, consul }: Draft): unknown {
  if (kind === 'raft') return { kind, path, nodeId, peers: linesOf(peers) };
  if (kind === 'file') return { kind, path };
  if (kind === 'etcd') return { kind, addresses: linesOf(addresses) };
  return { kind, address: consul };
}

/** The files for a host, seen while the form is filled in; saved one by one. */
export function ConfigWrite({ store, says }: { store: KeyStore; says: PartProps['says'] }) {
  const { t } = useWords();
  const { sentence } = useSentence();
  const host = hostOf(store.nodes[0]?.url);
  const [draft, setDraft] = useState<Draft>({
    product: store.product,
    form: 'hcl',
    kind: 'raft',
    apiAddr: `https://${host}:8200`,
    clusterAddr: `https://${host}:8201`,
    listen: '0.0.0.0:8200',
    cert: `${places[store.product].home}/tls/tls.crt`,
    key: `${places[store.product].home}/tls/tls.key`,
    path: `${places[store.product].home}/data`,
    nodeId: `vault-${store.nodes.length + 1}`,
    peers: store.nodes.map(({ url }) => url).join('\n'),
    addresses: 'https://127.0.0.1:2379',
    consul: '127.0.0.1:8500',
    lockMemory: false,
  });
  const { product, form, apiAddr, clusterAddr, listen, cert, key, lockMemory } = draft;
  const { configFolder, binary, user } = places[product];
  const common = { product, form, apiAddr, clusterAddr, listen, cert, key, lockMemory, configFolder, binary, user };
  const read = configInput.safeParse({ ...common, storage: storageOf(draft) });
  const bad = new Set(read.success ? [] : read.error.issues.map(({ path }) => path.join('.')));
  const written = useCall('vault.writeConfig', read.success ? read.data : ({} as never), { enabled: read.success, keepPrevious: true });
  useSays(says, { commands: written.data?.commands });
  const wrong = (...paths: string[]): string | undefined =>
    [...bad].some((path) => paths.some((each) => path.startsWith(each))) ? t('vaultCluster.config.wrong') : undefined;
  const set = (next: Partial<Draft>): void => setDraft({ ...draft, ...next });
  /** What still lies where the other product's package puts it moves along. */
  function choose(next: Product): void {
    const moved = (path: string): string => path.replace(new RegExp(`^${places[product].home}/`), `${places[next].home}/`);
    const paths = { cert: moved(cert), key: moved(key), path: moved(draft.path) };
    set({ product: next, ...paths, ...(next === 'openbao' ? { kind: 'raft', lockMemory: false } : {}) });
  }
  const text = (name: 'apiAddr' | 'clusterAddr' | 'listen' | 'cert' | 'key' | 'path' | 'nodeId' | 'consul', ...paths: string[]) => (
    <TextInput
      label={t(`vaultCluster.config.${name}`)}
      error={wrong(...(paths.length > 0 ? paths : [name]))}
      classNames={{ input: 'sd-mono' }}
      value={draft[name]}
      spellCheck={false}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  );

  return (
    <>
      <section className={styles.section}>
        <div className={styles.form}>
          <div className={styles.pair}>
            <Select
              label={t('vaultCluster.config.product')}
              value={product}
              allowDeselect={false}
              data={[
                { value: 'vault', label: 'HashiCorp Vault' },
                { value: 'openbao', label: 'OpenBao' },
              ]}
              onChange={(value) => choose(value as Product)}
            />
            <Select
              label={t('vaultCluster.config.storage')}
              description={product === 'openbao' ? t('vaultCluster.config.notIn') : undefined}
              value={draft.kind}
              allowDeselect={false}
              data={kinds.map((value) => ({
                value,
                label: t(`vaultCluster.config.storages.${value}`),
                disabled: !(storagesOf[product] as readonly string[]).includes(value),
              }))}
              onChange={(value) => set({ kind: value as ConfigStorage['kind'] })}
            />
            <Select
              label={t('vaultCluster.config.form')}
              value={form}
              allowDeselect={false}
              data={[
                { value: 'hcl', label: 'HCL' },
                { value: 'json', label: 'JSON' },
              ]}
              onChange={(value) => set({ form: value as 'hcl' | 'json' })}
            />
          </div>
          <div className={styles.pair}>
            {text('apiAddr')}
            {text('clusterAddr')}
            {text('listen')}
            {text('cert')}
            {text('key')}
            {draft.kind === 'raft' || draft.kind === 'file' ? text('path', 'storage.path') : null}
            {draft.kind === 'raft' ? text('nodeId', 'storage.nodeId') : null}
            {draft.kind === 'consul' ? text('consul', 'storage.address') : null}
          </div>
          {draft.kind === 'raft' ? (
            <Textarea
              label={t('vaultCluster.config.peers')}
              description={t('vaultCluster.config.peersWhy')}
              error={wrong('storage.peers')}
              classNames={{ input: 'sd-mono' }}
              value={draft.peers}
              autosize
              onChange={(event) => set({ peers: event.currentTarget.value })}
            />
          ) : null}
          {draft.kind === 'etcd' ? (
            <Textarea
              label={t('vaultCluster.config.addresses')}
              description={t('vaultCluster.config.addressesWhy')}
              error={wrong('storage.addresses')}
              classNames={{ input: 'sd-mono' }}
              value={draft.addresses}
              autosize
              onChange={(event) => set({ addresses: event.currentTarget.value })}
            />
          ) : null}
          <Switch
            label={t('vaultCluster.config.lock')}
            description={t('vaultCluster.config.lockWhy')}
            checked={lockMemory}
            disabled={product === 'openbao'}
            onChange={(event) => set({ lockMemory: event.currentTarget.checked })}
          />
        </div>
        {written.error ? <ErrorNotice error={written.error} /> : null}
        {written.data?.notes.map((note) => (
          <EvidenceLine key={note.code} mark="info">
            {sentence(note)}
          </EvidenceLine>
        ))}
      </section>
      {read.success
        ? written.data?.files.map(({ path, mode, content, why }) => (
            <section key={path} className={styles.section}>
              <div className={styles.fileHead}>
                <h2 className="sd-mono">
                  {path} <span className={styles.quiet}>{mode}</span>
                </h2>
                <Button
                  size="xs"
                  aria-label={t('vaultCluster.config.saveFile', { file: path })}
                  onClick={() => saveText(path.split('/').at(-1) ?? path, content, 'text/plain')}
                >
                  {t('vaultCluster.config.save')}
                </Button>
              </div>
              <p>{sentence(why)}</p>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
              <pre className={styles.file} tabIndex={0}>
                {content}
              </pre>
            </section>
          ))
        : null}
    </>
  );
}

function hostOf(url: string | undefined): string {
  return url !== undefined && URL.canParse(url) ? new URL(url).hostname : 'vault.example.org';
}
