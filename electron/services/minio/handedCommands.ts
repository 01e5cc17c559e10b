import { isIP } from 'node:net';
import type { CommandLine } from '../../../shared/setup.ts';
import { say } from '../../../shared/text.ts';
import { mcAlias } from '../../clients/s3/mcCommands.ts';
import { hostPath, unitWord } from '../../jobs/handover.ts';
import { shellWord } from '../../platform/shellWord.ts';
import { handedFiles } from './settings.ts';

/** Where the lines belong, by how that MinIO was installed (minio.md 2.7). */
export function commandsByApi(folder: string, configFile: string | undefined): CommandLine[] {
  const copy: CommandLine[] = [
    { comment: say('minioCommandFiles', { folder }), line: `install -d -m 0750 -o minio-user ${shellWord(folder)}` },
    { line: `install -m 0600 -o minio-user ${handedFiles.cert} ${handedFiles.key} ${handedFiles.kesCa} ${shellWord(folder)}` },
  ];
  if (configFile !== undefined)
    return [
      ...copy,
      { comment: say('minioCommandConfigFile'), line: `cat ${handedFiles.environment} >> ${shellWord(configFile)}` },
      { comment: say('minioCommandAdminRestart'), line: `mc admin service restart ${mcAlias}` },
    ];
  return [
    ...copy,
    { comment: say('minioCommandSystemd'), line: `cat ${handedFiles.environment} >> /etc/default/minio && systemctl restart minio` },
    { comment: say('minioCommandContainer'), line: `docker run --env-file ${handedFiles.environment} …` },
    { comment: say('minioCommandEveryNode') },
  ];
}

/** A MinIO that is put up on another host with our files. */
export function commandsHandedOver(url: string, folder: string): CommandLine[] {
  const start = startLine(url, folder);
  if (folder.includes('\\'))
    return [
      { comment: say('handoverCommandCopy', { folder }) },
      { comment: say('minioCommandStart'), line: `set "MINIO_CONFIG_ENV_FILE=${hostPath(folder, handedFiles.environment)}" && ${start}` },
    ];
  return [
    { comment: say('handoverCommandCopy', { folder }) },
    {
      comment: say('handoverCommandOwner', { user: 'minio-user' }),
      line: `mkdir -p ${shellWord(hostPath(folder, 'data'))} && chown -R minio-user: ${shellWord(folder)} && chmod 700 ${shellWord(folder)}`,
    },
    {
      comment: say('handoverCommandUnit'),
      line: `cp ${shellWord(hostPath(folder, 'minio.service'))} /etc/systemd/system/minio.service && systemctl daemon-reload && systemctl enable --now minio`,
    },
    { comment: say('handoverCommandAgain'), line: 'systemctl restart minio' },
    {
      comment: say('handoverCommandByHand'),
      line: `MINIO_CONFIG_ENV_FILE=${shellWord(hostPath(folder, handedFiles.environment))} ${start}`,
    },
  ];
}

/** A systemd unit that starts MinIO with the files of the handover. */
export function unitFor(url: string, folder: string): string {
  return `[Unit]
Description=MinIO
Wants=network-online.target
After=network-online.target

[Service]
User=minio-user
Group=minio-user
Environment=${unitWord(`MINIO_CONFIG_ENV_FILE=${hostPath(folder, handedFiles.environment)}`)}
ExecStart=/usr/local/bin/${startWords(url, folder).map(unitWord).join(' ')}
Restart=on-failure
RestartSec=5
LimitNOFILE=65536
NoNewPrivileges=true

[Install]
WantedBy=multi-user.target
`;
}

function startLine(url: string, folder: string): string {
  return startWords(url, folder)
    .map((word) => (folder.includes('\\') ? (/[\s]/.test(word) ? `"${word}"` : word) : shellWord(word)))
    .join(' ');
}

/** A name is none of MinIO's own addresses: there it listens on all of them. */
function startWords(url: string, folder: string): string[] {
  const { hostname, host, port } = new URL(url);
  const address = isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? `:${port || '443'}` : port ? host : `${host}:443`;
  return ['minio', 'server', '--certs-dir', hostPath(folder, 'certs'), '--address', address, hostPath(folder, 'data')];
}
