/** Random policies and paths for tests, over few words, so that rules meet. The seed is told when one fails. */
const words = ['kv', 'a', 'ab', 'b', 'minio'];
const rights = ['create', 'read', 'update', 'delete', 'list', 'sudo', 'patch'];

/** mulberry32: small, and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function one<T>(random: () => number, of: readonly T[]): T {
  return of[Math.floor(random() * of.length)] as T;
}

function policyPath(random: () => number): string {
  const parts = Array.from({ length: 1 + Math.floor(random() * 4) }, () => (random() < 0.25 ? '+' : one(random, words)));
  const path = parts.join('/');
  const end = random();
  if (end < 0.35) return `${path}/*`;
  if (end < 0.5 && !path.endsWith('+')) return `${path}*`;
  return end < 0.6 ? `${path}/` : path;
}

function policy(random: () => number): string {
  return Array.from({ length: 2 + Math.floor(random() * 6) }, () => {
    const allowed = random() < 0.12 ? ['deny', ...(random() < 0.5 ? ['read'] : [])] : rights.filter(() => random() < 0.35);
    const slash = random() < 0.1 ? '/' : '';
    return `path "${slash}${policyPath(random)}" {\n  capabilities = ${JSON.stringify(allowed)}\n}\n`;
  }).join('\n');
}

/** One to three policies each. */
export function randomPolicies(
  count: number,
  seed = Number(process.env.SEALDECK_SEED ?? Date.now() % 1_000_000),
): { seed: number; cases: string[][] } {
  const cases = Array.from({ length: count }, (_, at) => {
    const random = generator(seed + at);
    return Array.from({ length: 1 + Math.floor(random() * 3) }, () => policy(random));
  });
  return { seed, cases };
}

export function somePaths(seed: number, count: number): string[] {
  const random = generator(seed ^ 0x5eed);
  const paths = Array.from({ length: count }, () => {
    const path = Array.from({ length: 1 + Math.floor(random() * 5) }, () => one(random, words)).join('/');
    return random() < 0.3 ? `${path}/` : path;
  });
  return [...new Set(paths)];
}
