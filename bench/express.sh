#!/bin/sh
# What Express does, by hand: CA and certificates, OpenBao, KES, MinIO, a bucket rule, an object, and the level 1 proof.
# The runner gives the folder, the programs and free ports by environment. Secrets go by files, pipes and environment only.
# Every started server's pid is written to $DIR/pids; whoever runs this ends them.
set -eu
umask 077
: "${DIR:?}" "${BAO:?}" "${KES:?}" "${MINIO:?}" "${MC:?}"
: "${PORT_VAULT:?}" "${PORT_CLUSTER:?}" "${PORT_KES:?}" "${PORT_MINIO:?}" "${PORT_CONSOLE:?}"
cd "$DIR"
mkdir -p certs minio/certs/CAs minio/data vault/data kes logs mc/certs/CAs

stage() { printf 'stage %s\n' "$1"; }
fail() { printf '%s\n' "$1" >&2; exit 1; }
# Both sides of the comparison ask again every 50 ms; nothing waits longer than 60 s.
until_true() {
  left=1200
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || fail "waited in vain for: $*"
    sleep 0.05
  done
}

# --- certificates: one CA, three servers, MinIO's identity ---
issue() { # name, key file, certificate file, extensions
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$2" 2>/dev/null
  printf '%s\n' subjectKeyIdentifier=hash authorityKeyIdentifier=keyid "$4" > "$1.ext"
  [ "$1" = ca ] && signer="-signkey ca.key" || signer="-CA certs/ca.crt -CAkey ca.key"
  # shellcheck disable=SC2086
  openssl req -new -utf8 -key "$2" -subj "/CN=bench $1" |
    openssl x509 -req $signer -set_serial "0x$(openssl rand -hex 15)" -days 365 -extfile "$1.ext" -out "$3" 2>/dev/null
  rm -f "$1.ext"
}
leaf='basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature'
server="$leaf
extendedKeyUsage=serverAuth
subjectAltName=DNS:localhost,IP:127.0.0.1"
issue ca ca.key certs/ca.crt 'basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign,cRLSign'
issue vault certs/vault.key certs/vault.crt "$server"
issue kes certs/kes.key certs/kes.crt "$server"
issue minio minio/certs/private.key minio/certs/public.crt "$server"
issue minio-client certs/minio-client.key certs/minio-client.crt "$leaf
extendedKeyUsage=clientAuth"
cp certs/ca.crt minio/certs/CAs/ca.crt
cp certs/ca.crt mc/certs/CAs/ca.crt
stage certificates

# --- OpenBao: configuration, start, init 5 of 3, unseal ---
cat > vault/vault.hcl <<HCL
storage "raft" {
  path = "$DIR/vault/data"
  node_id = "vault-1"
  performance_multiplier = 1
}
listener "tcp" {
  address = "127.0.0.1:$PORT_VAULT"
  cluster_address = "127.0.0.1:$PORT_CLUSTER"
  tls_cert_file = "$DIR/certs/vault.crt"
  tls_key_file = "$DIR/certs/vault.key"
  tls_disable_client_certs = true
}
api_addr = "https://127.0.0.1:$PORT_VAULT"
cluster_addr = "https://127.0.0.1:$PORT_CLUSTER"
default_lease_ttl = "168h"
max_lease_ttl = "720h"
HCL
"$BAO" server -config=vault/vault.hcl > logs/vault.log 2>&1 < /dev/null &
echo "$!" >> pids
export BAO_ADDR="https://127.0.0.1:$PORT_VAULT" BAO_CACERT="$DIR/certs/ca.crt"
# Exit 2: it answers and is sealed.
sealed_answers() { "$BAO" status && return 1 || [ "$?" -eq 2 ]; }
until_true sealed_answers
stage vault
"$BAO" operator init -key-shares=5 -key-threshold=3 > vault/init.txt
for share in 1 2 3; do
  sed -n "s/^Unseal Key $share: //p" vault/init.txt | "$BAO" write sys/unseal key=- > /dev/null
done
BAO_TOKEN=$(sed -n 's/^Initial Root Token: //p' vault/init.txt)
export BAO_TOKEN
active() { "$BAO" status | grep -q '^HA Mode *active'; }
until_true active
stage unseal

# --- kv v2, AppRole, policy, role, secret id ---
"$BAO" secrets enable -path=kv -version=2 kv > /dev/null
"$BAO" auth enable approle > /dev/null
"$BAO" policy write minio-key-policy - > /dev/null <<POLICY
path "kv/data/minio/*" { capabilities = ["create", "read"] }
path "kv/metadata/minio/*" { capabilities = ["list", "delete"] }
POLICY
"$BAO" write auth/approle/role/kes-role token_policies=minio-key-policy token_period=300 \
  token_num_uses=0 secret_id_num_uses=0 secret_id_ttl=0 > /dev/null
role_id=$("$BAO" read -field=role_id auth/approle/role/kes-role/role-id)
secret_id=$("$BAO" write -f -field=secret_id auth/approle/role/kes-role/secret-id)
stage prepare

# --- KES: configuration, start, default key ---
cat > kes/kes.yaml <<YAML
version: v1
address: 127.0.0.1:$PORT_KES
admin:
  identity: disabled
tls:
  key: $DIR/certs/kes.key
  cert: $DIR/certs/kes.crt
  auth: "off"
