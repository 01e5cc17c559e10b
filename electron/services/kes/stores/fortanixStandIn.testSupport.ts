import { randomUUID } from 'node:crypto';
import { type Answer, type Asked, type StandIn, serveStandIn } from './standIn.testSupport.ts';

interface Kept {
  kid: string;
  value: string;
}

/** Stands in for Fortanix SDKMS: opaque objects of one group, by the documented calls of its REST API v1. */
export async function startFortanix(options: { key: string; groupId?: string }): Promise<StandIn & { secrets: Map<string, Kept> }> {
  const secrets = new Map<string, Kept>();
  const sessions = new Set<string>();
  const refuse = (status: number, message: string): Answer => ({ status, body: { message } });

  function handle({ method, path, query, headers, body }: Asked): Answer {
    if (path === '/' || path === '') return { status: 200 };
    if (path === '/sys/v1/health') return { status: 204 };
    const given = headers.authorization ?? '';
    if (path === '/sys/v1/session/terminate') return sessions.delete(given) ? { status: 204 } : refuse(401, 'session is gone');
    if (given !== `Basic ${options.key}`) return refuse(401, 'authentication failed');
    if (path === '/sys/v1/session/auth') {
      const token = randomUUID();
      sessions.add(`Bearer ${token}`);
      return { status: 200, body: { token_type: 'Bearer', expires_in: 600, access_token: token, entity_id: randomUUID() } };
    }
    if (path === '/crypto/v1/keys' && method === 'PUT') return create(body);
    if (path === '/crypto/v1/keys' && method === 'GET') return list(query);
    if (path === '/crypto/v1/keys/export' && method === 'POST') return exported(body);
    const kid = /^\/crypto\/v1\/keys\/([^/]+)$/.exec(path)?.[1];
    const found = [...secrets].find(([, kept]) => kept.kid === kid);
    if (method !== 'DELETE' || found === undefined) return refuse(404, 'sobject does not exist');
    secrets.delete(found[0]);
    return { status: 204 };
  }

  function create(body: unknown): Answer {
    const { name = '', value = '', obj_type, group_id } = body as { name?: string; value?: string; obj_type?: string; group_id?: string };
    if (obj_type !== 'OPAQUE') return refuse(400, 'unknown object type');
    if (options.groupId !== undefined && group_id !== options.groupId) return refuse(403, 'app is not a member of the group');
    if (secrets.has(name)) return refuse(409, 'sobject already exists');
    const kid = randomUUID();
    secrets.set(name, { kid, value });
    return { status: 201, body: { kid, name } };
  }

  function exported(body: unknown): Answer {
    const { name = '' } = body as { name?: string };
    const kept = secrets.get(name);
    return kept ? { status: 200, body: { kid: kept.kid, name, value: kept.value, enabled: true } } : refuse(404, 'sobject does not exist');
  }

  /** `start` names where the page begins; a page after the last one is empty. */
  function list(query: URLSearchParams): Answer {
    const from = query.get('start') ?? '';
    const names = [...secrets.keys()].sort().filter((name) => name >= from);
    return { status: 200, body: names.slice(0, Number(query.get('limit') ?? 100)).map((name) => ({ name, kid: secrets.get(name)?.kid })) };
  }

  return Object.assign(await serveStandIn(handle), { secrets });
}
