import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { valuesOf } from './places.ts';
import { readPlaces } from './read.ts';

const only = (content: string, name = 'file') => {
  const [place, ...others] = readPlaces(content, name);
  expect(others).toEqual([]);
  return { ...place, values: Object.fromEntries(valuesOf(place ?? { entries: [] })) };
};

describe('where MinIO’s variables are written', () => {
  it('an environment file', () => {
    expect(only('# a comment\nMINIO_ROOT_USER=ops\nMINIO_ROOT_PASSWORD="a b$c"\nMINIO_OPTS=\n')).toMatchObject({
      form: 'environment',
      values: { MINIO_ROOT_USER: 'ops', MINIO_ROOT_PASSWORD: 'a b$c', MINIO_OPTS: '' },
      entries: [{ line: 2 }, { line: 3 }, { line: 4 }],
    });
  });

  it('a systemd unit, with its files and its quotes', () => {
    const unit = [
      '[Unit]',
      'Description=MinIO',
      '[Service]',
      'Environment=MINIO_OLD=gone',
      'Environment=',
      'Environment=MINIO_ACCESS_KEY=minio "MINIO_SECRET_KEY=with blank" \'MINIO_X=100%%\' \\',
      '# between',
      '  MINIO_KMS_KES_ENDPOINT=https://kes:7373',
      'Environment=MINIO_ROOT_PASSWORD_FILE=%d/password',
      'EnvironmentFile=-/etc/default/minio',
      'LoadCredential=password:/etc/minio/password',
    ].join('\n');
    expect(only(unit)).toMatchObject({
      form: 'unit',
      values: {
        MINIO_ACCESS_KEY: 'minio',
        MINIO_SECRET_KEY: 'with blank',
        MINIO_X: '100%',
        MINIO_KMS_KES_ENDPOINT: 'https://kes:7373',
      },
      elsewhere: ['/etc/default/minio', '/etc/minio/password'],
    });
    expect(only(unit).values).not.toHaveProperty('MINIO_OLD');
    expect(only(unit).values).not.toHaveProperty('MINIO_ROOT_PASSWORD_FILE');
  });

  it('a compose file, as a map, as a list and with what the shell gives', () => {
    const compose = `
services:
  web: { image: nginx, environment: { A: b } }
  minio:
    image: quay.io/minio/minio
    environment:
      MINIO_ROOT_USER: \${ROOT_USER:-ops}
      MINIO_ROOT_PASSWORD: \${ROOT_PASSWORD}
      MINIO_KMS_KES_KEY_NAME: "a$$b"
      MINIO_KMS_AUTO_ENCRYPTION: on
    env_file: [./minio.env]
  second:
    image: my/store
    environment:
      - MINIO_ACCESS_KEY=minio
      - MINIO_SECRET_KEY
`;
    const [first, second, ...others] = readPlaces(compose, 'compose.yaml');
    expect(others).toEqual([]);
    expect(first).toMatchObject({ form: 'compose', name: 'minio', elsewhere: ['./minio.env'] });
    expect(Object.fromEntries(valuesOf(first ?? { entries: [] }))).toEqual({
      MINIO_ROOT_USER: 'ops',
      MINIO_KMS_KES_KEY_NAME: 'a$b',
      MINIO_KMS_AUTO_ENCRYPTION: 'on',
    });
    expect(second).toMatchObject({
      name: 'second',
      entries: [{ name: 'MINIO_ACCESS_KEY', value: 'minio', line: 15 }, { value: undefined }],
    });
  });

  it('values of a chart', () => {
    const values =
      'rootUser: ops\nrootPassword: "secret one"\nenvironment:\n  MINIO_KMS_KES_ENDPOINT: https://kes:7373\nextraSecret: more\n';
    expect(only(values)).toMatchObject({
      form: 'helm',
      values: { MINIO_ROOT_USER: 'ops', MINIO_ROOT_PASSWORD: 'secret one', MINIO_KMS_KES_ENDPOINT: 'https://kes:7373' },
      elsewhere: ['more'],
    });
    expect(only('auth: {rootUser: ops}\nextraEnvVars:\n- name: MINIO_BROWSER\n  value: "off"\n')).toMatchObject({
      values: { MINIO_ROOT_USER: 'ops', MINIO_BROWSER: 'off' },
    });
  });

  it('a Tenant, with the Secret that lies in the same file', () => {
    const tenant = `
apiVersion: minio.min.io/v2
kind: Tenant
metadata: { name: store }
spec:
  configuration: { name: store-env }
  env:
  - name: MINIO_KMS_AUTO_ENCRYPTION
    value: "on"
  - name: MINIO_DOMAIN
    valueFrom: { configMapKeyRef: { name: domains, key: d } }
  kes:
    keyName: tenant-key
    kesSecret: { name: kes-configuration }
---
apiVersion: v1
kind: Secret
metadata: { name: store-env }
stringData:
  config.env: |
    export MINIO_ROOT_USER="ops"
    export MINIO_ROOT_PASSWORD="a secret"
`;
    expect(only(tenant)).toMatchObject({
      form: 'tenant',
      name: 'store',
      values: {
        MINIO_ROOT_USER: 'ops',
        MINIO_ROOT_PASSWORD: 'a secret',
        MINIO_KMS_AUTO_ENCRYPTION: 'on',
        MINIO_KMS_KES_KEY_NAME: 'tenant-key',
      },
      elsewhere: ['domains', 'kes-configuration'],
    });
  });

  it('a shell’s lines, a copied session and a container’s command line', () => {
    const shell = [
      '#!/bin/bash',
      "export MINIO_ACCESS_KEY=minio MINIO_SECRET_KEY='it is $HOME'",
      'K=key-1; echo nothing',
      '$ export MINIO_KMS_KES_KEY_NAME="$K" # the key',
      'export MINIO_KMS_MASTER_KEY=$(cat /etc/key)',
      'unset MINIO_ACCESS_KEY',
      'docker run -e MINIO_ROOT_USER=ops --env=MINIO_X=1 \\',
      '  --env-file more.env minio/minio server /data',
      'MINIO_Y=2 minio server ~/export',
    ].join('\n');
    expect(only(shell)).toMatchObject({
      form: 'shell',
      values: {
        MINIO_SECRET_KEY: 'it is $HOME',
        MINIO_KMS_KES_KEY_NAME: 'key-1',
        MINIO_ROOT_USER: 'ops',
        MINIO_X: '1',
        MINIO_Y: '2',
      },
      elsewhere: ['more.env'],
    });
    expect(only(shell).values).not.toHaveProperty('MINIO_ACCESS_KEY');
    expect(only(shell).values).not.toHaveProperty('MINIO_KMS_MASTER_KEY');
  });

  it.each(['a b c', "it's", 'say "x"', 'back\\slash', '$HOME', '`id`', 'a#b', ' #x', '&;|', 'é 密钥', '', '~', '*'])(
    'the word %j is read from a shell as the shell reads it',
    (value) => {
      const single = `export MINIO_A='${value.replaceAll("'", "'\\''")}'`;
      const double = `export MINIO_B="${value.replace(/[\\"$`]/g, '\\$&')}"`;
      const content = `${single}\n${double}\n`;
      const shell = spawnSync('sh', ['-c', `${content}printf '%s\\0%s' "$MINIO_A" "$MINIO_B"`], { encoding: 'utf8' });
      expect(shell.stdout.split('\0')).toEqual([value, value]);
      expect(only(content).values).toEqual({ MINIO_A: value, MINIO_B: value });
    },
  );

  it('nothing of MinIO is refused by name, as is broken YAML with its line', () => {
    for (const content of ['', 'hello', 'A=b', '{}', 'kind: Pod\n', 'services: {}\n', '[Service]\nUser=minio\n'])
      expect(() => readPlaces(content, 'x')).toThrow(expect.objectContaining({ code: 'minioVariablesNone', details: { name: 'x' } }));
    const broken = 'services:\n  minio:\n    environment:\n      MINIO_A: [1\n';
    expect(() => readPlaces(broken, 'x')).toThrow(expect.objectContaining({ code: 'minioVariablesYaml' }));
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b]\nservices: {minio: {environment: *c}}\n`;
    expect(() => readPlaces(bomb, 'x')).toThrow(expect.objectContaining({ code: 'minioVariablesNone' }));
  });

  it('variables of a shell that double each other are not followed for ever', () => {
    const doubled = Array.from({ length: 60 }, (_, at) => `export MINIO_A${at + 1}="$MINIO_A${at}$MINIO_A${at}"`);
    const { values } = only(['export MINIO_A0=0123456789', ...doubled].join('\n'));
    expect(values.MINIO_A3).toHaveLength(80);
    expect(values).not.toHaveProperty('MINIO_A60');
    expect(Object.values(values).every((value) => value.length <= 8_192)).toBe(true);
  });

  it('MinIO’s own compose file, whose servers share their lines', () => {
    const compose = [
      'x-minio-common: &minio-common',
      '  image: quay.io/minio/minio:latest',
      '  environment: &environment',
      '    MINIO_ROOT_USER: ops',
      '    MINIO_ROOT_PASSWORD: a secret',
      'services:',
      '  minio1:',
      '    <<: *minio-common',
      '    hostname: minio1',
      '  minio2:',
      '    <<: [*minio-common]',
      '    environment:',
      '      <<: *environment',
      '      MINIO_ROOT_USER: other',
      '  minio3:',
      '    image: minio/minio',
      '    environment: *environment',
    ].join('\n');
    const places = readPlaces(compose, 'x');
    expect(places.map(({ name }) => name)).toEqual(['minio1', 'minio2', 'minio3']);
    expect(places.map((place) => Object.fromEntries(valuesOf(place)))).toEqual([
      { MINIO_ROOT_USER: 'ops', MINIO_ROOT_PASSWORD: 'a secret' },
      { MINIO_ROOT_USER: 'other', MINIO_ROOT_PASSWORD: 'a secret' },
      { MINIO_ROOT_USER: 'ops', MINIO_ROOT_PASSWORD: 'a secret' },
    ]);
  });

  it('maps that merge each other are not followed for ever', () => {
    const maps = Array.from(
      { length: 30 },
      (_, at) => `m${at + 1}: &m${at + 1}\n  <<: [${Array.from({ length: 9 }, () => `*m${at}`).join(', ')}]`,
    );
    const bomb = ['m0: &m0', '  MINIO_A: x', ...maps, 'services:', '  minio:', '    image: minio', '    environment: *m30'].join('\n');
    expect(only(bomb).values).toEqual({ MINIO_A: 'x' });
  });
});
