// Where a cluster lies and which user runs it. PostgreSQL refuses root, so as root an unprivileged user runs it, and that user
// must be able to walk to the binaries, the data and the socket: a clone under /root (mode 0700) is the ordinary case.
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StartupProblem, errorCode, explainFileError } from './problem.ts'

export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')

export interface Account {
  uid: number
  gid: number
}

export interface Place {
  /** Everything about one cluster lies here; its name for people. */
  dir: string
  data_dir: string
  run_dir: string
  log_file: string
  /** Set when this process is root: the user that runs the server. */
  account?: Account
}

// sun_path is 108 bytes including the closing zero.
const SOCKET_PATH_LIMIT = 107

export function heyuanDir(): string {
  return resolve(process.env['HEYUAN_DATA'] ?? join(projectRoot, '.heyuan'))
}

export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/** mkdir -p whose new folders can be passed through whatever the umask: the database may run as another user. */
export function makeDir(path: string, mode = 0o755): void {
  try {
    const first = mkdirSync(path, { recursive: true })
    if (first === undefined) return
    for (let at = path; ; at = dirname(at)) {
      chmodSync(at, at === path ? mode : 0o755)
      if (at === first || at === dirname(at)) return
    }
  } catch (error) {
    throw explainFileError(error, nearestExisting(path))
  }
}

/** The folder whose owner and disk decide whether `path` can be made. */
export function nearestExisting(path: string): string {
  return existsSync(path) || path === dirname(path) ? path : nearestExisting(dirname(path))
}

function mayPass(path: string, account: Account): boolean {
  const { mode, uid, gid } = statSync(path)
  if (uid === account.uid) return (mode & 0o100) !== 0
  return gid === account.gid ? (mode & 0o010) !== 0 : (mode & 0o001) !== 0
}

/** Access lists beyond the mode bits are not read: a wrong yes shows itself as a clear error of the server. */
export function isReachable(path: string, account: Account): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    if (!mayPass(at, account)) return false
    if (at === dirname(at)) return true
  }
}

export function unprivilegedAccount(): Account {
  try {
    const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((entry) => entry.startsWith('nobody:'))
    const [, , uid, gid] = line?.split(':') ?? []
    if (uid && gid && uid !== '0') return { uid: Number(uid), gid: Number(gid) }
  } catch {
    // no such file in a very small container
  }
  return { uid: 65534, gid: 65534 }
}

export function chownTree(path: string, account: Account): void {
  chownSync(path, account.uid, account.gid)
  for (const entry of readdirSync(path, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) chownSync(join(entry.parentPath, entry.name), account.uid, account.gid)
  }
}

/** A folder of ours below a public one: made now, or made earlier by the same user and writable by nobody else. */
function claimDir(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o755 })
    chmodSync(path, 0o755)
    return true
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') return false
    const found = lstatSync(path)
    return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
  }
}

/** A place every user can walk to, for what cannot stay in the project. /var/tmp comes last: some systems empty it by age. */
export function publicBase(account: Account): string {
  const chosen = process.env['HEYUAN_PUBLIC_DIR']
  for (const base of chosen === undefined ? ['/var/lib', '/opt', '/srv', '/var/tmp'] : [chosen]) {
    const path = join(base, 'heyuan')
    if (existsSync(base) && isReachable(base, account) && claimDir(path) && isReachable(path, account)) return path
  }
  throw new StartupProblem(
    '找不到数据库用户可以访问的文件夹(已试 /var/lib、/opt、/srv、/var/tmp)。',
    '用普通用户(不是 root)运行;或用 --data 指定一个所有上级文件夹都可进入的位置;或用环境变量 HEYUAN_PUBLIC_DIR 指定。',
  )
}

function rememberedPlace(dir: string): string | undefined {
  try {
    return readFileSync(join(dir, 'moved_to'), 'utf8').trim()
  } catch {
    return undefined
  }
}

function relocate(dir: string, account: Account, log: (line: string) => void): string {
  const earlier = rememberedPlace(dir)
  if (earlier !== undefined && existsSync(earlier) && isReachable(earlier, account)) return earlier
  const place = join(publicBase(account), createHash('sha256').update(dir).digest('hex').slice(0, 12))
  makeDir(place)
  const old = join(dir, 'data')
  if (existsSync(old) && !existsSync(join(place, 'data'))) {
    try {
      renameSync(old, join(place, 'data'))
    } catch (error) {
      throw new StartupProblem(
        `数据库文件夹 ${old} 位于数据库用户无法进入的位置,也不能自动移到 ${place}。`,
        `请手工移动:mv "${old}" "${place}/",再启动。`,
        error,
      )
    }
  }
  writeFileSync(join(dir, 'moved_to'), `${place}\n`)
  log(`以 root 运行时数据库由用户 uid ${account.uid} 运行,而它进不了 ${dir} 的上级文件夹,所以数据库放在 ${place}(备份与删除请到那里)。`)
  return place
}

