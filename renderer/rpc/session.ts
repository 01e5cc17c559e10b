const storageKey = 'sealdeck.bearer';

/** Why there is no session: the address carried no token, or one that was used already. */
export type SessionProblem = 'missing' | 'used';

export class SessionError extends Error {
  override readonly name = 'SessionError';
  readonly problem: SessionProblem;

  constructor(problem: SessionProblem) {
    super(problem);
    this.problem = problem;
  }
}

/** The token in the fragment, and the fragment that stays: routes begin with `/`, a token never does. */
export function tokenOf(hash: string): string | undefined {
  const value = hash.replace(/^#/, '').replace(/^token=/, '');
  return /^[A-Za-z0-9_-]{16,}$/.test(value) ? value : undefined;
}

export function storedBearer(): string | undefined {
  return sessionStorage.getItem(storageKey) ?? undefined;
}

/** The host refused the bearer: the next attempt asks for a new address. */
export function forgetBearer(): void {
  refused = true;
  sessionStorage.removeItem(storageKey);
}

let pending: string | undefined;
let refused = false;

/**
 * The bearer of this tab. A one-time token in the address is exchanged for it and taken out of the address bar first, so
 * that neither history nor a bookmark keeps it. Throws SessionError when there is nothing (more) to exchange, and whatever
 * `fetch` throws when the host does not answer: then the token is kept for the next attempt.
 */
export async function openSession(): Promise<string> {
  const token = tokenOf(location.hash) ?? pending;
  if (token === undefined) {
    const bearer = storedBearer();
    if (bearer === undefined) throw new SessionError(refused ? 'used' : 'missing');
    return bearer;
  }
  if (tokenOf(location.hash) !== undefined) history.replaceState(null, '', location.pathname);
  pending = token;
  const answer = await fetch('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
    cache: 'no-store',
  });
  pending = undefined;
  const body = answer.ok ? ((await answer.json()) as { bearer?: unknown }) : {};
  const bearer = typeof body.bearer === 'string' ? body.bearer : storedBearer();
  if (bearer === undefined) throw new SessionError('used');
  sessionStorage.setItem(storageKey, bearer);
  return bearer;
}
