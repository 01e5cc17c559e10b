import type { connectProcedures } from '../../../shared/connect.ts';
import { notBuilt } from '../../jobs/notBuilt.ts';
import type { DomainDeps } from '../../jobs/step.ts';
import type { FileStore } from '../../platform/files.ts';
import type { DomainHandlers } from '../../rpc/connection.ts';

export interface ConnectDeps extends DomainDeps {
  readonly files: FileStore;
}

/** Connecting servers that already run: looking, saving, testing. Nothing here changes a server. */
export function createConnect(_deps: ConnectDeps): { handlers: DomainHandlers<typeof connectProcedures> } {
  return {
    handlers: {
      'connect.look': notBuilt,
      'connect.readCa': notBuilt,
      'connect.save': notBuilt,
      'connect.forget': notBuilt,
      'connect.test': notBuilt,
      'connect.preflight': notBuilt,
      'connect.finish': notBuilt,
      'connect.replace': notBuilt,
      'connect.aliases': notBuilt,
      'connect.environment': notBuilt,
    },
  };
}
