/** Loaded when it is needed: it is large, and most engines never need it. */
const library = () => import('openpgp');

/** A checked key as the server takes it: base64 of the binary key, without armor (vault.md 2.5). */
export async function binaryKey(armoredKey: string): Promise<string> {
  const pgp = await library();
  const key = await pgp.readKey({ armoredKey });
  return Buffer.from(key.toPublic().write()).toString('base64');
}

/** The server's binary message as `gpg --decrypt` and people's clipboards like it. */
export async function armoredMessage(bytes: Uint8Array): Promise<string> {
  const pgp = await library();
  // Checked to be a message; armored as bytes, because what a message writes of itself may be a stream.
  await pgp.readMessage({ binaryMessage: new Uint8Array(bytes) });
  return String(pgp.armor(pgp.enums.armor.message, new Uint8Array(bytes)));
}
