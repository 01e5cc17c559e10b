import { z } from 'zod';
import { goMatch } from './kesGlob.ts';

/** Rules of policies: what they match on old and on today's servers, and how an old one is said today (kes.md 4.4, 4.6). */

const keyOperations = ['create', 'import', 'describe', 'delete', 'generate', 'encrypt', 'decrypt', 'hmac'] as const;

/** Routes of today's servers that take a name after the last slash. */
export const namedRoutes: readonly string[] = [
  ...keyOperations.map((operation) => `/v1/key/${operation}/`),
  '/v1/key/list/',
  '/v1/policy/describe/',
  '/v1/policy/read/',
  '/v1/policy/list/',
  '/v1/identity/describe/',
  '/v1/identity/list/',
];
export const plainRoutes: readonly string[] = [
  '/version',
  '/v1/ready',
  '/v1/status',
  '/v1/metrics',
  '/v1/api',
  '/v1/identity/self/describe',
  '/v1/log/error',
  '/v1/log/audit',
];
/** Beginnings of routes that only old servers had. */
const gone =
  /^\/v1\/(?:policy\/(?:write|delete|assign|show)|identity\/(?:assign|forget|delete)|enclave|secret|sys|key\/(?:bulk|derive))(?:\/|\*|$)/;

export type RuleFate =
  /** It says the same today. */
  | 'same'
  /** Said in other words. */
  | 'rewritten'
  /** One rule for each route that it matched. */
  | 'expanded'
  /** Today's servers cannot say it so narrowly. */
  | 'widened'
  /** Its route is gone. */
  | 'gone'
  /** It matched no route at all, also on the old server. */
  | 'nothing';

/** An old rule in the words of today's servers. Empty where nothing is left of it. */
export function modernRules(pattern: string): { rules: string[]; fate: RuleFate } {
  const trace = /^(\/v1\/log\/(?:audit|error))\/trace$/.exec(pattern)?.[1];
  if (trace !== undefined) return { rules: [trace], fate: 'rewritten' };
  if (pattern === '/v1/key/list' || pattern === '/v1/key/list/') return { rules: ['/v1/key/list/*'], fate: 'rewritten' };
  const prefix = pattern.endsWith('*') ? pattern.slice(0, -1) : pattern;
  if (!/[*?[\]\\]/.test(prefix) && namedRoutes.some((route) => prefix.startsWith(route)) && !namedRoutes.includes(pattern))
    return { rules: [pattern], fate: 'same' };
  if (plainRoutes.includes(pattern)) return { rules: [pattern], fate: 'same' };
  const { rules, widened } = expand(pattern);
  if (rules.length > 0) return { rules, fate: widened ? 'widened' : 'expanded' };
  return { rules, fate: gone.test(pattern) ? 'gone' : 'nothing' };
}

/** Segment by segment, since a star of a glob never crosses a slash. */
function expand(pattern: string): { rules: string[]; widened: boolean } {
  const wanted = pattern.split('/');
  const argument = wanted.at(-1) ?? '';
  const route = wanted.slice(0, -1).join('/');
  const rules = plainRoutes.filter((path) => goMatch(pattern, path));
  const narrow = /^[^*?[\]\\]*\*?$/.test(argument);
  const name = narrow ? argument : `${/^[^*?[\]\\]*/.exec(argument)?.[0] ?? ''}*`;
  let widened = false;
  for (const path of namedRoutes) {
    if (argument === '' || !goMatch(`${route}/`, path)) continue;
    // A list takes a pattern for a name: "list all" is what a rule for every operation allowed.
    if (path === '/v1/key/list/' && !route.endsWith('/list') && argument !== '*') continue;
    rules.push(path + name);
    widened ||= !narrow;
  }
  return { rules, widened };
}

/** Does a rule match a path? Exact, or a prefix before a star at the end (kes.md 4.4). */
export function prefixMatches(rule: string, path: string): boolean {
  return rule.endsWith('*') ? path.startsWith(rule.slice(0, -1)) : rule !== '' && rule === path;
}

/** A rule for a route that only old servers had. Today it does nothing, and harms nothing. */
export function isGone(rule: string): boolean {
  return gone.test(rule) || /^\/v1\/log\/(?:audit|error)\/trace$/.test(rule);
}

