import type { Language } from '../../../shared/text.ts';

const en = `sealdeck: encryption for MinIO with KES and Vault or OpenBao, set up and proven

  up --dir D            from nothing to a proof in folder D; goes on where it stopped
     --practice         secrets under a key in D, not protected; needs no keychain
     --passphrase-file F, --passphrase-fd N   secrets under a passphrase
     --build-servers    agree to download and build missing servers
     --key-store openbao|vault   --storage raft|file|inmem   --kv 1|2   --name N
     --key-store aws|gcp|azure|ciphertrust|entrust|fortanix|fs   --key-store-file F|-: its lines as KES's
                        file has them, credentials among them, from a file or standard input
  status [--dir D]      store, stacks and their servers
  prove [--dir D]       a new proof; --level chain|dependency|rule
  audit [--dir D]       is every object encrypted? --bucket B (again and again), --prefix P, --versions,
                        --verify-all, --gentle N requests a second, --out F.csv|jsonl|html|json
  audit list|resume [ID]|diff A B|export [ID] --out F [--state S] [--bucket B]|verify FOLDER
  upload --bucket B PATH...  files and folders, each read back; --prefix P, --sse rule|s3|kms:KEY|c:NAME,
                        --context k=v (again and again), --on-conflict skip|replace
  upload resume|cancel [ID]|list
  download --bucket B [NAME...] --to FOLDER   objects under safe names, compared with their checksums; --prefix P
                        (all below it, or left out of the names), --on-conflict rename|skip|replace,
                        --version-id ID (that version of one name, with its id in the file's name)
  encrypt --audit ID|--bucket B --sse s3|kms:KEY|rule   what is plaintext, in place: a plan, then a run
                        that reads each back; --prefix P, --at-most N a second, --plan-only,
                        --history --yes-delete-old-versions (old versions, too)
  encrypt resume [ID]|list
  keys                  customer keys (SSE-C): their fingerprints, objects and copies; keys make NAME
  keys take NAME -|@F   32 bytes as hex or base64 from standard input or a file
  keys export [NAME...] --to FOLDER|import FILE   under --passphrase-file, the file's own
  keys remove NAME      what needs it; with --yes-lose-objects it goes
  kes-move [plan]       an old KES and today’s: both files, every change, names that would be lost; exit code 3: not yet
  kes-move try|back|cross   up to the line (--leave KEY again and again), back, or over it with --name STACK
  cluster [list]        the MinIO clusters of the stack, each with its KES; cluster prove: that they are apart
  cluster add           the next one, on the same Vault: --name N, --prefix P, --kes-nodes 1|2, --plan-only
  cluster resume [N]    goes on with one that was cut off
  down [--dir D]        stops the servers of the stack; up starts them again
  backup --dir D --to F  one sealed file in folder F, under --passphrase-file; --objects with MinIO's data
  restore FILE --dir D  the stack of a backup into the new folder D, and a proof; --practice
  unlock [--dir D]      opens the credential store; --passphrase-file F, --passphrase-fd N
  servers               server programs that were found; --get openbao,kes,minio
  open                  a window; --port N, --no-open prints its one-time address
  call P [-|@file]      any procedure, JSON from standard input or a file; waits for jobs
  procedures [P]        all procedures, with --json their JSON Schemas
  selfcheck             what this runtime can do
  quit                  ends the engine; --force also with work running
  help

With several stacks: --dir D or --stack ID. With several MinIO clusters: --cluster N on prove, audit, upload, download,
encrypt and keys; without it the first. Everywhere: --json (one JSON object a line), --lang en|zh-CN, --data FOLDER.
Exit code 0: done. 1: failed. 2: not understood, or servers missing without --build-servers.
An audit: 0 all encrypted, 3 plaintext found, 4 something unknown or unreadable, 130 cancelled (resume goes on).
Encryption in place: 0 all done, 3 some left as they were, 130 cancelled (resume goes on).
A download: 0 all are there, 3 some are not, 130 cancelled.
An upload: 0 all landed as meant, 3 something landed otherwise, 130 cancelled (resume goes on).
No secret is ever taken from the command line or the environment.`;

