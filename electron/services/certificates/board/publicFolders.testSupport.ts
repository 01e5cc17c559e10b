import { X509Certificate } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Secret } from '../../../../shared/secret.ts';
import { makeCertificate, makeKey } from '../build.ts';

/** For tests: a CA with an intermediate, and the folders in which certbot, lego and acme.sh keep what such a CA issued. */
export async function makePublicCa() {
  const root = await mkdtemp(join(tmpdir(), 'sealdeck-acme-'));
  const [rootKey, key] = [await makeKey('P-256'), await makeKey('P-256')];
  const rootCert = makeCertificate({
    use: 'ca',
    subject: { commonName: 'Public Root' },
    days: 900,
    hosts: [],
    key: rootKey,
    pathLength: 1,
  });
  const issuer = { certificate: new X509Certificate(rootCert), key: rootKey };
  const intermediate = makeCertificate({ use: 'ca', subject: { commonName: 'Public R10' }, days: 400, hosts: [], key, issuer });
  let count = 0;

  async function issue(hosts: readonly string[], days = 90): Promise<{ cert: string; key: Secret }> {
    const own = await makeKey('P-256');
    const signer = { certificate: new X509Certificate(intermediate), key };
    return {
      cert: makeCertificate({ use: 'server', subject: { commonName: hosts[0] ?? 'x' }, days, hosts, key: own, issuer: signer }),
      key: own,
    };
  }

  return {
    root,
    rootCert,
    intermediate,
    issue,
    /** As after `certbot certonly`, and again after each renewal: the links of `live` lead to the newest of `archive`. */
    async certbot(name: string, hosts: readonly string[], days?: number): Promise<string> {
      const { cert, key: own } = await issue(hosts, days);
      const [live, archive] = [join(root, 'letsencrypt', 'live', name), join(root, 'letsencrypt', 'archive', name)];
      await Promise.all([mkdir(live, { recursive: true }), mkdir(archive, { recursive: true })]);
      await writeFile(join(root, 'letsencrypt', 'live', 'README'), 'This directory contains your keys and certificates.\n');
      count += 1;
      const files = { cert, chain: intermediate, fullchain: cert + intermediate, privkey: own.reveal() };
      for (const [part, content] of Object.entries(files)) {
        await writeFile(join(archive, `${part}${count}.pem`), content, { mode: 0o600 });
        await unlink(join(live, `${part}.pem`)).catch(() => undefined);
        await symlink(join('..', '..', 'archive', name, `${part}${count}.pem`), join(live, `${part}.pem`));
      }
      return live;
    },
    /** `bundle`: the issuer stands in the certificate's own file, too, as lego does unless it is told otherwise. */
    async lego(name: string, hosts: readonly string[], { bundle = true, days }: { bundle?: boolean; days?: number } = {}): Promise<string> {
      const { cert, key: own } = await issue(hosts, days);
      const folder = join(root, '.lego', 'certificates');
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, `${name}.crt`), bundle ? cert + intermediate : cert);
      await writeFile(join(folder, `${name}.issuer.crt`), intermediate);
      await writeFile(join(folder, `${name}.key`), own.reveal(), { mode: 0o600 });
      await writeFile(join(folder, `${name}.json`), JSON.stringify({ domain: name, certUrl: 'https://acme.example.com/cert/1' }));
      return folder;
    },
    async acmeSh(name: string, hosts: readonly string[], days?: number): Promise<string> {
      const { cert, key: own } = await issue(hosts, days);
      const folder = join(root, '.acme.sh', `${name}_ecc`);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, `${name}.cer`), cert);
      await writeFile(join(folder, 'ca.cer'), intermediate);
      await writeFile(join(folder, 'fullchain.cer'), cert + intermediate);
      await writeFile(join(folder, `${name}.key`), own.reveal(), { mode: 0o600 });
      await writeFile(join(folder, `${name}.conf`), `Le_Domain='${name}'\n`);
      return folder;
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
