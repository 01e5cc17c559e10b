import { X509Certificate } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { type CertificatesInput, certificatesInput } from '../../../shared/certificates.ts';
import type { Evidence, PlaceInput } from '../../../shared/setup.ts';
import { makeCertificate, makeKey } from './build.ts';
import { createTestStack, type TestStack } from './certificates.testSupport.ts';
import { certificatesStep as step } from './certificatesStep.ts';
import { namesOf } from './inspect.ts';

let stack: TestStack;
afterEach(() => stack.remove());

const api = (url: string) => ({ way: 'api' as const, url });
const handed = (url: string) => ({ way: 'handedOver' as const, url, folder: '/srv/it' });
const chosen = (change: Partial<CertificatesInput> = {}): CertificatesInput => certificatesInput.parse(change);
const codes = (evidence: Evidence[]): string[] => evidence.map(({ text }) => text.code);
const made = (): string[] => stack.written.filter((name) => name !== 'stack').sort();
async function make(servers: Partial<PlaceInput['servers']>): Promise<void> {
  stack = await createTestStack(undefined, servers);
}
/** What Connect saves of the KES by API: its CA, and an identity that KES lets in already. */
async function connectKes(): Promise<void> {
  const pem = makeCertificate({ use: 'ca', subject: { commonName: 'their CA' }, days: 10, hosts: [], key: await makeKey('P-256') });
  await stack.context.folder.write('connect/kes-ca.pem', pem, 0o644);
  const theirs = { id: 'kes', kind: 'file' as const, subject: 'CN=their CA', fingerprint: '', file: 'connect/kes-ca.pem' };
  const operator = { id: 'operator', hash: 'ab', purpose: 'operator' as const, certFile: 'connect/operator.crt' };
  await stack.context.update((document) => ({ ...document, cas: [theirs], identities: [operator] }));
  stack.forget();
}

test('a server by API gets nothing; one that is handed over gets a pair for the name it is called by', async () => {
  await make({ vault: api('https://v:8200'), kes: handed('https://kes.example.com:7373') });
  await step.apply(stack.context, chosen());
  const evidence = await step.check(stack.context, chosen());
  expect(evidence.every(({ outcome }) => outcome === 'ok')).toBe(true);
  expect(made().some((name) => name.includes('vault'))).toBe(false);
  const kes = new X509Certificate((await stack.context.folder.read('certs/kes.crt')) ?? '');
  expect(namesOf(kes)).toEqual(['kes.example.com']);
  expect(await stack.context.folder.mode('certs/kes.key')).toBe(0o600);
  // A name of another host needs no warning here, and loopback is no matter of it.
  await stack.remove();
  await make({ vault: api('https://v:8200'), kes: handed('https://no-such-name.invalid:7373'), minio: { way: 'none' } });
  expect((await step.plan(stack.context, chosen())).warnings).toEqual([]);
});

test('MinIO here gets an identity for a KES that others run, and the operator who came along stays', async () => {
  await make({ vault: { way: 'none' }, kes: api('https://kes.example.com:7373') });
  await connectKes();
  await step.apply(stack.context, chosen());
  await step.check(stack.context, chosen());
  expect(made()).not.toContain('operator.key');
  expect(stack.context.stack.identities.map(({ certFile }) => certFile)).toEqual(['connect/operator.crt', 'certs/minio-client.crt']);
  expect(stack.context.stack.cas.map(({ id }) => id)).toEqual(['kes', 'local']);
  stack.forget();
  await step.apply(stack.context, chosen());
  expect(stack.written).toEqual([]);
});

test('where others run KES and MinIO, only MinIO’s identity may be missing, and without it there is nothing to do', async () => {
  await make({ vault: api('https://v:8200'), kes: api('https://k:7373'), minio: api('https://m:9000') });
  await connectKes();
  const leave = {
    ...stack.context,
    stack: stack.context.stack,
    inputs: { ...stack.context.inputs, certificates: chosen({ minioIdentity: false }) },
  };
  expect((await step.skips?.(leave))?.code).toBe('certificatesNoneIdentity');
  expect(await step.skips?.(stack.context)).toBeUndefined();
  const plan = await step.plan(stack.context, chosen());
  expect(plan.changes.map(({ code }) => code)).toEqual(['certificatesMakeCa', 'certificatesMakePair', 'certificatesIdentityCarry']);
  await step.apply(stack.context, chosen());
  const evidence = await step.check(stack.context, chosen());
  expect(evidence.filter(({ from }) => from === 'tls').map(({ text }) => text.code)).toEqual(['certificatesSeenIdentity']);
  expect(made()).toEqual(['ca.key', 'certs/ca.crt', 'certs/minio-client.crt', 'certs/minio-client.key']);
  // MinIO turned out to have its own: ours is taken back, and then nothing is left to do.
  expect(await step.skips?.({ ...leave, stack: stack.context.stack })).toBeUndefined();
  await step.apply(stack.context, chosen({ minioIdentity: false }));
  expect(codes(await step.check(stack.context, chosen({ minioIdentity: false })))).toEqual(['certificatesNoneIdentity']);
  expect(stack.context.stack.identities.map(({ id }) => id)).toEqual(['operator']);
  expect((await step.skips?.({ ...leave, stack: stack.context.stack }))?.code).toBe('certificatesNoneIdentity');
});

test('a self-signed identity alone makes no bundle and no CA', async () => {
  await make({ vault: { way: 'none' }, kes: api('https://k:7373'), minio: api('https://m:9000') });
  await connectKes();
  await step.apply(stack.context, chosen({ kind: 'selfSigned' }));
  await step.check(stack.context, chosen({ kind: 'selfSigned' }));
  expect(made()).toEqual(['certs/minio-client.crt', 'certs/minio-client.key']);
  expect(stack.context.stack.cas.map(({ id }) => id)).toEqual(['kes']);
});

test('a stack without KES needs no identity', async () => {
  await make({ vault: { way: 'none' }, kes: { way: 'none' }, minio: api('https://m:9000') });
  expect((await step.skips?.(stack.context))?.code).toBe('certificatesNone');
});
