import { createPrivateKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { StoreStatus } from '../../shared/app.ts';

export interface SelfCheck {
  name: string;
  ok: boolean;
  value: string;
}

/**
 * What differs between Node and Electron's Node (BoringSSL, built-in SQLite) and what the machine offers. Each check does
 * the thing that Sealdeck needs, so a "yes" was tried. Nothing is changed.
 */
export async function selfcheck(store: StoreStatus): Promise<SelfCheck[]> {
  return [
    tried('node', () => process.versions.node),
    tried('tls library', () => (process.versions.openssl === '0.0.0' ? 'BoringSSL' : `OpenSSL ${process.versions.openssl}`)),
    tried('electron', () => process.versions.electron ?? 'none'),
    tried('P-256 signatures', () => signs('P-256')),
    tried('Ed25519 signatures', () => signs('Ed25519')),
    tried('encrypted PKCS#8', encryptedKey),
    await triedAsync('node:sqlite', sqlite),
    { name: 'keychain', ok: store.keychain.available, value: store.keychain.reason ?? 'answers' },
  ];
}

function tried(name: string, act: () => string): SelfCheck {
  try {
    return { name, ok: true, value: act() };
  } catch (error) {
    return { name, ok: false, value: error instanceof Error ? error.message : String(error) };
  }
}

async function triedAsync(name: string, act: () => Promise<string>): Promise<SelfCheck> {
  return act().then(
    (value) => ({ name, ok: true, value }),
    (error: unknown) => ({ name, ok: false, value: error instanceof Error ? error.message : String(error) }),
  );
}

function signs(curve: 'P-256' | 'Ed25519'): string {
  const { privateKey, publicKey } = curve === 'P-256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  const digest = curve === 'P-256' ? 'sha256' : null;
  const text = Buffer.from('sealdeck');
  if (!verify(digest, text, publicKey, sign(digest, text, privateKey))) throw new Error('the signature does not verify');
  return 'made and verified';
}

function encryptedKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'selfcheck' });
  createPrivateKey({ key: pem, passphrase: 'selfcheck' });
  return 'written and read';
}

async function sqlite(): Promise<string> {
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(':memory:');
  try {
    const row = database.prepare('select sqlite_version() as version').get();
    return `SQLite ${String(row?.version)}`;
  } finally {
    database.close();
  }
}
