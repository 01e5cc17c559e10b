import { AppError } from '../../../shared/rpc/errors.ts';

interface Answer {
  status: number;
  text(): string;
}

/** KES's own words for a refusal, short. Over HTTP/2, and behind proxies, a 502 may come without any. */
export function messageOf(answer: Answer): string {
  const body = answer.text().trim();
  try {
    const parsed = JSON.parse(body) as { message?: unknown; error?: unknown };
    const message = parsed.message ?? parsed.error;
    if (typeof message === 'string') return message.slice(0, 200);
  } catch {
    // Plain text: an unknown path, or not KES at all.
  }
  return answer.status === 200 ? '' : body.slice(0, 200);
}

/** A refused call as an `AppError`. "Exists" is a 400 in KES, and 403 means unknown identity or policy alike. */
export function answerError(answer: Answer, where: { host: string; path: string; name: string }): AppError {
  const { host, path, name } = where;
  const message = messageOf(answer);
  const route = path.split('/').slice(0, 4).join('/');
  switch (answer.status) {
    case 400:
      if (message === 'key already exists') return new AppError('kesKeyExists', { name });
      if (message.includes('client certificate is required')) return new AppError('kesNoIdentity', { host });
      if (message.includes('more than one client certificate')) return new AppError('kesTwoIdentities', { host });
      if (message.includes('is empty, too long or')) return new AppError('kesName', { name });
      if (message.includes('not authentic')) return new AppError('kesNotAuthentic', { name });
      break;
    case 403:
      return new AppError('kesNotAuthorised', { host, route });
    case 404:
      if (message === 'key does not exist') return new AppError('kesKeyNotFound', { name });
      break;
    case 502:
      return new AppError('kesKeyStore', { host, route, reason: message || '502' });
    case 504:
      return new AppError('kesKeyStoreUnreachable', { host });
  }
  return new AppError('kesRefused', { host, route, status: answer.status, reason: message });
}
