// Our own supervisor for the PostgreSQL programs: one folder is one cluster, one process at a time holds it.
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { prepareBinaries, type Binaries } from './binaries.ts'
import { DATABASE, OWNER, archiveSettings, checkMajor, createCluster, createThrowAway, settingsFor, writeSettings } from './cluster.ts'
import { acquireLock, readHolder, type Lock, type LockHolder } from './lock.ts'
import { archiveDirOf, choosePlace, heyuanDir, isReachable, isRoot, socketDirFor, unprivilegedAccount, type Place } from './place.ts'
import { clearRemains, readPidFile, stopPostmaster } from './postmaster.ts'
import { StartupProblem } from './problem.ts'
import { explainServerLog, openServerLog, type ServerLog } from './server_log.ts'

export interface EmbeddedOptions {
  /** The cluster's folder; `.heyuan/pg` by default. */
  dir?: string
  log?: (line: string) => void
  /** Also listen on 127.0.0.1 at this port, with a generated password. */
  port?: number
  /** A throw-away server for tests: temporary folder, no fsync, removed on stop. */
  ephemeral?: boolean
  settings?: Record<string, string>
  /** The log is kept for restoring to a point in time, once a backup was taken. */
  archive?: boolean
  /** The cluster is being filled from a backup. */
  restoring?: boolean
  /** A socket folder of an earlier start of this process, so that addresses stay the same. */
  socketDir?: string
}

export interface EmbeddedDatabase {
  url: string
  adminUrl: string
  tcpUrl?: string
  socketDir: string
  dataDir: string
  logFile: string
  /** With `archive`: where the log goes. */
  archiveDir?: string
  pid: number
  /** Resolves when the server ends, wanted or not. */
  exited: Promise<string>
  stop(limitMs?: number): Promise<void>
}

/** Stands in the cluster's folder while it is filled from a backup. */
export const RESTORING = 'restoring'
const TEMP_PREFIX = 'heyuan-test-pg-'
const SOCKET_PORT = 5432
// Crash recovery replays at most max_wal_size; ten minutes is far above it on any disk.
const START_LIMIT_MS = 600_000

export function socketUrl(socketDir: string, port: number, database: string): string {
  return `postgres://${OWNER}@localhost:${port}/${database}?host=${encodeURIComponent(socketDir)}`
}

export function defaultDir(): string {
  return join(heyuanDir(), 'pg')
}

const lockPath = (dir: string): string => join(resolve(dir), 'lock.json')

export interface RunningEmbedded {
  holder: LockHolder
  url?: string
}

/** Who holds this cluster now, if anybody does. */
export function findRunning(dir = defaultDir()): RunningEmbedded | undefined {
  const holder = readHolder(lockPath(dir))
  if (holder === undefined) return undefined
  const url = holder.note['url']
  return typeof url === 'string' ? { holder, url } : { holder }
}

// The shell waits on a pipe that breaks when this process dies in whatever way, and then stops the server. It costs 1 MB.
const WATCHDOG = `if read -r _; then exit 0; fi
if read -r p < "$2/postmaster.pid" && [ "$p" = "$1" ]; then kill "-$3" "$1"; fi
[ -n "$4" ] || exit 0
for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$1" 2>/dev/null || break; sleep 0.5; done
rm -rf "$4"`

