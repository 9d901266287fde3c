import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { freePort } from '../../../tests/free_port.ts'
import { makeLibraryLinks } from './binaries.ts'
import { findRunning, startEmbedded, type EmbeddedDatabase } from './embedded.ts'
import { isRoot, unprivilegedAccount } from './place.ts'
import { readPidFile, serverProcesses, waitUntil } from './postmaster.ts'

const open: EmbeddedDatabase[] = []
const children: ChildProcess[] = []
const folders: string[] = []

function tempDir(mode = 0o755): string {
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-unit-'))
  chmodSync(dir, mode)
  folders.push(dir)
  return dir
}

async function start(options: Parameters<typeof startEmbedded>[0]): Promise<EmbeddedDatabase> {
  const database = await startEmbedded(options)
  open.push(database)
  return database
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

async function ask<T>(url: string, sql: string): Promise<T> {
  const client = await connect(url)
  try {
    return (await client.query(sql)).rows[0] as T
  } finally {
    await client.end()
  }
}

// Another Node that starts a cluster, says so, and waits to be killed.
function holder(options: Record<string, unknown>, as: string[] = [], env: Record<string, string> = {}): Promise<{ child: ChildProcess; text: string }> {
  const module = new URL('./embedded.ts', import.meta.url).href
  const code = `import(${JSON.stringify(module)}).then(async (m) => {
    const db = await m.startEmbedded({ ...${JSON.stringify(options)}, log: (line) => console.log(line) })
    process.on('SIGTERM', () => db.stop().then(() => process.exit(0)))
    console.log('READY ' + JSON.stringify({ pid: db.pid, url: db.url, dir: db.dataDir }))
    setInterval(() => {}, 1000)
  }).catch((e) => { console.log('FAILED ' + e.message + ' ' + e.way_out); process.exit(1) })`
  const [command = process.execPath, ...args] = [...as, process.execPath, '-e', code]
  const child = spawn(command, args, { cwd: '/', stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
  children.push(child)
  return new Promise((done) => {
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (/READY .*\}\n|FAILED/.test(text)) done({ child, text })
    })
    child.once('exit', () => done({ child, text }))
  })
}

const ready = (text: string): { pid: number; url: string; dir: string } => JSON.parse(/READY (.*)/.exec(text)?.[1] ?? '{}')

async function killAndWait(child: ChildProcess): Promise<void> {
  const gone = new Promise((done) => child.once('exit', done))
  child.kill('SIGKILL')
  await gone
}

afterEach(async () => {
  for (const database of open.splice(0)) await database.stop()
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
})

afterAll(async () => {
  await sleep(300)
  for (const dir of folders) rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
})

describe('a throw-away server', () => {
  test('answers over the socket only, is quick for tests and leaves nothing', { timeout: 120_000 }, async () => {
    const database = await start({ ephemeral: true, settings: { work_mem: '7MB' } })
    const facts = await ask<Record<string, string>>(
      database.url,
      `select current_database() as name, current_user as who, current_setting('fsync') as fsync, current_setting('listen_addresses') as tcp,
        current_setting('work_mem') as extra, current_setting('data_checksums') as checksums, pg_encoding_to_char(encoding) as encoding,
        datlocprovider::text || ' ' || datlocale as locale from pg_database where datname = current_database()`,
    )
    expect(facts).toEqual({
      name: 'heyuan', who: 'heyuan', fsync: 'off', tcp: '', extra: '7MB', checksums: 'on', encoding: 'UTF8', locale: 'b C.UTF-8',
    })
    await database.stop()
    expect(existsSync(dirname(database.dataDir))).toBe(false)
  })

  test('disappears when its process is killed outright', { timeout: 120_000 }, async () => {
    const { child, text } = await holder({ ephemeral: true })
    const { dir } = ready(text)
    expect(serverProcesses(dir).length).toBeGreaterThan(0)
    await killAndWait(child)
    expect(await waitUntil(() => !existsSync(dir), 8_000, 50)).toBe(true)
  })
})

