import type { connectProcedures } from '../../../shared/connect.ts';
import { systemRoots } from '../../clients/trust.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import type { FileStore } from '../../platform/files.ts';
import { readServerCertificate, trustedBy } from '../../platform/hops.ts';
import { readSent } from '../../platform/sentText.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';
import { readCertificates, shownCertificate } from './certificates.ts';
import type { CredentialDeps } from './credentials.ts';
import { readMinioEnvironment } from './environment.ts';
import { createImports, readAliases, readOwnMcConfig } from './imports.ts';
import { preflight } from './preflight.ts';
import { finishDraft, forgetServer, replaceCredential, type SaveDeps, saveServer } from './save.ts';
import { testServer } from './testServer.ts';

export interface ConnectDeps extends DomainDeps {
  readonly files: FileStore;
  readonly placed: SaveDeps['placed'];
  readonly forgetPlace: SaveDeps['forgetPlace'];
  readonly selfSigned: CredentialDeps['selfSigned'];
}

/** Connecting servers that already run: looking, saving, testing. Nothing here changes a server. */
export function createConnect({ open, files, placed, forgetPlace, selfSigned }: ConnectDeps): {
  handlers: DomainHandlers<typeof connectProcedures>;
} {
  const imports = createImports();
  const deps: SaveDeps = { placed, forgetPlace, selfSigned, imported: imports.take };

  return {
    handlers: {
      async 'connect.look'({ url }, { signal }) {
        const [seen, trustedBySystem] = await Promise.all([readServerCertificate(url, signal), trustedBy(systemRoots(), url, signal)]);
        const { chain, protocol } = seen;
        return { chain: chain.map(shownCertificate), trustedBySystem, ...(protocol === undefined ? {} : { protocol }) };
      },
      'connect.readCa': async ({ pem }) => ({ certificates: readCertificates(pem).map(shownCertificate) }),
      async 'connect.save'({ stackId, ...input }, { signal }) {
        await saveServer(deps, await open(stackId), input, signal);
        return {};
      },
      async 'connect.forget'({ stackId, kind }) {
        await forgetServer(deps, await open(stackId), kind);
        return {};
      },
      'connect.test': async ({ stackId, kind }, { signal }) => testServer(await open(stackId), kind, signal),
      async 'connect.preflight'({ stackId }, { signal }) {
        return { ticks: await preflight(await open(stackId), signal), at: new Date().toISOString() };
      },
      async 'connect.finish'({ stackId }) {
        await finishDraft(await open(stackId));
        return {};
      },
      async 'connect.replace'({ stackId, kind, credential }) {
        await replaceCredential(deps, await open(stackId), kind, credential);
        return {};
      },
      async 'connect.aliases'({ file }, { signal }) {
        const found = file === undefined ? await readOwnMcConfig() : await readSent(files, file, signal);
        if (found === undefined) return { source: imports.keep(new Map()), aliases: [] };
        const { aliases, credentials } = readAliases(found.name, found.content);
        return { source: imports.keep(credentials), aliases };
      },
      async 'connect.environment'({ file }, { signal }) {
        const { content } = await readSent(files, file, signal);
        const { credentials, ...found } = readMinioEnvironment(content);
        return { source: imports.keep(credentials), ...found };
      },
    },
  };
}
