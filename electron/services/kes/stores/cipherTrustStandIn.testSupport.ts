import { type Answer, type Asked, type StandIn, serveStandIn } from './standIn.testSupport.ts';

interface Options {
  /** The refresh token that is taken, and the domain it belongs to. */
  token: string;
  domain?: string;
}

/** Stands in for Thales CipherTrust Manager (Gemalto KeySecure): vault secrets of type `seed`, by the calls of kes.md 4.3. */
export async function startCipherTrust({ token, domain = '' }: Options): Promise<StandIn & { secrets: Map<string, string> }> {
  const secrets = new Map<string, string>();
  const jwt = 'eyJhbGciOiJub25lIn0.c3RhbmQtaW4.';
  const refuse = (status: number, code: number, message: string): Answer => ({ status, body: { code, codeDesc: message, message } });

  function handle({ method, path, query, headers, body }: Asked): Answer {
    // Anybody may look whether it is there.
    if (path === '/' || path === '') return { status: 200, headers: { 'content-type': 'text/html' } };
    if (path === '/api/v1/auth/tokens' && method === 'POST') {
      const asked = body as { grant_type?: string; refresh_token?: string; domain?: string };
      if (asked.grant_type !== 'refresh_token' || asked.refresh_token !== token || (asked.domain ?? '') !== domain)
        return refuse(401, 3, 'NCERRInvalidCredentials: Invalid refresh token');
      return { status: 200, body: { token_type: 'Bearer', jwt, duration: 300 } };
    }
    if (headers.authorization !== `Bearer ${jwt}`) return refuse(401, 2, 'NCERRUnauthorized: Bearer token is not valid');
    const [, name, deed] = /^\/api\/v1\/vault\/secrets(?:\/([^/]+))?(?:\/(export))?$/.exec(path) ?? ['', undefined, undefined];
    if (!path.startsWith('/api/v1/vault/secrets')) return refuse(404, 17, 'NCERRNotFound: no such path');
    if (name === undefined) return method === 'POST' ? create(body) : list(query);
    const known = decodeURIComponent(name);
    const material = secrets.get(known);
    if (material === undefined) return refuse(404, 17, 'NCERRResourceNotFound: Resource not found');
    if (deed === 'export' && method === 'POST') return { status: 200, body: { name: known, material } };
    if (method !== 'DELETE') return refuse(405, 1, 'NCERRMethodNotAllowed: not allowed');
    secrets.delete(known);
    return { status: 204 };
  }

  function create(body: unknown): Answer {
    const { name = '', material = '', dataType } = body as { name?: string; material?: string; dataType?: string };
    if (dataType !== 'seed') return refuse(400, 6, 'NCERRBadRequest: unknown data type');
    if (secrets.has(name)) return refuse(409, 26, 'NCERRConflict: Resource already exists');
    secrets.set(name, material);
    return { status: 201, body: { id: name, name } };
  }

  function list(query: URLSearchParams): Answer {
    const skip = Number(query.get('skip') ?? 0);
    const limit = Number(query.get('limit') ?? 10);
    const names = [...secrets.keys()].sort();
    return {
      status: 200,
      body: { skip, limit, total: names.length, resources: names.slice(skip, skip + limit).map((name) => ({ name })) },
    };
  }

  return Object.assign(await serveStandIn(handle), { secrets });
}