policy:
  minio:
    allow:
      - /v1/key/create/minio-*
      - /v1/key/generate/minio-*
      - /v1/key/decrypt/minio-*
      - /v1/key/describe/minio-*
      - /v1/key/list/*
      - /v1/status
      - /v1/metrics
      - /v1/api
    identities:
      - "$("$KES" identity of certs/minio-client.crt)"
cache:
  expiry:
    any: 5s
    unused: 5s
keystore:
  vault:
    endpoint: https://127.0.0.1:$PORT_VAULT
    engine: kv
    version: v2
    prefix: minio
    approle:
      engine: approle
      id: "$role_id"
      secret: "$secret_id"
    tls:
      ca: $DIR/certs/ca.crt
    status:
      ping: 10s
YAML
"$KES" server --config kes/kes.yaml > logs/kes.log 2>&1 < /dev/null &
echo "$!" >> pids
export KES_SERVER="https://127.0.0.1:$PORT_KES" SSL_CERT_FILE="$DIR/certs/ca.crt"
export KES_CLIENT_CERT="$DIR/certs/minio-client.crt" KES_CLIENT_KEY="$DIR/certs/minio-client.key"
until_true "$KES" status
stage kes
"$KES" key create minio-default > /dev/null
stage key

# --- MinIO: environment, start ---
user=bench-$(openssl rand -hex 4)
password=$(openssl rand -hex 24)
cat > minio/minio.env <<ENV
MINIO_ROOT_USER=$user
MINIO_ROOT_PASSWORD=$password
MINIO_KMS_KES_ENDPOINT=https://127.0.0.1:$PORT_KES
MINIO_KMS_KES_CERT_FILE=$DIR/certs/minio-client.crt
MINIO_KMS_KES_KEY_FILE=$DIR/certs/minio-client.key
MINIO_KMS_KES_CAPATH=$DIR/certs/ca.crt
MINIO_KMS_KES_KEY_NAME=minio-default
ENV
MINIO_CONFIG_ENV_FILE=$DIR/minio/minio.env "$MINIO" server --certs-dir minio/certs --address "127.0.0.1:$PORT_MINIO" \
  --console-address "127.0.0.1:$PORT_CONSOLE" minio/data > logs/minio.log 2>&1 < /dev/null &
echo "$!" >> pids
export MC_CONFIG_DIR="$DIR/mc" MC_HOST_lab="https://$user:$password@127.0.0.1:$PORT_MINIO"
until_true "$MC" admin kms key status lab
stage minio

# --- bucket with its rule, first object ---
bucket=lab/first-bucket
"$MC" mb -q "$bucket" > /dev/null
"$MC" encrypt set sse-kms minio-default "$bucket" > /dev/null
stage bucket
printf 'Hello. MinIO encrypted this text with a data key that KES made.\n' > hello.txt
"$MC" cp -q hello.txt "$bucket/hello.txt" > /dev/null
"$MC" stat "$bucket/hello.txt" | grep -q minio-default || fail 'the object is not under the default key'
"$MC" cat "$bucket/hello.txt" | cmp -s - hello.txt || fail 'the object reads differently'
stage object

# --- proof: a canary under a key of its own, readable only while its record is in the store ---
key=minio-proof-$(openssl rand -hex 4)
canary=$bucket/.canary
text="bench canary $(openssl rand -hex 12)"
printf '%s must not be readable here' "$text" > canary.txt
readable() { "$MC" cat "$canary" 2> canary.err | cmp -s - canary.txt; }
"$KES" key create "$key" > /dev/null
"$MC" cp -q --enc-kms "$bucket=$key" canary.txt "$canary" > /dev/null
"$MC" stat "$canary" | grep -q "$key" || fail 'the canary is not under its key'
readable || fail 'the canary cannot be read'
! grep -rqF "$text" minio/data || fail 'the canary lies in the clear on the disk'
"$BAO" kv get -mount=kv -field="$key" "minio/$key" > record
[ -s record ] || fail 'the record of the key was not read'
stage canary
"$BAO" kv metadata delete -mount=kv "minio/$key" > /dev/null
stage withheld
unreadable() { ! readable; }
until_true unreadable
grep -q 'key with given key ID does not exist' canary.err || fail "the canary cannot be read, but for another reason: $(cat canary.err)"
stage unreadable
"$BAO" kv put -mount=kv -cas=0 "minio/$key" "$key=@record" > /dev/null
[ "$("$BAO" kv get -mount=kv -field="$key" "minio/$key")" = "$(cat record)" ] || fail 'the record was not put back as it was'
rm -f record
until_true readable
stage proof
# As Express does: the canary and its key go, the rest stays and runs.
"$MC" rm -q "$canary" > /dev/null
"$BAO" kv metadata delete -mount=kv "minio/$key" > /dev/null
stage tidied

# --- a login of the operator's own, tried, then the root token goes ---
"$BAO" policy write operator - > /dev/null <<POLICY
path "sys/policies/acl/probe-*" { capabilities = ["create", "read", "update", "delete"] }
path "kv/data/minio/*" { capabilities = ["create", "read", "update", "delete"] }
path "kv/metadata/minio/*" { capabilities = ["read", "list", "delete"] }
POLICY
"$BAO" auth enable userpass > /dev/null
openssl rand -hex 24 > operator.password
"$BAO" write auth/userpass/users/operator password=@operator.password token_policies=operator token_ttl=30m > /dev/null
login=$("$BAO" write -field=token auth/userpass/login/operator password=@operator.password)
as_operator() { BAO_TOKEN=$login "$BAO" "$@"; }
printf 'path "kv/none" { capabilities = ["deny"] }\n' | as_operator policy write probe-bench - > /dev/null
as_operator policy read probe-bench > /dev/null
as_operator policy delete probe-bench > /dev/null
as_operator kv list -mount=kv minio > /dev/null
"$BAO" token revoke -self > /dev/null
! "$BAO" token lookup > /dev/null 2>&1 || fail 'the root token still works'
"$KES" key dek minio-default > /dev/null
stage admin
stage end
