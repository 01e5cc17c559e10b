import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { makeInput } from '../../../../shared/certificateFiles.ts';
import { Secret } from '../../../../shared/secret.ts';
import type { CallContext } from '../../../rpc/connection.ts';
import { createTestStack } from '../certificates.testSupport.ts';
import { createCertificateFiles } from './handlers.ts';

const run = promisify(execFile);

/** What openssl prints, both streams; rejects when it ends with an error. */
export async function openssl(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run('openssl', args);
  return stdout + stderr;
}

/** A stack with a real folder and a real sealed store, and the procedures of this part over it. */
export async function createTestAuthority(hosts = ['127.0.0.1', 'localhost']) {
  const stack = await createTestStack(hosts);
  const call: CallContext = { signal: new AbortController().signal, host: 'cli' };
  const { handlers } = createCertificateFiles({
    open: async () => stack.context,
    publish: () => undefined,
    jobs: undefined as never,
    log: undefined as never,
    placedHosts: async () => hosts,
  });
  const path = (file: string): string => stack.context.folder.path(file);
  return {
    stack,
    handlers,
    call,
    path,
    read: async (file: string): Promise<string> => (await stack.context.folder.read(file)) ?? '',
    /** As the window sends it: defaults are filled in by the schema. */
    make: (input: object) => handlers['certificates.make']({ stackId: 'test', input: makeInput.parse(input) }, call),
    plan: (input: object) => handlers['certificates.makePlan']({ stackId: 'test', input: makeInput.parse(input) }, call),
    list: () => handlers['certificates.files']({ stackId: 'test' }, call),
    /** As the window reads a file: its text, or base64. */
    content: (bytes: Buffer | string): Secret =>
      new Secret(typeof bytes === 'string' ? bytes : bytes.includes('-----BEGIN') ? bytes.toString() : bytes.toString('base64')),
    remove: () => stack.remove(),
  };
}
export type TestAuthority = Awaited<ReturnType<typeof createTestAuthority>>;
