import { randomBytes } from 'node:crypto';
import { type Answer, type Asked, type StandIn, serveStandIn } from './standIn.testSupport.ts';

interface Options {
  vaultId: string;
  boxId: string;
  username: string;
  password: string;
}

/** Stands in for Entrust KeyControl: a box of secrets in a vault, by the documented calls of its Secrets Vault (v1.0). */
export async function startEntrust(login: Options): Promise<StandIn & { secrets: Map<string, string> }> {
  const secrets = new Map<string, string>();
  const tokens = new Set<string>();
  const refuse = (status: number, error: string): Answer => ({ status, body: { error } });
  const token = (): Answer => {
    const made = randomBytes(16).toString('hex');
    tokens.add(made);
    return { status: 200, body: { access_token: made, expires_at: new Date(Date.now() + 600_000).toISOString() } };
  };

  return Object.assign(
    await serveStandIn(({ method, path, headers, body = {} }: Asked): Answer => {
      if (method !== 'POST') return refuse(405, 'Method not allowed');
      const asked = body as Record<string, string | number | undefined>;
      if (path === `/vault/1.0/Login/${login.vaultId}/`)
        return asked.username === login.username && asked.password === login.password
          ? token()
          : refuse(401, 'Invalid username or password');
      if (path.startsWith('/vault/1.0/Login/')) return refuse(404, 'Vault not found');
      if (!tokens.has(headers['x-vault-auth'] ?? '')) return refuse(401, 'Session token is not valid');
      if (path === '/vault/1.0/Renew/') return token();
      if (asked.box_id !== login.boxId) return refuse(404, 'Box not found');
      return inBox(path, asked);
    }),
    { secrets },
  );

  function inBox(path: string, asked: Readonly<Record<string, string | number | undefined>>): Answer {
    const id = String(asked.secret_id ?? '');
    switch (path) {
      case '/vault/1.0/GetBox/':
        return { status: 200, body: { box_id: login.boxId, name: login.boxId } };
      case '/vault/1.0/CreateSecret/': {
        const name = String(asked.name ?? '');
        if (secrets.has(name)) return refuse(409, 'Secret already exists');
        secrets.set(name, String(asked.secret_data ?? ''));
        return { status: 200, body: { secret_id: name } };
      }
      case '/vault/1.0/CheckoutSecret/':
        return secrets.has(id) ? { status: 200, body: { secret_data: secrets.get(id) } } : refuse(404, 'Secret not found');
      case '/vault/1.0/DeleteSecret/':
        return secrets.delete(id) ? { status: 200, body: {} } : refuse(404, 'Secret not found');
      case '/vault/1.0/ListSecretIds/':
        return list(Number(asked.max_items ?? 256), String(asked.next_token ?? ''));
      default:
        return refuse(404, 'Unknown request');
    }
  }

  /** Names from `next_ctx` of the token on; the token of the next page holds the first name that did not fit. */
  function list(count: number, next: string): Answer {
    const from = next === '' ? '' : (JSON.parse(Buffer.from(next, 'base64').toString()) as { next_ctx: string }).next_ctx;
    const names = [...secrets.keys()].sort().filter((name) => name >= from);
    const rest = names[count];
    const token = rest === undefined ? '' : Buffer.from(JSON.stringify({ box_id: login.boxId, next_ctx: rest })).toString('base64');
    return { status: 200, body: { secrets: names.slice(0, count).map((name) => ({ name, expired: false })), next_token: token } };
  }
}
