// Sealing: secrets at rest (AES-256-GCM, key in the data folder, 0600) and the hash chain over the audit.
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Schedule } from './app.ts'
import type { Db } from './db.ts'

let key: Buffer | undefined
/** Loads or makes the installation's key. Every process of an installation shares the data folder (or HEYUAN_KEY, base64 of 32 bytes). */
export function loadKey(data_dir: string): Buffer {
  if (key) return key
  const given = process.env['HEYUAN_KEY']
  if (given) return (key = Buffer.from(given, 'base64'))
  const path = join(data_dir, 'secret.key')
  mkdirSync(data_dir, { recursive: true })
  if (!existsSync(path)) {
    try {
      writeFileSync(path, randomBytes(32).toString('base64'), { mode: 0o600, flag: 'wx' })
    } catch (e) {
      if ((e as { code?: string }).code !== 'EEXIST') throw e // another process was first
    }
    chmodSync(path, 0o600)
  }
  return (key = Buffer.from(readFileSync(path, 'utf8'), 'base64'))
}

const theKey = (): Buffer => {
  if (!key) throw new Error('loadKey first')
  return key
}

export function sealText(plain: string): string {
  const iv = randomBytes(12)
  const c = createCipheriv('aes-256-gcm', theKey(), iv)
  const body = Buffer.concat([c.update(plain, 'utf8'), c.final()])
  return `v1.${Buffer.concat([iv, c.getAuthTag(), body]).toString('base64url')}`
}
export function openText(sealed: string): string {
  const b = Buffer.from(sealed.replace(/^v1\./, ''), 'base64url')
  const d = createDecipheriv('aes-256-gcm', theKey(), b.subarray(0, 12))
  d.setAuthTag(b.subarray(12, 28))
  return Buffer.concat([d.update(b.subarray(28)), d.final()]).toString('utf8')
}
/** For finding equal secrets without opening them: keyed, so that a dump cannot be searched by trying all numbers. */
export const blindIndex = (plain: string): string => createHmac('sha256', theKey()).update(plain).digest('base64url')

interface AuditSlice {
  count: number
  hash: string
}
const HORIZON = `pg_snapshot_xmin(pg_current_snapshot())`

/** The rows of finished transactions [from, to) in one hash. Transaction ids below the horizon can no longer appear, so the slice never changes. */
async function sliceHash(db: Db, company_id: number, from: string, to: string): Promise<AuditSlice> {
  const h = createHash('sha256')
  let count = 0
  let after = 0
  for (;;) {
    const r = await sql<{ audit_id: number; line: string }>`select audit_id, jsonb_build_array(audit_id, at, account_id, actor_name, face, call, outcome, refusal, subject_type, subject_id, detail, request_id, ip, tx::text)::text as line
      from kernel.audit where company_id = ${company_id} and tx >= ${from}::xid8 and tx < ${to}::xid8 and audit_id > ${after} order by audit_id limit 5000`.execute(db)
    for (const row of r.rows) h.update(row.line).update('\n')
    count += r.rows.length
    const last = r.rows.at(-1)
    if (!last || r.rows.length < 5000) return { count, hash: h.digest('hex') }
    after = last.audit_id
  }
}
const chain = (prev: string, no: number, from: string, to: string, s: AuditSlice): string => createHash('sha256').update([prev, no, from, to, s.count, s.hash].join('|')).digest('hex')

/** Seals what is stable; the head is also appended to a file outside the database. */
export async function sealAudit(db: Db, company_id: number, now: string, heads_dir: string): Promise<boolean> {
  const last = await sql<{ seal_no: number; tx_to: string; hash: string }>`select seal_no, tx_to::text, hash from kernel.audit_seal where company_id = ${company_id} order by seal_no desc limit 1`.execute(db)
  const from = last.rows[0]?.tx_to ?? '0'
  const to = (await sql<{ x: string }>`select ${sql.raw(HORIZON)}::text as x`.execute(db)).rows[0]!.x
  const s = await sliceHash(db, company_id, from, to)
  if (s.count === 0) return false
  const seal_no = (last.rows[0]?.seal_no ?? 0) + 1
  const prev_hash = last.rows[0]?.hash ?? ''
  const hash = chain(prev_hash, seal_no, from, to, s)
  await sql`insert into kernel.audit_seal (company_id, seal_no, tx_from, tx_to, row_count, rows_hash, prev_hash, hash, at)
    values (${company_id}, ${seal_no}, ${from}::xid8, ${to}::xid8, ${s.count}, ${s.hash}, ${prev_hash}, ${hash}, ${now})`.execute(db)
  mkdirSync(heads_dir, { recursive: true })
  appendFileSync(join(heads_dir, `audit-${company_id}.log`), `${now} ${seal_no} ${hash}\n`)
  return true
}

export interface ChainCheck {
  ok: boolean
  seal_count: number
  row_count: number
  unsealed_count: number
  broken_at: number | null
  head: string | null
}
/** Recomputes the whole chain; a changed, removed or added row, or a changed head file, breaks it at its seal. */
export async function verifyAudit(db: Db, company_id: number, heads_dir: string): Promise<ChainCheck> {
  const seals = await sql<{ seal_no: number; tx_from: string; tx_to: string; hash: string }>`select seal_no, tx_from::text, tx_to::text, hash from kernel.audit_seal where company_id = ${company_id} order by seal_no`.execute(db)
  const file = join(heads_dir, `audit-${company_id}.log`)
  const outside = new Map(existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map((l) => [Number(l.split(' ')[1]), l.split(' ')[2]!] as const) : [])
  let prev = ''
  let upto = '0'
  let row_count = 0
  let broken_at: number | null = null
  for (const [i, s] of seals.rows.entries()) {
    const slice = await sliceHash(db, company_id, s.tx_from, s.tx_to)
    const told = outside.get(s.seal_no)
    if (broken_at === null && (s.seal_no !== i + 1 || s.tx_from !== upto || chain(prev, s.seal_no, s.tx_from, s.tx_to, slice) !== s.hash || (told !== undefined && told !== s.hash))) broken_at = s.seal_no
    prev = s.hash
    upto = s.tx_to
    row_count += slice.count
  }
  if (broken_at === null && outside.size > seals.rows.length) broken_at = seals.rows.length + 1
  const rest = await sql<{ n: number }>`select count(*)::int as n from kernel.audit where company_id = ${company_id} and tx >= ${upto}::xid8`.execute(db)
  return { ok: broken_at === null, seal_count: seals.rows.length, row_count, unsealed_count: rest.rows[0]!.n, broken_at, head: seals.rows.at(-1)?.hash ?? null }
}

export const sealSchedule = (heads_dir: string): Schedule => ({ name: 'kernel.seal_audit', every_s: 20, of: 'company', run: (w) => w.tx(async (s) => void (await sealAudit(s.db, s.company_id, s.now, heads_dir))) })