function ownerOf(path: string): Account | undefined {
  try {
    const { uid, gid } = statSync(path)
    return { uid, gid }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined
    throw explainFileError(error, path)
  }
}

function makeOwnDir(path: string, account: Account | undefined): void {
  makeDir(path, 0o700)
  if (account === undefined) return
  chownSync(path, account.uid, account.gid)
}

export function choosePlace(wanted: string, log: (line: string) => void): Place {
  const asked = resolve(wanted)
  makeDir(asked)
  const owner = ownerOf(join(asked, 'data'))
  if (!isRoot()) {
    const me = process.getuid?.()
    if (owner !== undefined && owner.uid !== me) {
      throw new StartupProblem(
        `数据库文件夹 ${join(asked, 'data')} 属于另一个用户(uid ${owner.uid}),当前用户是 uid ${me}。`,
        `用原来的用户启动(若先前用过 root,请继续用 root 或 sudo);或换一个数据文件夹:npm start -- --data ~/heyuan-data`,
      )
    }
    makeOwnDir(join(asked, 'run'), undefined)
    makeDir(join(asked, 'log'))
    return { dir: asked, data_dir: join(asked, 'data'), run_dir: join(asked, 'run'), log_file: join(asked, 'log', 'postgres.log') }
  }
  const account = owner !== undefined && owner.uid !== 0 ? owner : unprivilegedAccount()
  const dir = rememberedPlace(asked) === undefined && isReachable(asked, account) ? asked : relocate(asked, account, log)
  const data_dir = join(dir, 'data')
  if (ownerOf(data_dir)?.uid === 0) chownTree(data_dir, account)
  makeOwnDir(join(dir, 'run'), account)
  makeDir(join(dir, 'log'))
  return { dir, data_dir, run_dir: join(dir, 'run'), log_file: join(dir, 'log', 'postgres.log'), account }
}

/** Where the log is kept (archiveSettings): beside the cluster, or on the disk that HEYUAN_BACKUPS names; writable for the server. */
export function archiveDirOf(place: Place): string {
  const outside = process.env['HEYUAN_BACKUPS']
  const dir = outside ? join(resolve(outside), 'wal') : join(place.dir, 'archive')
  makeOwnDir(dir, place.account)
  if (place.account !== undefined && !isReachable(dir, place.account)) throw new StartupProblem(`数据库用户(uid ${place.account.uid})进不了备份文件夹 ${dir}。`, `执行 chmod o+x 打开它的各级上级文件夹,或换一个位置:HEYUAN_BACKUPS=/备份盘/heyuan npm start`)
  return dir
}

export function socketPathFits(run_dir: string, port: number): boolean {
  return Buffer.byteLength(join(run_dir, `.s.PGSQL.${port}`)) <= SOCKET_PATH_LIMIT
}

/** The folder of an earlier start, removed since; not when somebody else has taken its name. */
function claimSocketDir(path: string, account: Account | undefined): boolean {
  try {
    mkdirSync(path, { mode: 0o700 })
    if (account !== undefined) chownSync(path, account.uid, account.gid)
    return true
  } catch {
    return false
  }
}

/** A socket folder short enough for the operating system; the caller removes it when it is not the cluster's own. */
export function socketDirFor(place: Place, port: number, earlier?: string): string {
  if (socketPathFits(place.run_dir, port)) return place.run_dir
  if (earlier !== undefined && claimSocketDir(earlier, place.account)) return earlier
  for (const base of [tmpdir(), '/tmp', '/var/tmp']) {
    if (!socketPathFits(join(base, 'heyuan-socket-XXXXXX'), port)) continue
    if (place.account !== undefined && !isReachable(base, place.account)) continue
    try {
      const dir = mkdtempSync(join(base, 'heyuan-socket-'))
      if (place.account !== undefined) chownSync(dir, place.account.uid, place.account.gid)
      return dir
    } catch {
      // not writable: the next one
    }
  }
  throw new StartupProblem('找不到足够短的路径来放数据库的本机套接字(上限 107 字节)。', '把临时文件夹设短一些,例如:TMPDIR=/tmp npm start')
}
