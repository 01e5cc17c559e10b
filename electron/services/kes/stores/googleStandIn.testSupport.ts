import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { field, fieldsOfMessage, type Said, textOf } from './grpc.testSupport.ts';
import { type Answer, type Asked, serveBehindProxy, serveStandIn } from './standIn.testSupport.ts';

const names = ['secretmanager.googleapis.com', 'oauth2.googleapis.com', 'accounts.google.com'];
const service = '/google.cloud.secretmanager.v1.SecretManagerService/';
const codes = { notFound: 5, alreadyExists: 6, unauthenticated: 16, unimplemented: 12 } as const;

/** The account of a project, as it stands in the key file of a service account. */
export function googleAccount(project: string) {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    project,
    clientEmail: `kes@${project}.iam.gserviceaccount.com`,
    clientId: '100000000000000000001',
    keyId: 'a1b2c3',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** Stands in for GCP Secret Manager (gRPC, v1) and Google's token endpoint, under their real names behind a proxy. */
export async function startGoogle(account: Pick<ReturnType<typeof googleAccount>, 'project' | 'clientEmail' | 'publicKey'>) {
  const secrets = new Map<string, Buffer | undefined>();
  const token = 'ya29.stand-in';
  const parent = `projects/${account.project}`;

  /** Signed by the account's own key, either as a request for a token or as the token itself. */
  function isTheirs(jwt: string): boolean {
    const [head = '', claims = '', signature = ''] = jwt.split('.');
    if (signature === '') return false;
    const { iss } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as { iss?: string };
    return (
      iss === account.clientEmail &&
      verify('RSA-SHA256', Buffer.from(`${head}.${claims}`), createPublicKey(account.publicKey), Buffer.from(signature, 'base64url'))
    );
  }

  function tokenEndpoint({ method, path, body }: Asked): Answer {
    if (method !== 'POST' || !path.endsWith('/token')) return { status: 404 };
    const { assertion = '' } = body as { assertion?: string };
    return isTheirs(assertion)
      ? { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: 3600 } }
      : { status: 400, body: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } };
  }

  const server = await serveStandIn(tokenEndpoint, names, (path, bearer, message) =>
    bearer === token || isTheirs(bearer)
      ? call(path, message)
      : { code: codes.unauthenticated, message: 'Request had invalid authentication credentials.' },
  );

  function call(path: string, message: Buffer): Said {
    const asked = fieldsOfMessage(message);
    const name = textOf(asked, 1).split('/')[3] ?? '';
    const missing = { code: codes.notFound, message: `Secret [${textOf(asked, 1)}] not found.` };
    switch (path.replace(service, '')) {
      case 'CreateSecret': {
        const id = textOf(asked, 2);
        if (secrets.has(id)) return { code: codes.alreadyExists, message: `Secret [${parent}/secrets/${id}] already exists.` };
        secrets.set(id, undefined);
        return field(1, `${parent}/secrets/${id}`);
      }
      case 'AddSecretVersion':
        if (!secrets.has(name)) return missing;
        secrets.set(name, dataOf(asked.find((one) => one.number === 2)?.bytes));
        return field(1, `${parent}/secrets/${name}/versions/1`);
      case 'AccessSecretVersion': {
        const data = secrets.get(name);
        return data === undefined ? missing : Buffer.concat([field(1, textOf(asked, 1)), field(2, field(1, data))]);
      }
      case 'DeleteSecret':
        return secrets.delete(name) ? Buffer.alloc(0) : missing;
      case 'ListSecrets':
        return Buffer.concat([...secrets.keys()].map((id) => field(1, field(1, `${parent}/secrets/${id}`))));
      default:
        return { code: codes.unimplemented, message: path };
    }
  }

  return { ...(await serveBehindProxy(server)), ca: server.ca, calls: server.calls, secrets };
}

function dataOf(payload: Buffer | undefined): Buffer {
  return fieldsOfMessage(payload ?? Buffer.alloc(0)).find(({ number }) => number === 1)?.bytes ?? Buffer.alloc(0);
}
