// Making a cluster (initdb) and its settings.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, chownSync, cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { StartupProblem, explainFileError } from './problem.ts'
import { chownTree, makeDir, projectRoot, type Account } from './place.ts'

export const OWNER = 'heyuan'
export const DATABASE = 'heyuan'

// Order never depends on the host's libc (builtin provider); LC_CTYPE still decides what pg_trgm calls a letter, and with
// plain C no Chinese character is one, so the host's C.UTF-8 is asked for first.
const LOCALES = [['--locale=C', '--lc-ctype=C.UTF-8'], ['--locale=C', '--lc-ctype=en_US.UTF-8'], ['--locale=C']]
const INITDB = ['--data-checksums', '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', `--username=${OWNER}`]
const ACCESS = ['--auth-local=trust', '--auth-host=scram-sha-256', '--no-instructions']

function run(command: string, args: string[], account: Account | undefined): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' }
    const child = spawn(command, args, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000, ...account })
    let output = ''
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-4_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => done({ code: 1, output: error.message }))
    child.once('close', (code) => done({ code: code ?? 1, output }))
  })
}

function explainInitdb(output: string): StartupProblem {
  if (/No space left/.test(output)) return new StartupProblem('磁盘已满,无法建立数据库。', '清理磁盘,或换位置:npm start -- --data /大磁盘/heyuan-data')
  if (/could not look up effective user/.test(output)) {
    return new StartupProblem('当前用户编号在本机没有登记(常见于容器里随意指定的 uid),数据库拒绝建立。', '改用已登记的用户或 root 运行,或设置 DATABASE_URL。')
  }
  return new StartupProblem(`建立数据库失败:${output.trim().split('\n').slice(-4).join(' / ')}`, '请检查磁盘与权限后再试;也可设置 DATABASE_URL 使用自己的 PostgreSQL。')
}

/** Built aside and renamed: a kill in the middle leaves nothing that looks like a cluster. */
async function initdb(binaries: Binaries, data_dir: string, account: Account | undefined, safe: boolean): Promise<void> {
  const next = `${data_dir}.new`
  let output = ''
  for (const locale of LOCALES) {
    rmSync(next, { recursive: true, force: true })
    mkdirSync(next, { mode: 0o700 })
    if (account !== undefined) chownSync(next, account.uid, account.gid)
    const ran = await run(
      join(binaries.dir, 'bin', 'initdb'),
      ['-D', next, ...INITDB, ...ACCESS, ...locale, ...(safe ? [] : ['--no-sync'])],
      account,
    )
    if (ran.code === 0) {
      renameSync(next, data_dir)
      return
    }
    output = ran.output
    if (!/locale/.test(output)) break
  }
  rmSync(next, { recursive: true, force: true })
  throw explainInitdb(output)
}

export async function createCluster(binaries: Binaries, data_dir: string, account: Account | undefined): Promise<void> {
  try {
    await initdb(binaries, data_dir, account, true)
  } catch (error) {
    throw explainFileError(error, data_dir)
  }
}

export function checkMajor(data_dir: string, binaries: Binaries): void {
  const made = readFileSync(join(data_dir, 'PG_VERSION'), 'utf8').trim()
  const have = binaries.version.split('.')[0]
  if (made === have) return
  throw new StartupProblem(
    `数据文件夹 ${data_dir} 由 PostgreSQL ${made} 建立,而本版随附的是 ${have}。`,
    '先用原来的版本导出(npm run heyuan -- export),再用新版本在另一个文件夹导入:npm start -- --data 新文件夹',
  )
}

// ---- throw-away clusters: initdb once (1.3 to 3.8 s), then copy (0.2 s)

function ownedByMe(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found !== undefined && found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid)
}

function templateDir(binaries: Binaries): string | undefined {
  const key = createHash('sha256').update([binaries.version, ...INITDB, ...LOCALES.flat()].join(' ')).digest('hex').slice(0, 12)
  for (const base of [join(projectRoot, '.heyuan', 'cache'), join(tmpdir(), `heyuan-cache-${process.getuid?.() ?? 0}`)]) {
    try {
      makeDir(base, 0o700)
      // Somebody else's folder of that name would be somebody else's database.
      if (ownedByMe(base)) return join(base, `pg-template-${key}`)
    } catch {
      // not writable: the next one, or no cache at all
    }
  }
  return undefined
}