function startWatchdog(pid: number, place: Place, ephemeral: boolean): ChildProcess {
  const args = ['-c', WATCHDOG, 'heyuan-watchdog', String(pid), place.data_dir, ephemeral ? 'QUIT' : 'INT', ephemeral ? place.dir : '']
  const child = spawn('/bin/sh', args, { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'], ...place.account })
  child.on('error', () => undefined) // no shell: the orphan is handled at the next start
  child.stdin?.on('error', () => undefined)
  child.unref()
  return child
}

function throwAwayPlace(): Place {
  const account = isRoot() ? unprivilegedAccount() : undefined
  const base = [tmpdir(), '/tmp', '/var/tmp'].find((path) => existsSync(path) && (account === undefined || isReachable(path, account)))
  if (base === undefined) throw new StartupProblem('找不到可用的临时文件夹。', '设置 TMPDIR 指向一个可写的文件夹。')
  const dir = mkdtempSync(join(base, TEMP_PREFIX))
  if (account !== undefined) chownSync(dir, account.uid, account.gid)
  const place: Place = { dir, data_dir: join(dir, 'data'), run_dir: dir, log_file: join(dir, 'postgres.log') }
  return account === undefined ? place : { ...place, account }
}

/** Throw-away servers whose process was killed together with its watchdog. */
async function sweepThrowAway(): Promise<void> {
  const names = readdirSync(tmpdir()).filter((name) => name.startsWith(TEMP_PREFIX)).slice(0, 50)
  for (const dir of names.map((name) => join(tmpdir(), name))) {
    // A folder without a lock is one that is being made this second, or not ours.
    if (!existsSync(lockPath(dir)) || readHolder(lockPath(dir)) !== undefined) continue
    try {
      if (existsSync(join(dir, 'data'))) await clearRemains(join(dir, 'data'), () => undefined)
      rmSync(dir, { recursive: true, force: true })
    } catch {
      // another user's
    }
  }
}

function spawnServer(binaries: Binaries, place: Place, socketDir: string, log: ServerLog, port: number | undefined): ChildProcess {
  const args = ['-D', place.data_dir, '-k', socketDir, '-p', String(port ?? SOCKET_PORT)]
  args.push('-c', `listen_addresses=${port === undefined ? '' : '127.0.0.1'}`)
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C' }
  // Detached: Ctrl-C in the terminal must reach us first, not the database.
  return spawn(join(binaries.dir, 'bin', 'postgres'), args, { cwd: '/', env, detached: true, stdio: ['ignore', log.fd, log.fd], ...place.account })
}

async function untilReady(child: ChildProcess, place: Place, serverLog: ServerLog, log: (line: string) => void): Promise<void> {
  let failure: string | undefined
  child.once('error', (error) => (failure = error.message))
  child.once('exit', (code, signal) => (failure = `exit ${code ?? signal}`))
  const begun = performance.now()
  let told = 10_000
  for (;;) {
    const file = readPidFile(place.data_dir)
    if (file?.pid === child.pid && file?.ready) return
    const elapsed = performance.now() - begun
    if (failure !== undefined || elapsed > START_LIMIT_MS) throw explainServerLog(serverLog.tail() || (failure ?? ''), place.log_file)
    if (elapsed > told) {
      log(`数据库正在恢复上次未写完的内容,已 ${Math.round(elapsed / 1000)} 秒,请稍候 …`)
      told += 10_000
    }
    await sleep(15)
  }
}

function tcpPassword(dir: string): string {
  const path = join(dir, 'password')
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString('base64url'), { mode: 0o600 })
  return readFileSync(path, 'utf8').trim()
}

async function prepareDatabase(adminUrl: string, password: string | undefined): Promise<void> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE])
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(DATABASE)}`)
    if (password !== undefined) await client.query(`alter role ${pg.escapeIdentifier(OWNER)} password ${pg.escapeLiteral(password)}`)
  } finally {
    await client.end()
  }
}

interface Started {
  child: ChildProcess
  socketDir: string
  serverLog: ServerLog
}

async function launchServer(place: Place, options: EmbeddedOptions, log: (line: string) => void): Promise<Started> {
  const ephemeral = options.ephemeral === true
  const binaries = prepareBinaries(place.dir, place.account, log)
  if (!existsSync(join(place.data_dir, 'PG_VERSION'))) {
    if (!ephemeral) log(`首次启动:正在建立数据库(PostgreSQL ${binaries.version},${place.data_dir})…`)
    await (ephemeral ? createThrowAway : createCluster)(binaries, place.data_dir, place.account)
  } else {
    checkMajor(place.data_dir, binaries)
    await clearRemains(place.data_dir, log)
  }
  const archive = options.archive === true ? archiveSettings(archiveDirOf(place)) : {}
  writeSettings(place.data_dir, settingsFor(ephemeral, { ...archive, ...options.settings }), place.account)
  const socketDir = socketDirFor(place, options.port ?? SOCKET_PORT, options.socketDir)
  const serverLog = openServerLog(place.log_file)
  const child = spawnServer(binaries, place, socketDir, serverLog, options.port)
  child.unref()
  try {
    await untilReady(child, place, serverLog, log)
  } catch (error) {
    if (child.pid !== undefined) await stopPostmaster(child.pid, 2_000)
    serverLog.close()
    if (socketDir !== place.run_dir) rmSync(socketDir, { recursive: true, force: true })
    throw error
  }
  return { child, socketDir, serverLog }
}

function handle(place: Place, lock: Lock, started: Started, options: EmbeddedOptions): EmbeddedDatabase {
  const { child, socketDir, serverLog } = started
  const pid = child.pid ?? 0
  const ephemeral = options.ephemeral === true
  const watchdog = startWatchdog(pid, place, ephemeral)
  const exited = new Promise<string>((done) => {
    child.once('exit', (code, name) => done(code === null ? `signal ${name}` : `code ${code}`))
    if (child.exitCode !== null) done(`code ${child.exitCode}`)
  })
  const cleanUp = (): void => {
    watchdog.stdin?.end('done\n')
    serverLog.close()
    if (socketDir !== place.run_dir) rmSync(socketDir, { recursive: true, force: true })
    if (ephemeral) rmSync(place.dir, { recursive: true, force: true, maxRetries: 5 })
    lock.release()
  }
  const port = options.port ?? SOCKET_PORT
  let stopping: Promise<void> | undefined
  const stop = async (limitMs: number): Promise<void> => {
    child.ref() // its end is awaited below
    // Nothing in a throw-away cluster is worth a checkpoint.
    if (child.exitCode === null && child.signalCode === null) await stopPostmaster(pid, ephemeral ? 0 : limitMs)
    await exited
    cleanUp()
  }
  return {
    url: socketUrl(socketDir, port, DATABASE),
    adminUrl: socketUrl(socketDir, port, 'postgres'),
    ...(options.port === undefined ? {} : { tcpUrl: `postgres://${OWNER}:${tcpPassword(place.dir)}@127.0.0.1:${port}/${DATABASE}` }),
    socketDir,
    dataDir: place.data_dir,
    logFile: place.log_file,
    ...(options.archive === true ? { archiveDir: archiveDirOf(place) } : {}),
    pid,
    exited,
    stop: (limitMs = 20_000) => (stopping ??= stop(limitMs)),
  }
}

