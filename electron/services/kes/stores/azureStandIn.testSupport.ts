import { randomBytes } from 'node:crypto';
import { type Answer, type Asked, serveBehindProxy, serveStandIn } from './standIn.testSupport.ts';

interface Options {
  tenantId: string;
  clientId: string;
  clientSecret: string;
}

interface Version {
  id: string;
  value: string;
  created: number;
}

const authority = 'login.microsoftonline.com';
const host = 'sealdeck.vault.azure.net';
/** What the configuration names: the real form of a vault's address. */
export const azureEndpoint = `https://${host}`;

/**
 * Stands in for Azure Key Vault and for the token endpoint of Entra ID, both under their real names behind a proxy.
 * Secrets have versions, and a deleted one stays until it is purged (REST API 7.5).
 */
export async function startAzure(login: Options) {
  const secrets = new Map<string, Version[]>();
  const deleted = new Set<string>();
  const tokens = new Set<string>();
  const refuse = (status: number, message: string, inner?: string): Answer => ({
    status,
    body: { error: { code: `E${status}`, message, ...(inner === undefined ? {} : { innererror: { code: inner } }) } },
  });

  function handle(asked: Asked): Answer {
    return asked.host.startsWith(authority)
      ? entra(asked)
      : asked.path.startsWith('/secrets') || asked.path.startsWith('/deleted')
        ? vault(asked)
        : { status: 404 };
  }

  function entra({ method, path, body }: Asked): Answer {
    const base = `https://${authority}/${login.tenantId}`;
    if (path.endsWith('/discovery/instance'))
      return {
        status: 200,
        body: {
          tenant_discovery_endpoint: `${base}/v2.0/.well-known/openid-configuration`,
          metadata: [{ preferred_network: authority, preferred_cache: authority, aliases: [authority] }],
        },
      };
    if (path.endsWith('/.well-known/openid-configuration'))
      return {
        status: 200,
        body: {
          issuer: `${base}/v2.0`,
          authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
          token_endpoint: `${base}/oauth2/v2.0/token`,
        },
      };
    if (method !== 'POST' || !path.startsWith(`/${login.tenantId}/`)) return { status: 404, body: { error: 'invalid_tenant' } };
    const asked = body as Record<string, string>;
    if (asked.client_id !== login.clientId || asked.client_secret !== login.clientSecret)
      return {
        status: 401,
        body: { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret provided.', error_codes: [7000215] },
      };
    const token = randomBytes(16).toString('hex');
    tokens.add(`Bearer ${token}`);
    return { status: 200, body: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599, access_token: token } };
  }

  function vault({ method, path, headers, body }: Asked): Answer {
    if (!tokens.has(headers.authorization ?? ''))
      return {
        ...refuse(401, 'AKV10000: Request is missing a Bearer or PoP token.'),
        headers: {
          'www-authenticate': `Bearer authorization="https://${authority}/${login.tenantId}", resource="https://vault.azure.net"`,
        },
      };
    const [, collection, name = '', part = ''] = /^\/(secrets|deletedsecrets)(?:\/([^/]+))?(?:\/([^/]*))?$/.exec(path) ?? [];
    if (collection === 'deletedsecrets')
      return deleted.delete(name) ? { status: 204 } : refuse(404, `Deleted Secret not found: ${name}`, 'SecretNotFound');
    if (name === '') return { status: 200, body: { value: [...secrets.keys()].map((one) => properties(one, undefined)), nextLink: null } };
    const versions = secrets.get(name);
    if (method === 'PUT') return set(name, body);
    // A list of the versions of what is not there is an empty list.
    if (part === 'versions') return { status: 200, body: { value: (versions ?? []).map((one) => properties(name, one)), nextLink: null } };
    if (versions === undefined) return refuse(404, `A secret with (name/id) ${name} was not found in this key vault.`);
    if (method === 'DELETE') {
      secrets.delete(name);
      deleted.add(name);
      return { status: 200, body: { ...properties(name, undefined), recoveryId: `${azureEndpoint}/deletedsecrets/${name}` } };
    }
    const found = part === '' ? versions.at(-1) : versions.find(({ id }) => id === part);
    return found ? { status: 200, body: { value: found.value, ...properties(name, found) } } : refuse(404, 'no such version');
  }

  function set(name: string, body: unknown): Answer {
    if (deleted.has(name))
      return refuse(409, `Secret ${name} is currently in a deleted but recoverable state.`, 'ObjectIsDeletedButRecoverable');
    const version = {
      id: randomBytes(16).toString('hex'),
      value: (body as { value: string }).value,
      created: Math.floor(Date.now() / 1000),
    };
    secrets.set(name, [...(secrets.get(name) ?? []), version]);
    return { status: 200, body: { value: version.value, ...properties(name, version) } };
  }

  const properties = (name: string, version: Version | undefined): object => ({
    id: `${azureEndpoint}/secrets/${name}${version ? `/${version.id}` : ''}`,
    attributes: { enabled: true, ...(version ? { created: version.created, updated: version.created } : {}) },
  });

  const server = await serveStandIn(handle, [authority, host]);
  return { ...(await serveBehindProxy(server)), ca: server.ca, calls: server.calls, secrets };
}
