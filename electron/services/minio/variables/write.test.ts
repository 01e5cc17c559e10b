import { spawnSync } from 'node:child_process';
import { expect, it, describe as suite } from 'vitest';
import { type SecretsAs, type VariablesForm, variablesForm } from '../../../../shared/minioVariables.ts';
import { valuesOf } from './places.ts';
import { readPlaces } from './read.ts';
import { describe, findingsOf, today } from './today.ts';
import { writeVariables } from './write.ts';

const hex = '6368616e676520746869732070617373776f726420746f206120736563726574';
const guide = `export MINIO_KMS_KES_ENDPOINT=https://localhost:7373
export MINIO_KMS_KES_KEY_FILE=minio.key
export MINIO_KMS_KES_CERT_FILE=minio.cert
export MINIO_KMS_KES_KEY_NAME=minio-key-1
export MINIO_KMS_KES_CA_PATH=kes-tls.crt
export MINIO_KMS_AUTO_ENCRYPTION=on
export MINIO_ACCESS_KEY=minio
export MINIO_SECRET_KEY=minio123
`;
const placeOf = (content: string) => {
  const [place] = readPlaces(content, 'guide');
  if (!place) throw new Error('no place');
  return place;
};

suite('the variables of old guides', () => {
  it('get the names of today', () => {
    const { values, dropped } = today(placeOf(guide));
    expect(Object.fromEntries(values)).toEqual({
      MINIO_KMS_KES_ENDPOINT: 'https://localhost:7373',
      MINIO_KMS_KES_KEY_FILE: 'minio.key',
      MINIO_KMS_KES_CERT_FILE: 'minio.cert',
      MINIO_KMS_KES_KEY_NAME: 'minio-key-1',
      MINIO_KMS_KES_CAPATH: 'kes-tls.crt',
      MINIO_KMS_AUTO_ENCRYPTION: 'on',
      MINIO_ROOT_USER: 'minio',
      MINIO_ROOT_PASSWORD: 'minio123',
    });
    expect(dropped).toEqual([]);
    expect(findingsOf(placeOf(guide))).toEqual([]);
  });

  it('are told with what today’s server does with each, without a secret', () => {
    const shown = describe(placeOf(guide));
    expect(shown.map(({ name, standing, now }) => [name, standing, now])).toEqual([
      ['MINIO_KMS_KES_ENDPOINT', 'works', undefined],
      ['MINIO_KMS_KES_KEY_FILE', 'works', undefined],
      ['MINIO_KMS_KES_CERT_FILE', 'works', undefined],
      ['MINIO_KMS_KES_KEY_NAME', 'works', undefined],
      ['MINIO_KMS_KES_CA_PATH', 'ignored', 'MINIO_KMS_KES_CAPATH'],
      ['MINIO_KMS_AUTO_ENCRYPTION', 'works', undefined],
      ['MINIO_ACCESS_KEY', 'renamed', 'MINIO_ROOT_USER'],
      ['MINIO_SECRET_KEY', 'renamed', 'MINIO_ROOT_PASSWORD'],
    ]);
    expect(shown[0]?.note).toEqual({ code: 'minioVarLocalhost' });
    expect(JSON.stringify(shown)).not.toContain('minio123');
  });

  it('keep the bytes of a hex key under the name of today, and say that those of the guide are public', () => {
    const place = placeOf(`MINIO_KMS_MASTER_KEY=minio-demo-key:${hex}\n`);
    expect(Object.fromEntries(today(place).values)).toEqual({
      MINIO_KMS_SECRET_KEY: 'minio-demo-key:Y2hhbmdlIHRoaXMgcGFzc3dvcmQgdG8gYSBzZWNyZXQ=',
    });
    expect(describe(place)[0]).toMatchObject({ secret: true, carried: true, note: { code: 'minioVarPublicKey' } });
    const own = Buffer.alloc(32, 7);
    expect(describe(placeOf(`MINIO_KMS_MASTER_KEY=k:${own.toString('hex')}\n`))[0]?.note).toEqual({ code: 'minioVarHexKey' });
    expect(describe(placeOf('MINIO_KMS_MASTER_KEY=k:short\n'))[0]).toMatchObject({ carried: false, note: { code: 'minioVarBadKey' } });
  });

  it('of a Vault without KES are left out by name, and so is a file in hex', () => {
    const { values, dropped } = today(
      placeOf('MINIO_KMS_VAULT_ENDPOINT=https://v:8200\nMINIO_KMS_VAULT_APPROLE_SECRET=s\nMINIO_KMS_MASTER_KEY_FILE=key\nMINIO_A=1\n'),
    );
    expect([...values]).toEqual([['MINIO_A', '1']]);
    expect(dropped.map(({ params }) => params?.name)).toEqual([
      'MINIO_KMS_VAULT_ENDPOINT',
      'MINIO_KMS_VAULT_APPROLE_SECRET',
      'MINIO_KMS_MASTER_KEY_FILE',
    ]);
  });

  it('give way to a name of today that is there as well', () => {
    const { values } = today(placeOf('MINIO_ACCESS_KEY=old\nMINIO_ROOT_USER=new\n'));
    expect([...values]).toEqual([['MINIO_ROOT_USER', 'new']]);
  });
});