describe('a lasting cluster', () => {
  test('is durable, and kill -9 under inserts loses nothing that was acknowledged', { timeout: 120_000 }, async () => {
    const dir = join(tempDir(), 'pg')
    const first = await start({ dir })
    expect(await ask(first.url, "select current_setting('fsync') as f, current_setting('full_page_writes') as p, current_setting('synchronous_commit') as s")).toEqual({ f: 'on', p: 'on', s: 'on' })
    await ask(first.url, 'create table t (id bigint primary key)')
    const acknowledged: number[] = []
    let next = 1
    const writer = async (): Promise<void> => {
      const client = await connect(first.url)
      for (;;) {
        const id = next++
        try {
          await client.query('insert into t values ($1)', [id])
          acknowledged.push(id)
        } catch {
          return
        }
      }
    }
    const writers = [writer(), writer(), writer(), writer()]
    await sleep(700)
    process.kill(first.pid, 'SIGKILL')
    await Promise.all(writers)
    expect(await first.exited).toContain('SIGKILL')
    await first.stop()
    const begun = performance.now()
    const second = await start({ dir })
    const client = await connect(second.url)
    const found = new Set((await client.query<{ id: string }>('select id from t')).rows.map((row) => Number(row.id)))
    await client.end()
    expect(acknowledged.length).toBeGreaterThan(50)
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([])
    expect(performance.now() - begun).toBeLessThan(15_000)
  })

  test('a second start of the same folder is refused in Chinese, and the holder can be found', { timeout: 120_000 }, async () => {
    const dir = join(tempDir(), 'pg')
    const first = await start({ dir })
    await expect(startEmbedded({ dir })).rejects.toThrow(/正被另一个进程使用.*进程号/)
    expect(findRunning(dir)).toMatchObject({ url: first.url, holder: { pid: process.pid } })
    await first.stop()
    expect(findRunning(dir)).toBeUndefined()
  })

  test('survives its process: the watchdog stops it; a server that lost both is stopped at the next start', { timeout: 120_000 }, async () => {
    const dir = join(tempDir(), 'pg')
    const one = await holder({ dir })
    const place = ready(one.text)
    await killAndWait(one.child)
    expect(await waitUntil(() => serverProcesses(place.dir).length === 0, 8_000)).toBe(true)
    expect(readPidFile(place.dir)).toBeUndefined() // stopped in good order

    const two = await holder({ dir })
    const orphan = ready(two.text).pid
    for (const pid of watchdogsOf(orphan)) process.kill(pid, 'SIGKILL')
    await killAndWait(two.child)
    await sleep(300)
    expect(serverProcesses(place.dir)).toContain(orphan)
    const lines: string[] = []
    const third = await start({ dir, log: (line) => lines.push(line) })
    expect(lines.join()).toContain(`上次的数据库进程(${orphan})失去了主程序`)
    expect(third.pid).not.toBe(orphan)
    expect(await ask(third.url, 'select 1 as one')).toEqual({ one: 1 })
  })

  test('a stale postmaster.pid that names a living stranger does not stop the start', { timeout: 120_000 }, async () => {
    const dir = join(tempDir(), 'pg')
    const first = await start({ dir })
    const pidFile = join(first.dataDir, 'postmaster.pid')
    const before = readFileSync(pidFile, 'utf8')
    process.kill(first.pid, 'SIGKILL')
    await first.exited
    await first.stop()
    // Same user as the server: PostgreSQL takes a stranger of another user for dead anyway.
    const stranger = spawn('sleep', ['30'], isRoot() ? unprivilegedAccount() : {})
    children.push(stranger)
    writeFileSync(pidFile, before.replace(/^\d+/, String(stranger.pid)))
    const second = await start({ dir })
    expect(await ask(second.url, 'select 1 as one')).toEqual({ one: 1 })
    expect(stranger.exitCode).toBeNull()
  })

  test('a folder too deep for a socket gets a short one elsewhere', { timeout: 120_000 }, async () => {
    const dir = join(tempDir(), '很深的文件夹'.repeat(6), 'x'.repeat(40), 'pg')
    const database = await start({ dir })
    expect(Buffer.byteLength(join(database.socketDir, '.s.PGSQL.5432'))).toBeLessThanOrEqual(107)
    expect(await ask(database.url, 'select 1 as one')).toEqual({ one: 1 })
    await database.stop()
    expect(existsSync(database.socketDir)).toBe(false)
  })

  test('listens on a port only when asked, with a password kept in a private file', { timeout: 120_000 }, async () => {
    const dir = join(tempDir(), 'pg')
    const database = await start({ dir, port: await freePort() })
    const url = database.tcpUrl ?? ''
    expect(await ask(url, 'select 1 as one')).toEqual({ one: 1 })
    await expect(connect(url.replace(/:[^:@]*@/, ':wrong@'))).rejects.toThrow(/password/)
    expect(statSync(join(dir, 'password')).mode & 0o777).toBe(0o600)
  })

  test('a bad setting is explained in Chinese', { timeout: 120_000 }, async () => {
    const dir = join(tempDir(), 'pg')
    const database = await start({ dir })
    await database.stop()
    writeFileSync(join(database.dataDir, 'local.conf'), "shared_buffers = 'viel'\n")
    await expect(startEmbedded({ dir })).rejects.toMatchObject({ message: '数据库参数文件有误。', way_out: expect.stringContaining('local.conf') })
    expect(findRunning(dir)).toBeUndefined()
  })
})