/** Why a rule of today's form does not do what it seems to: it matches nothing, or less than its writer meant. */
export function trapOf(rule: string): 'innerStar' | 'questionMark' | 'listBare' | 'noSlash' | 'noRoute' | undefined {
  const body = rule.endsWith('*') ? rule.slice(0, -1) : rule;
  if (!rule.startsWith('/')) return 'noSlash';
  if (body.includes('*')) return 'innerStar';
  if (/[?[\]]/.test(body)) return 'questionMark';
  if (rule === '/v1/key/list' || rule === '/v1/key/list/') return 'listBare';
  const reaches = rule.endsWith('*')
    ? [...namedRoutes, ...plainRoutes].some((route) => route.startsWith(body) || (namedRoutes.includes(route) && body.startsWith(route)))
    : plainRoutes.includes(rule) || namedRoutes.some((route) => rule.startsWith(route) && rule.length > route.length);
  return reaches ? undefined : 'noRoute';
}

/** A rule as it is written, and where. */
export const ruleLine = z.object({ policy: z.string(), list: z.enum(['allow', 'deny']), rule: z.string(), line: z.int().optional() });
export type RuleLine = z.infer<typeof ruleLine>;

/** Who may do what, as a server knows it. */
export const rightsModel = z.object({
  matching: z.enum(['glob', 'prefix']),
  /** Not bound by any rule. Absent or a word: there is none. */
  admin: z.string().optional(),
  /** Policies by identity. */
  members: z.array(z.object({ identity: z.string(), policy: z.string() })),
  rules: z.array(ruleLine),
  /** Routes that answer without a certificate. */
  open: z.array(z.string()),
});
export type RightsModel = z.infer<typeof rightsModel>;

export interface Verdict {
  allowed: boolean;
  why: 'open' | 'admin' | 'noPolicy' | 'denied' | 'allowed' | 'noRule';
  policy?: string;
  /** The rule that decided. */
  by?: RuleLine;
}

/** What KES answers an identity on a path: the administrator first, then what is denied, then what is allowed (kes.md 4.4). */
export function verdictOf(model: RightsModel, identity: string, path: string): Verdict {
  if (path === '/version' || path === '/v1/identity/self/describe' || isOpen(model, path)) return { allowed: true, why: 'open' };
  if (model.admin !== undefined && model.admin === identity) return { allowed: true, why: 'admin' };
  const policy = model.members.find((member) => member.identity === identity)?.policy;
  if (policy === undefined) return { allowed: false, why: 'noPolicy' };
  const matches = (rule: string): boolean => (model.matching === 'glob' ? goMatch(rule, path) === true : prefixMatches(rule, path));
  const decides = (list: 'allow' | 'deny'): RuleLine | undefined =>
    model.rules.find((one) => one.policy === policy && one.list === list && matches(one.rule));
  const denied = decides('deny');
  if (denied) return { allowed: false, why: 'denied', policy, by: denied };
  const allowed = decides('allow');
  return allowed ? { allowed: true, why: 'allowed', policy, by: allowed } : { allowed: false, why: 'noRule', policy };
}

function isOpen({ open }: RightsModel, path: string): boolean {
  return open.some((route) => (route.endsWith('/') ? path.startsWith(route) : path === route));
}

export const operations = [
  'create',
  'generate',
  'decrypt',
  'describe',
  'encrypt',
  'hmac',
  'import',
  'delete',
  'list',
  'status',
  'metrics',
  'api',
] as const;
export type KesAct = (typeof operations)[number];

/** The path of an operation on a key. Listing asks for all names: KES filters no better (kes.md 2.6). */
export function pathOf(act: KesAct, key: string): string {
  if (act === 'list') return '/v1/key/list/*';
  return act === 'status' || act === 'metrics' || act === 'api' ? `/v1/${act}` : `/v1/key/${act}/${key}`;
}

/** What a role wants of KES (kes.md 4.4): without `always` it does not work, without `helps` some of it does not. */
export const needs: Readonly<Record<'minio' | 'operator', Readonly<Partial<Record<KesAct, 'always' | 'helps' | 'never'>>>>> = {
  minio: {
    generate: 'always',
    decrypt: 'always',
    create: 'helps',
    describe: 'helps',
    list: 'helps',
    status: 'helps',
    metrics: 'helps',
    api: 'helps',
    delete: 'never',
    import: 'never',
  },
  operator: {
    create: 'always',
    describe: 'always',
    generate: 'always',
    decrypt: 'always',
    list: 'helps',
    import: 'helps',
    status: 'helps',
    metrics: 'helps',
    api: 'helps',
  },
};