const odd = {
  MINIO_ROOT_USER: 'ops',
  MINIO_ROOT_PASSWORD: 'it\'s "a $ecret" {{x}} \\ % #',
  MINIO_KMS_KES_API_KEY: 'kes:v1:ABfa1xsnIV0lltXQC8tHXic8lte7J6hT7EoGv6+s5QCW',
  MINIO_KMS_KES_ENDPOINT: 'https://kes:7373',
  MINIO_REGION: 'here',
};

suite('what is written', () => {
  const values = new Map(Object.entries(odd));
  const written = (form: VariablesForm, secretsAs: SecretsAs, secret = (_name: string, value: string) => value) =>
    writeVariables({ values, form, secretsAs, secret });

  it.each(variablesForm.options)('as %s is read again as the same variables', (form) => {
    const files = written(form, 'inline');
    const merged = new Map<string, string>();
    for (const { path, content } of files) {
      if (/drop|\.d\/|patch/.test(path)) continue;
      // Secrets of a chart and of a tenant lie in manifests of their own.
      const manifest = /secrets\.yaml|configuration\.yaml/.test(path);
      // Compose and systemd read these files as a shell would.
      const asShell = path === 'minio-secret.env' || form === 'unit' ? content.replace(/^/gm, 'export ') : content;
      const text = manifest ? withTenant(content) : asShell;
      for (const place of readPlaces(text, path)) for (const [name, value] of valuesOf(place)) merged.set(name, value);
      if (/minio-secrets\.yaml/.test(path)) {
        merged.set('MINIO_ROOT_USER', /rootUser: (.*)/.exec(content)?.[1] ?? '');
        merged.set('MINIO_ROOT_PASSWORD', odd.MINIO_ROOT_PASSWORD);
      }
    }
    expect(Object.fromEntries(merged)).toEqual(odd);
  });

  it.each(['ends in \\', 'a"b', '`id`', 'a#b', ' x ', '\\"', 'é', "it's"])(
    'the value %j is one for MinIO, for systemd and for a shell',
    (value) => {
      const secret = (_name: string, given: string): string => given;
      const wanted = {
        values: new Map([
          ['MINIO_ROOT_PASSWORD', value],
          ['MINIO_Z', 'next'],
        ]),
        secretsAs: 'inline' as const,
        secret,
      };
      const content = writeVariables({ ...wanted, form: 'environment' })[0]?.content ?? '';
      expect(writeVariables({ ...wanted, form: 'unit' })[0]?.content).toBe(content);
      expect(Object.fromEntries(valuesOf(placeOf(content)))).toEqual({ MINIO_ROOT_PASSWORD: value, MINIO_Z: 'next' });
      const shell = spawnSync('sh', ['-c', `${content}printf '%s|%s' "$MINIO_ROOT_PASSWORD" "$MINIO_Z"`], { encoding: 'utf8' });
      expect(shell.stdout).toBe(`${value}|next`);
    },
  );

  it.each(variablesForm.options)('as %s shows no secret to a window, in no way', (form) => {
    for (const secretsAs of ['inline', 'dockerSecret', 'systemdCredential'] as const) {
      const shown = JSON.stringify(written(form, secretsAs, (name) => `\${${name}}`));
      expect(shown).not.toContain('ecret\\\\"');
      expect(shown).not.toContain('ABfa1x');
      expect(shown).toContain('MINIO_ROOT_PASSWORD');
    }
  });

  it('as systemd credentials or Docker secrets has no password beside the other values', () => {
    const unit = written('unit', 'systemdCredential');
    expect(unit.map(({ path }) => path)).toEqual(['minio.env', 'credentials/minio_root_password', 'minio.service.d/sealdeck.conf']);
    expect(unit[0]?.content).not.toContain('ecret');
    expect(unit[2]?.content).toContain('Environment=MINIO_ROOT_PASSWORD_FILE=%d/minio_root_password');
    const compose = written('compose', 'dockerSecret');
    expect(compose.map(({ path }) => path)).toEqual(['compose.override.yaml', 'minio-secret.env', 'secrets/minio_root_password']);
    expect(compose[0]?.content).not.toContain('ecret"');
  });

  it('is refused where a value has a line break, by its name alone', () => {
    expect(() =>
      writeVariables({ values: new Map([['MINIO_A', 'x\ny']]), form: 'unit', secretsAs: 'inline', secret: (_n, v) => v }),
    ).toThrow(expect.objectContaining({ code: 'environmentValueRefused', details: { name: 'MINIO_A' } }));
  });
});

function withTenant(manifests: string): string {
  const name = /name: (minio-(?:configuration|extra-environment))/.exec(manifests)?.[1] ?? '';
  return `${manifests}---\napiVersion: minio.min.io/v2\nkind: Tenant\nmetadata: {name: t}\nspec: {configuration: {name: ${name}}}\n`;
}
