import type { CertificateFinding, certificateFilesProcedures, PendingRequest } from '../../../../shared/certificateFiles.ts';
import { AppError } from '../../../../shared/rpc/errors.ts';
import { say } from '../../../../shared/text.ts';
import type { DomainDeps, StackAccess } from '../../../jobs/step.ts';
import { createKeptValues } from '../../../platform/keptValues.ts';
import type { DomainHandlers } from '../../../rpc/connection.ts';
import { contentOf, type ReadFile, readAny } from './anyFile.ts';
import { dropApiKey, importApiKey, listApiKeys, makeApiKey, saveApiKey, tryApiKey, useApiKey } from './apiKeys.ts';
import { factsOf, judge } from './facts.ts';
import { hostsOf } from './hosts.ts';
import { keyRingOf } from './keyRing.ts';
import { make } from './make.ts';
import { pathsOf, planMake, targetsOf } from './makePlan.ts';
import { closeKey, exportPublic, exportWithKey, importFile, protectKey } from './portable.ts';
import { readReply, verdictOf } from './reply.ts';
import { scanFolder } from './scan.ts';
import { signersOf } from './signers.ts';
import { planReply, takeReply } from './takeReply.ts';

export interface CertificateFiles {
  handlers: DomainHandlers<typeof certificateFilesProcedures>;
}

export interface CertificateFilesDeps extends DomainDeps {
  /** The names that the guided set-up was given for this machine. */
  placedHosts(stackId: string): Promise<readonly string[]>;
}

/** Certificate files of a stack: what lies there, made, asked for, taken in and given out; and API keys of KES. */
export function createCertificateFiles({ open, publish, placedHosts }: CertificateFilesDeps): CertificateFiles {
  /** Files that were looked into, with their keys, until they are taken in. */
  const looked = createKeptValues<ReadFile>();

  /** Whoever shows the stack's certificates asks again. */
  async function changed<T>(stackId: string, work: (access: StackAccess) => Promise<T>): Promise<T> {
    const answer = await work(await open(stackId));
    publish('stacks.changed', { id: stackId });
    return answer;
  }

  return {
    handlers: {
      async 'certificates.files'({ stackId }) {
        const access = await open(stackId);
        const { files, unread } = await scanFolder(access);
        return {
          at: new Date().toISOString(),
          folder: access.folder.path('.'),
          files,
          unread,
          requests: requestsOf(access),
          signers: signersOf(files),
          hosts: hostsOf(access.stack, await placedHosts(stackId)),
          targets: targetsOf(access.stack),
        };
      },
      'certificates.makePlan': async ({ stackId, input }) => planMake(await open(stackId), input),
      'certificates.make': ({ stackId, input }) => changed(stackId, (access) => make(access, input)),
      async 'certificates.requestText'({ stackId, id }) {
        const access = await open(stackId);
        const { name } = keyRingOf(access).get('request', id);
        const file = pathsOf({ what: 'request', name }).request;
        const pem = await access.folder.read(file);
        if (pem === undefined) throw new AppError('certificateMissing', { file });
        return { name: `${name}.csr`, pem };
      },
      'certificates.dropRequest': ({ stackId, id }) =>
        changed(stackId, async (access) => {
          const { name } = keyRingOf(access).get('request', id);
          await keyRingOf(access).remove(id);
          await access.folder.remove(pathsOf({ what: 'request', name }).request);
          await access.journal(say('certificateDidDropRequest', { name }));
          return {};
        }),
      async 'certificates.readReply'({ stackId, id, content, root }) {
        const access = await open(stackId);
        const reply = await readReply(access, id, content, root);
        return verdictOf(reply, await planReply(access, reply));
      },
      'certificates.takeReply': ({ stackId, id, content, root }) =>
        changed(stackId, async (access) => takeReply(access, await readReply(access, id, content, root))),
      async 'certificates.inspect'({ name, content, password }) {
        const read = readAny(contentOf(content), password, name);
        const { format, certificates, keys, protection, weak } = read;
        const findings: CertificateFinding[] = certificates.flatMap((one) => judge(one));
        if (weak.length > 0) findings.push({ mark: 'warn', text: say('certificateFindWeak', { modes: weak.join(', ') }) });
        const identities = keys.map(({ identity }) => identity);
        return {
          format,
          certificates: certificates.map((one) => factsOf(one)),
          keys: identities,
          protection,
          findings,
          source: looked.keep(read),
        };
      },
      'certificates.importFile': ({ stackId, source, content, password, ...input }) =>
        changed(stackId, (access) => {
          const read = source === undefined ? content && readAny(contentOf(content), password, input.name) : looked.get(source);
          if (!read) throw new AppError('certificateSourceGone');
          return importFile(access, { ...input, read });
        }),
      'certificates.exportPublic': async ({ stackId, file, format }) => exportPublic(await open(stackId), file, format),
      'certificates.exportWithKey': async ({ stackId, ...input }) => exportWithKey(await open(stackId), input),
      'certificates.protectKey': ({ stackId, ...input }) => changed(stackId, (access) => protectKey(access, input)),
      'certificates.closeKey': ({ stackId, file }) => changed(stackId, (access) => closeKey(access, file)),
      'kes.apiKeys': async ({ stackId }) => ({ keys: listApiKeys(await open(stackId)) }),
      'kes.makeApiKey': ({ stackId, name }) => changed(stackId, (access) => makeApiKey(access, name)),
      'kes.importApiKey': ({ stackId, name, apiKey }) => changed(stackId, (access) => importApiKey(access, name, apiKey)),
      'kes.saveApiKey': async ({ stackId, id, to }) => saveApiKey(await open(stackId), id, to),
      'kes.dropApiKey': ({ stackId, id, typed }) =>
        changed(stackId, async (access) => {
          await dropApiKey(access, id, typed);
          return {};
        }),
      'kes.tryApiKey': async ({ stackId, id }) => ({ evidence: (await tryApiKey(await open(stackId), id)).evidence }),
      'kes.useApiKey': ({ stackId, id }) => changed(stackId, async (access) => ({ evidence: await useApiKey(access, id) })),
    },
  };
}

function requestsOf(access: StackAccess): PendingRequest[] {
  return keyRingOf(access)
    .list()
    .flatMap(({ kind, id, name, identity, createdAt, request }) => {
      if (kind !== 'request' || !request) return [];
      const { target, use, hosts, keyType } = request;
      return [{ id, name, target, use, hosts, identity, keyType, createdAt, file: pathsOf({ what: 'request', name }).request }];
    });
}
