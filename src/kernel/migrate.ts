// Migrations: forward only, plain SQL in db/migrations, each in one transaction, once, safe when two start together.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { asOwner } from './db.ts'

const folder = new URL('../../db/migrations/', import.meta.url)

export function migrationFiles(): { name: string; sql: string; hash: string }[] {
  return readdirSync(folder)
    .filter((f) => /^\d{4}_[a-z0-9_]+\.sql$/.test(f))
    .sort()
    .map((name) => {
      const sql = readFileSync(new URL(name, folder), 'utf8')
      return { name, sql, hash: createHash('sha256').update(sql).digest('hex') }
    })
}

/** Brings the database of `ownerUrl` to the newest schema. Throws when an applied file was altered afterwards. */
export async function migrate(ownerUrl: string): Promise<{ applied: string[] }> {
  return asOwner(ownerUrl, async (c) => {
    await c.query(`select pg_advisory_lock(727001)`)
    try {
      await c.query(`create schema if not exists kernel; create table if not exists kernel.migration (name text primary key, hash text not null, applied_at timestamptz not null default now())`)
      const done = new Map((await c.query<{ name: string; hash: string }>('select name, hash from kernel.migration')).rows.map((r) => [r.name, r.hash]))
      const applied: string[] = []
      // A database that is empty has nothing to lose between two files: the log reaches the disk once, with the last commit below, not after each.
      if (done.size === 0) await c.query('set synchronous_commit = off')
      for (const m of migrationFiles()) {
        const before = done.get(m.name)
        if (before === m.hash) continue
        if (before !== undefined) throw new Error(`迁移文件 ${m.name} 已执行过,但内容被修改;请恢复原文件,并用新的迁移文件修改结构`)
        await c.query('begin')
        try {
          await c.query(m.sql)
          await c.query('insert into kernel.migration (name, hash) values ($1, $2)', [m.name, m.hash])
          await c.query('commit')
        } catch (error) {
          await c.query('rollback')
          throw new Error(`迁移 ${m.name} 失败: ${(error as Error).message}`, { cause: error })
        }
        applied.push(m.name)
      }
      if (done.size === 0 && applied.length > 0) {
        await c.query('set synchronous_commit = on')
        await c.query('update kernel.migration set applied_at = applied_at where name = $1', [applied.at(-1)])
      }
      return { applied }
    } finally {
      await c.query(`select pg_advisory_unlock(727001)`)
    }
  })
}

/** Names of migrations not yet applied, for `doctor`. */
export async function pendingMigrations(ownerUrl: string): Promise<string[]> {
  return asOwner(ownerUrl, async (c) => {
    const known = await c.query<{ t: string | null }>(`select to_regclass('kernel.migration')::text as t`)
    const done = known.rows[0]?.t ? new Set((await c.query<{ name: string }>('select name from kernel.migration')).rows.map((r) => r.name)) : new Set<string>()
    return migrationFiles().map((m) => m.name).filter((n) => !done.has(n))
  })
}
