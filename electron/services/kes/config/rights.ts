import type { KnownIdentity } from '../../../../shared/kesConfig.ts';
import type { RightsModel } from '../../../../shared/kesRules.ts';
import type { KesClient } from '../../../clients/kes/client.ts';
import { withKes } from '../../../clients/kes/forStack.ts';
import type { StackAccess } from '../../../jobs/step.ts';
import { defaultKeyOf, modelOf } from './check.ts';
import { configFile, knownIdentities } from './place.ts';
import { readNow } from './plan.ts';

export interface Rights {
  from: 'file' | 'server';
  path?: string;
  model: RightsModel;
  identities: KnownIdentity[];
  defaultKey?: string;
}

/** Who may do what: from the file of a KES that runs here, since it tells the lines, else from the server itself. */
export async function rightsOf(access: StackAccess): Promise<Rights> {
  const file = configFile(access);
  const { reading } = await readNow(access);
  const fromFile = file !== undefined && reading !== undefined;
  const model: RightsModel = fromFile
    ? { ...modelOf(reading.config), rules: reading.rules }
    : await withKes(access, 'operator', (kes) => askServer(kes));
  const hashes = [...model.members.map(({ identity }) => identity), ...(model.admin === undefined ? [] : [model.admin])];
  const defaultKey = defaultKeyOf(access);
  return {
    from: fromFile ? 'file' : 'server',
    ...(fromFile ? { path: access.folder.path(file) } : {}),
    model,
    identities: await knownIdentities(access, hashes),
    ...(defaultKey === undefined ? {} : { defaultKey }),
  };
}

/** Needs `/v1/identity/list/*`, `/v1/identity/describe/*` and `/v1/policy/read/*`. Throws `kesNotAuthorised`. */
async function askServer(kes: KesClient): Promise<RightsModel> {
  const version = await kes.version();
  const model: RightsModel = {
    matching: /^v?0\.(?:\d|1\d|2[0-2])\.|^20(?:1\d|2[0-2])-|^2023-0|^2023-10-(?:0|1|20|21|22|23)/.test(version) ? 'glob' : 'prefix',
    members: [],
    rules: [],
    open: [],
  };
  const policies = new Set<string>();
  for (const identity of await kes.listIdentities()) {
    // The word that switches the administrator off stands in the list, too.
    if (!/^[0-9a-f]{64}$/.test(identity)) continue;
    const { admin, policy } = await kes.describeIdentity(identity);
    if (admin) model.admin = identity;
    if (policy === undefined) continue;
    model.members.push({ identity, policy });
    policies.add(policy);
  }
  for (const policy of [...policies].sort()) {
    const { allow, deny } = await kes.readPolicy(policy);
    model.rules.push(
      ...allow.map((rule) => ({ policy, list: 'allow' as const, rule })),
      ...deny.map((rule) => ({ policy, list: 'deny' as const, rule })),
    );
  }
  return model;
}
