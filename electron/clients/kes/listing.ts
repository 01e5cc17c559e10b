interface Page {
  names: readonly string[] | null;
  continue_at?: string | undefined;
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_';

/**
 * Every key name, though KES cuts each answer at 1024 and its continuation does not continue: a cut answer is asked again
 * by longer prefixes. `-` sorts before all other characters and no prefix may end in it, so the head of a cut answer tells
 * whether names go on with hyphens at all. Entries ending in `/` are folders of the key store, not keys.
 */
export async function listAllNames(ask: (prefix: string) => Promise<Page>): Promise<string[]> {
  const found = new Set<string>();

  async function take(prefix: string): Promise<void> {
    const page = await ask(prefix);
    const names = page.names ?? [];
    for (const name of names) if (name !== '' && !name.endsWith('/')) found.add(name);
    if (!page.continue_at) return;
    const stem = prefix === '*' ? '' : prefix;
    await each(stem);
    for (let hyphens = `${stem}-`; stem !== '' && names.some((name) => name.startsWith(hyphens)); hyphens += '-') await each(hyphens);
  }

  async function each(stem: string): Promise<void> {
    for (const letter of letters) {
      // A lone `_` is refused as a prefix.
      if (stem + letter === '_') {
        await each('_');
        await each('_-');
      } else {
        await take(stem + letter);
      }
    }
  }

  await take('*');
  return [...found].sort();
}
