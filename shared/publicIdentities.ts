/** Why an identity of KES is nobody's own. `sandbox`: of the public Play server. `example`: its private key is printed. `printed`: only its hash is. */
export type PublicKind = 'sandbox' | 'example' | 'printed';

export interface PublicIdentity {
  /** Lower-case hex SHA-256 of the public key, as KES computes it. */
  readonly hash: string;
  readonly kind: PublicKind;
  /** Where everybody reads it. */
  readonly where: string;
}

/**
 * Identities that are printed in public. Of the first two kinds everybody has the private key, so whoever reaches the server is
 * them; of the last nobody here knows who has it.
 */
export const publicIdentities: readonly PublicIdentity[] = [
  { hash: '3ecfcdf38fcbe141ae26a1030f81e96b753365a46760ae6b578698a97c59fd22', kind: 'sandbox', where: 'root.key, play.min.io:7373' },
  { hash: 'ea9826089311fe44d7590408ede9150f7c637b6cab0a91ee6fe1aa5d9fb366f6', kind: 'example', where: 'minio/kms-go' },
  { hash: '0426fa9a04bc2756b92fbe8a97e1a1e07b53ecf04ed33da22c33e5c9faeb8cbb', kind: 'example', where: 'kes identity of --help' },
  { hash: 'ab785e3b95d80d72cc9c27cb9fde886a0bf9068a69d40e3bd08a54e68c3f2bf7', kind: 'example', where: 'minio/kms-go' },
  { hash: 'cf6c535e738c1dd47a1d746366fde7f0309d1e0a8471b9f6e909833906afbbfa', kind: 'example', where: 'KES documentation' },
  { hash: '339e2ff917630507b6a423b5ce084e285d1fa65d93b3e27a6195d3bbebc9ae23', kind: 'example', where: 'a seed of 32 zero bytes' },
  { hash: '02ef5321ca409dbc7b10e7e8ee44d1c3b91e4bf6e2198befdebee6312745267b', kind: 'printed', where: 'KES documentation' },
  ...[
    'c84cc9b91ae2399b043da7eca616048d4b4200edf2ff418d8af3835911db945d',
    'df7281ca3fed4ef7d06297eb7cb9d590a4edc863b4425f4762bb2afaebfd3258',
    'c0ecd5962eaf937422268b80a93dde4786dc9783fb2480ddea0f3e5fe471a731',
    '7ec8095a5308a535b72b35c7ccd4ce1d7c14af713acd22e2935a9d6e4fe18127',
    '4067503933d4a78358f908a2df7ec14e554c612acf8a9d1aa29b7da4aa018ec9',
  ].map((hash) => ({ hash, kind: 'printed', where: 'minio/kes, server-config.yaml' }) as const),
  { hash: 'dd46485bedc9ad2909d2e8f9017216eec4413bc5c64b236d992f7ec19c843c5f', kind: 'printed', where: 'KMS guide of 2020' },
];

/** What is known of an identity that is printed in public; undefined: none of those. Upper case and blanks do not matter. */
export function publicIdentity(hash: string): PublicIdentity | undefined {
  const wanted = hash.trim().toLowerCase();
  return publicIdentities.find((known) => known.hash === wanted);
}

/** Whether an identity is printed in public, so that it must never guard real data. */
export function isPublicIdentity(hash: string): boolean {
  return publicIdentity(hash) !== undefined;
}

/** The server and the credential that KES's own guide gives to everybody. The certificate beside it ended; the key did not. */
export const playSandbox = {
  url: 'https://play.min.io:7373',
  apiKey: 'kes:v1:AD9E7FSYWrMD+VjhI6q545cYT9YOyFxZb7UnjEepYDRc',
  certificateEnded: '2025-04-29T15:22:25Z',
} as const;