export async function createThrowAway(binaries: Binaries, data_dir: string, account: Account | undefined): Promise<void> {
  const template = templateDir(binaries)
  if (template !== undefined && existsSync(template)) {
    cpSync(template, data_dir, { recursive: true })
    chmodSync(data_dir, 0o700)
    if (account !== undefined) chownTree(data_dir, account)
    return
  }
  await initdb(binaries, data_dir, account, false)
  if (template === undefined) return
  const next = `${template}.${process.pid}`
  try {
    cpSync(data_dir, next, { recursive: true })
    renameSync(next, template)
  } catch {
    rmSync(next, { recursive: true, force: true }) // another process was first, or the disk is full: only a cache
  }
}

// ---- settings

const SETTINGS: Record<string, string> = {
  max_connections: '60',
  // Idle memory counts on a small machine; a large installation says so in local.conf.
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  // Kept and used again: a new segment is written full of zeros while every commit waits (25 to 40 ms measured, each eight seconds where 2,000 devices speak in one).
  min_wal_size: '256MB',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  wal_level: 'replica', // for backups by the server's own protocol
  jit: 'off',
  ssl: 'off',
  io_method: 'sync', // three idle read-ahead workers cost 9 of 35 MB (PSS, measured idle); pages mostly come from the file cache here
  timezone: 'Asia/Shanghai',
  log_timezone: 'Asia/Shanghai',
  lc_messages: 'C',
  log_line_prefix: '%m [%p] %q%u@%d ',
  log_checkpoints: 'off',
  log_lock_waits: 'on',
  random_page_cost: '1.1',
  autovacuum_naptime: '20s', // plans made while a table was empty (a new company's first payments) are made anew after the first analysis: sooner than the usual minute
  max_locks_per_transaction: '256', // month partitions: one statement may touch hundreds of relations
  unix_socket_permissions: '0700',
  huge_pages: 'off',
}

const THROW_AWAY: Record<string, string> = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_wal_size: '4GB', autovacuum_naptime: '1min' }

/**
 * The log goes into `dir`, a gzip a segment, from the moment that a first backup has made the file `on` there; before, nobody could replay it. The same segment twice is fine when
 * it is the same (manual, 25.3.1): a kill between the renaming and the server's note of it. gzip and cmp are on every system that runs this server.
 */
export function archiveSettings(dir: string): Record<string, string> {
  const a = quoted(dir)
  const kept = `gzip -1c "%p" > "$f.part" && { sync "$f.part" 2>/dev/null; mv "$f.part" "$f.gz"; }`
  return { archive_mode: 'on', archive_command: `test -e ${a}/on || exit 0; f=${a}/%f; if test -e "$f.gz"; then gzip -dc "$f.gz" | cmp -s - "%p"; else ${kept}; fi` }
}
/** Reads a log of `archiveSettings` again, to the end or to a moment ('2026-11-27 07:00:00+00': the server takes no zone by letter there), and then opens for writing. */
export function recoverySettings(dir: string, to_time: string | undefined): Record<string, string> {
  const a = quoted(dir)
  return { restore_command: `test -e ${a}/%f.gz && gzip -dc ${a}/%f.gz > "%p"`, recovery_target_timeline: 'latest', recovery_target_action: 'promote', ...(to_time === undefined ? {} : { recovery_target_time: to_time }) }
}
// For the shell, and a % for the server.
const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''").replaceAll('%', '%%')}'`

const HEADER = `# 由和院在每次启动时重写,请不要修改。要调整参数,请写入同一文件夹的 local.conf,例如:
#   shared_buffers = 1GB
`

export function settingsFor(ephemeral: boolean, extra: Record<string, string> = {}): Record<string, string> {
  return { ...SETTINGS, ...(ephemeral ? THROW_AWAY : {}), ...extra }
}

export function writeSettings(data_dir: string, settings: Record<string, string>, account: Account | undefined): void {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`)
  const files = {
    'postgresql.conf': `${HEADER}${lines.join('\n')}\ninclude_if_exists = 'local.conf'\n`,
    'pg_hba.conf': [
      '# 由和院在每次启动时重写。套接字所在的文件夹只有运行数据库的用户(与 root)可以进入。',
      'local all all trust',
      'local replication all trust',
      'host all all 127.0.0.1/32 scram-sha-256',
      'host all all ::1/128 scram-sha-256',
      '',
    ].join('\n'),
  }
  for (const [name, text] of Object.entries(files)) {
    const path = join(data_dir, name)
    writeFileSync(`${path}.next`, text, { mode: 0o600 })
    if (account !== undefined) chownSync(`${path}.next`, account.uid, account.gid)
    renameSync(`${path}.next`, path)
  }
}
