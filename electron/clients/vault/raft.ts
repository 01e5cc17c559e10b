import { z } from 'zod';
import { AppError } from '../../../shared/rpc/errors.ts';
import type { VaultAnswer } from './answers.ts';
import type { VaultHttp } from './http.ts';

const leader = z.looseObject({
  ha_enabled: z.boolean().default(false),
  is_self: z.boolean().default(false),
  leader_address: z.string().default(''),
});
export type VaultLeader = z.infer<typeof leader>;

const configuration = z.looseObject({
  data: z.looseObject({
    config: z.looseObject({
      servers: z
        .array(
          z.looseObject({ node_id: z.string(), address: z.string(), leader: z.boolean().default(false), voter: z.boolean().default(true) }),
        )
        .nullish(),
    }),
  }),
});
export interface RaftServer {
  node_id: string;
  /** Cluster address. */
  address: string;
  leader: boolean;
  voter: boolean;
}

const autopilot = z.looseObject({
  data: z.looseObject({
    servers: z.record(z.string(), z.looseObject({ healthy: z.boolean().optional(), last_contact: z.string().optional() })).nullish(),
  }),
});
export type RaftHealth = Record<string, { healthy?: boolean | undefined; last_contact?: string | undefined }>;

const haStatus = z.looseObject({
  data: z
    .looseObject({
      nodes: z.array(z.looseObject({ api_address: z.string().default(''), cluster_address: z.string().default('') })).nullish(),
    })
    .nullish(),
});

export interface RaftJoin {
  leader_api_addr: string;
  /** PEM; absent: the node's own roots. */
  leader_ca_cert?: string;
  non_voter: boolean;
}

/** The cluster behind a node (vault.md 1.12). Storages other than raft answer its paths with 404. */
export function vaultRaft(http: VaultHttp) {
  return {
    /** `undefined` where the server answers nothing yet: raft that is sealed or new says 503. */
    async leader(): Promise<VaultLeader | undefined> {
      const answer = await http.attempt('GET', 'sys/leader');
      if (answer.status !== 200) return undefined;
      const read = leader.safeParse(answer.json);
      if (!read.success) throw new AppError('answerNotUnderstood', { host: http.host, reason: 'sys/leader: HTTP 200' });
      return read.data;
    },
    raftServers: async (): Promise<RaftServer[]> =>
      (await http.get(configuration, 'GET', 'sys/storage/raft/configuration')).data.config.servers ?? [],
    /** By node id; empty where the token may not ask or the product does not tell. */
    async raftHealth(): Promise<RaftHealth> {
      const answer = await http.attempt('GET', 'sys/storage/raft/autopilot/state');
      const read = answer.status === 200 ? autopilot.safeParse(answer.json) : undefined;
      return read?.success ? (read.data.data.servers ?? {}) : {};
    },
    /** API address by cluster address (host and port), of the nodes that the leader hears of. */
    async apiAddresses(): Promise<Map<string, string>> {
      const answer = await http.attempt('GET', 'sys/ha-status');
      const read = answer.status === 200 ? haStatus.safeParse(answer.json) : undefined;
      const nodes = read?.success ? (read.data.data?.nodes ?? []) : [];
      return new Map(nodes.map((node) => [node.cluster_address.replace(/^https?:\/\//, ''), node.api_address]));
    },
    /** `{joined: true}` is no proof, whatever the state of the node: read the configuration afterwards. */
    raftJoin: (body: RaftJoin): Promise<VaultAnswer> => http.send('POST', 'sys/storage/raft/join', { body, timeoutMs: 60_000 }),
    /** 204 for an unknown id too: read the configuration afterwards. */
    removePeer: (id: string): Promise<VaultAnswer> => http.send('POST', 'sys/storage/raft/remove-peer', { body: { server_id: id } }),
  };
}