function refuseBusy(holder: LockHolder, dir: string): StartupProblem {
  const purpose = holder.note['purpose']
  return new StartupProblem(
    `数据库 ${dir} 正被另一个进程使用(进程号 ${holder.pid}${purpose === undefined ? '' : `,${purpose}`})。`,
    `先停止它(在它的终端按 Ctrl-C,或执行 kill ${holder.pid});或另开一套:npm start -- --data 另一个文件夹`,
  )
}

export async function startEmbedded(options: EmbeddedOptions = {}): Promise<EmbeddedDatabase> {
  const log = options.log ?? (() => undefined)
  if (options.ephemeral === true) await sweepThrowAway()
  const asked = options.dir ?? defaultDir()
  const place = options.ephemeral === true ? throwAwayPlace() : choosePlace(asked, log)
  const lockDir = options.ephemeral === true ? place.dir : asked
  if (options.restoring !== true && existsSync(join(asked, RESTORING))) throw new StartupProblem(`数据文件夹 ${asked} 里的恢复没有做完。`, `删除这个文件夹,重新恢复:npm run heyuan -- restore --help`)
  const taken = await acquireLock(lockPath(lockDir), { purpose: process.argv[1]?.split('/').at(-1) ?? 'node' })
  if ('holder' in taken) throw refuseBusy(taken.holder, asked)
  try {
    const started = await launchServer(place, options, log)
    const database = handle(place, taken.lock, started, options)
    try {
      await prepareDatabase(database.adminUrl, options.port === undefined ? undefined : tcpPassword(place.dir))
    } catch (error) {
      await database.stop(5_000)
      throw error
    }
    taken.lock.tell({ url: database.url })
    return database
  } catch (error) {
    taken.lock.release()
    if (options.ephemeral === true) rmSync(place.dir, { recursive: true, force: true })
    throw error
  }
}

/** Where the log of the embedded server of `dir` is kept; nothing when `url` is somebody else's server. */
export function archiveHere(url: string | undefined, dir: string): string | undefined {
  if (!existsSync(dir)) return undefined
  const running = findRunning(dir)
  if (url !== undefined && running?.url !== url) return undefined
  return archiveDirOf(choosePlace(dir, () => undefined))
}