const zh = `sealdeck：为 MinIO 配置并证明加密，配合 KES 与 Vault 或 OpenBao

  up --dir D            在目录 D 中从零开始直到得到证明；可从中断处继续
     --practice         敏感信息由 D 中的密钥密封，无保护；不需要钥匙串
     --passphrase-file F, --passphrase-fd N   敏感信息由口令密封
     --build-servers    同意下载和构建缺少的服务器
     --key-store openbao|vault   --storage raft|file|inmem   --kv 1|2   --name N
     --key-store aws|gcp|azure|ciphertrust|entrust|fortanix|fs   --key-store-file F|-：按 KES 配置文件的
                        写法给出其各行（含凭据），来自文件或标准输入
  status [--dir D]      凭据库、部署及其服务器
  prove [--dir D]       新的证明；--level chain|dependency|rule
  audit [--dir D]       对象是否全部已加密？--bucket B（可重复）、--prefix P、--versions、
                        --verify-all、--gentle N 每秒请求数、--out F.csv|jsonl|html|json
  audit list|resume [ID]|diff A B|export [ID] --out F [--state S] [--bucket B]|verify 目录
  upload --bucket B 路径...  上传文件和文件夹并逐个回读；--prefix P、--sse rule|s3|kms:密钥|c:名称、
                        --context k=v（可重复）、--on-conflict skip|replace
  upload resume|cancel [ID]|list
  download --bucket B [名称...] --to 目录   以安全的文件名下载对象并核对校验和；--prefix P
                        （其下全部，或从文件名中略去）、--on-conflict rename|skip|replace、
                        --version-id ID（一个名称的该版本，文件名中含版本 ID）
  encrypt --audit ID|--bucket B --sse s3|kms:密钥|rule   原地加密明文对象：先给出计划，再运行
                        并逐个回读；--prefix P、--at-most 每秒个数、--plan-only、
                        --history --yes-delete-old-versions（连同旧版本）
  encrypt resume [ID]|list
  keys                  客户密钥 (SSE-C)：指纹、对象与副本；keys make 名称
  keys take 名称 -|@F   从标准输入或文件读取 32 字节的十六进制或 base64
  keys export [名称...] --to 目录|import 文件   口令来自 --passphrase-file，属于该文件
  keys remove 名称      显示哪些对象需要它；加 --yes-lose-objects 才移除
  kes-move [plan]       旧 KES 与新版：两个文件、每处变化、会丢失的名称；退出码 3：还不能迁移
  kes-move try|back|cross   到界线为止（--leave 密钥，可重复）、退回，或以 --name 环境名 越过界线
  cluster [list]        环境中的各个 MinIO 集群及其 KES；cluster prove：验证它们相互隔离
  cluster add           在同一个 Vault 上添加下一个集群：--name N、--prefix P、--kes-nodes 1|2、--plan-only
  cluster resume [N]    继续被中断的添加
  down [--dir D]        停止该部署的服务器；用 up 可再次启动
  backup --dir D --to F  在目录 F 中生成一个加密文件，口令来自 --passphrase-file；--objects 含 MinIO 数据
  restore 文件 --dir D   将备份中的环境恢复到新目录 D 并证明；--practice
  unlock [--dir D]      打开凭据库；--passphrase-file F, --passphrase-fd N
  servers               找到的服务器程序；--get openbao,kes,minio
  open                  打开窗口；--port N，--no-open 只输出一次性地址
  call P [-|@file]      任意过程，JSON 来自标准输入或文件；会等待任务结束
  procedures [P]        全部过程；加 --json 输出其 JSON Schema
  selfcheck             此运行环境的能力
  quit                  结束引擎；--force 即使有任务在运行
  help

有多个环境时：--dir D 或 --stack ID。有多个 MinIO 集群时：prove、audit、upload、download、encrypt、keys 可用 --cluster N，省略则为第一个。
通用选项：--json（每行一个 JSON 对象）、--lang en|zh-CN、--data 目录。
退出码 0：完成。1：失败。2：无法理解，或缺少服务器且未给出 --build-servers。
审计：0 全部已加密，3 发现明文，4 有未知或无法读取的内容，130 已取消（可用 resume 继续）。
原地加密：0 全部完成，3 有对象保持原样，130 已取消（可用 resume 继续）。
下载：0 全部已下载，3 有对象未能下载，130 已取消。
上传：0 全部符合预期，3 有对象与预期不符，130 已取消（可用 resume 继续）。
敏感信息从不取自命令行或环境变量。`;

export const help: Readonly<Record<Language, string>> = { en, 'zh-CN': zh };