describe('users and folders', () => {
  test.runIf(isRoot())('as root the server runs as somebody else', { timeout: 120_000 }, async () => {
    const database = await start({ dir: join(tempDir(), 'pg') })
    expect(statSync(`/proc/${database.pid}`).uid).toBe(unprivilegedAccount().uid)
    expect(statSync(database.dataDir).mode & 0o777).toBe(0o700)
    expect(statSync(database.socketDir).mode & 0o777).toBe(0o700)
  })

  test.runIf(isRoot())('as root below a private folder it moves to a reachable one and says where', { timeout: 120_000 }, async () => {
    const base = tempDir(0o755)
    const dir = join(tempDir(0o700), 'pg')
    for (let round = 0; round < 2; round++) {
      const { child, text } = await holder({ dir }, [], { HEYUAN_PUBLIC_DIR: base })
      expect(ready(text).dir.startsWith(join(base, 'heyuan'))).toBe(true)
      if (round === 0) expect(text).toContain('所以数据库放在')
      const gone = new Promise((done) => child.once('exit', done))
      child.kill('SIGTERM')
      await gone
    }
  })

  test.runIf(isRoot())('as an ordinary user it runs as that user; a foreign folder is refused with a way out', { timeout: 120_000 }, async () => {
    const { uid, gid } = unprivilegedAccount()
    const as = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
    const dir = tempDir()
    const locked = await holder({ dir: join(dir, 'pg') }, as)
    expect(locked.text).toMatch(/FAILED 没有写入权限/)
    mkdirSync(join(dir, 'own'))
    chownSync(join(dir, 'own'), uid, gid)
    const { child, text } = await holder({ dir: join(dir, 'own', 'pg') }, as)
    expect(statSync(`/proc/${ready(text).pid}`).uid).toBe(uid)
    const gone = new Promise((done) => child.once('exit', done))
    child.kill('SIGTERM')
    await gone
  })

  test('library links are made once and mended', () => {
    const native = join(tempDir(), 'native')
    mkdirSync(join(native, 'lib'), { recursive: true })
    writeFileSync(join(native, 'lib', 'a.so.1.2'), '')
    symlinkSync('elsewhere', join(native, 'lib', 'a.so'))
    writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify([{ source: 'native/lib/a.so.1.2', target: 'native/lib/a.so' }]))
    expect(makeLibraryLinks(native)).toBe(true)
    expect(makeLibraryLinks(native)).toBe(true)
    expect(readFileSync(join(native, 'lib', 'a.so'), 'utf8')).toBe('')
  })
})

function watchdogsOf(postmaster: number): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      return args[3] === 'heyuan-watchdog' && args[4] === String(postmaster)
    } catch {
      return false
    }
  })
}
