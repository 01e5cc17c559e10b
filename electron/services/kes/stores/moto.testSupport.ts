import { spawn } from 'node:child_process';
import { ensureServers } from '../../../../servers/get.ts';
import { stopProcess, waitUntil } from '../../../clients/kes/kes.testSupport.ts';
import { freePort } from '../../../platform/ports.ts';

/** AWS Secrets Manager by moto's server: the whole API. `authorise`: it knows no key at all; otherwise it asks nobody who they are. */
export async function startMoto({ authorise = false }: { authorise?: boolean } = {}) {
  const { moto: binary } = await ensureServers(['moto']);
  const port = await freePort();
  const child = spawn(binary, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, ...(authorise ? { INITIAL_NO_AUTH_ACTION_COUNT: '0' } : {}) },
  });
  const url = `http://127.0.0.1:${port}`;
  await waitUntil(async () => (await fetch(`${url}/moto-api/data.json`)).ok, 40_000);
  return {
    url,
    /** Names of the secrets that are there, as the service itself says. */
    async secrets(): Promise<string[]> {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'x-amz-target': 'secretsmanager.ListSecrets', 'content-type': 'application/x-amz-json-1.1', authorization: signature },
        body: '{}',
      });
      const { SecretList } = (await answer.json()) as { SecretList: { Name: string }[] };
      return SecretList.map(({ Name }) => Name).sort();
    },
    stop: () => stopProcess(child),
  };
}

/** moto finds the service by the scope of the credential. */
const signature = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0';
