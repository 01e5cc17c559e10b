import { unitWord } from '../../../../jobs/handover.ts';

interface UnitFacts {
  name: string;
  binary: string;
  config: string;
  environment: string;
  user: string;
  data: string | undefined;
  /** Memory is locked (mlock). */
  locks: boolean;
  raft: boolean;
}

/** The vendors' units, hardened (vault.md 3.8). The server says that it listens; it is sealed then. */
export function unitOf({ name, binary, config, environment, user, data, locks, raft }: UnitFacts): string {
  return `${[
    '[Unit]',
    `Description=${name}`,
    'Requires=network-online.target',
    'After=network-online.target',
    `ConditionFileNotEmpty=${unitWord(config)}`,
    'StartLimitIntervalSec=60',
    'StartLimitBurst=3',
    '',
    '[Service]',
    'Type=notify',
    `EnvironmentFile=-${environment.replaceAll('%', '%%')}`,
    `User=${user}`,
    `Group=${user}`,
    `ExecStart=${unitWord(binary)} server ${unitWord(`-config=${config}`)}`,
    'ExecReload=/bin/kill --signal HUP $MAINPID',
    'KillMode=process',
    'KillSignal=SIGINT',
    'Restart=on-failure',
    'RestartSec=5',
    'TimeoutStopSec=30',
    'LimitNOFILE=65536',
    'LimitCORE=0',
    'UMask=0077',
    ...(locks
      ? ['LimitMEMLOCK=infinity', 'AmbientCapabilities=CAP_IPC_LOCK', 'CapabilityBoundingSet=CAP_IPC_LOCK']
      : ['CapabilityBoundingSet=']),
    // What is not locked must not reach the disk by swapping.
    ...(locks && !raft ? [] : ['MemorySwapMax=0']),
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    ...(data === undefined ? [] : [`ReadWritePaths=${unitWord(data)}`]),
    'ProtectHome=yes',
    'PrivateTmp=yes',
    'PrivateDevices=yes',
    'ProtectKernelTunables=yes',
    'ProtectKernelModules=yes',
    'ProtectKernelLogs=yes',
    'ProtectControlGroups=yes',
    'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX',
    'RestrictNamespaces=yes',
    'LockPersonality=yes',
    'SystemCallArchitectures=native',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ].join('\n')}\n`;
}
