/** Configurations as they lie on disks, one of each generation. The identity is nobody's. */
export const someone = 'a7'.repeat(32);
export const another = 'b8'.repeat(32);

/** The old guide's own file, dialect A. The administrator and `auth` stand on its command line. */
export const guideFile = `address: 0.0.0.0:7373

tls:
  key:  kes-tls.key
  cert: kes-tls.crt

policy:
  minio:
    paths:
    - /v1/key/create/minio-*
    - /v1/key/generate/minio-*   # data keys
    - /v1/key/decrypt/minio-*
    identities:
    - ${someone}

cache:
  expiry:
    any: 5m0s
    unused: 20s

log:
  error: on
  audit: off

keys:
  vault:
    endpoint: https://127.0.0.1:8200
    prefix: minio
    approle:
      id: 7c1d6a0e-role     # of the role kes-role
      secret: TRACER-5f2e-secret
      retry: 15s
    tls:
      ca: vault-tls.crt
    status:
      ping: 10s
`;
export const guideCommand = 'kes server --mlock --config=server-config.yaml --root=disabled --auth=off';

/** A file of today without a finding. */
export const clean = `version: v1
address: 127.0.0.1:7373
admin:
  identity: disabled
tls:
  key: kes.key
  cert: kes.crt
  auth: "off"
policy:
  minio:
    allow:
      - /v1/key/create/minio-*
      - /v1/key/list/*
    identities:
      - "${someone}"
cache:
  expiry:
    any: 5m0s
    unused: 20s
log:
  error: "on"
  audit: "off"
keystore:
  vault:
    endpoint: https://127.0.0.1:8200
    version: v1
    approle:
      id: "role"
      secret: "\${KES_APPROLE_SECRET}"
`;
