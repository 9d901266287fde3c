// Numbers of POS slips and transfers: each is taken once. The primary key decides; a reversal sets the number free.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { words } from '../words.ts'

const UNIQUE = ['card', 'transfer']
export async function takeSlips(scope: Scope, tenders: readonly { method: string; reference: string | null }[], payment_id: string): Promise<void> {
  const slips = [...new Map(tenders.flatMap((t) => (UNIQUE.includes(t.method) && t.reference ? [[`${t.method} ${t.reference}`, { method: t.method, reference: t.reference }] as const] : []))).values()]
  if (slips.length === 0) return
  const c = scope.company_id
  const cols = sql`unnest(${slips.map((s) => s.method)}::text[], ${slips.map((s) => s.reference)}::text[]) as k(method, reference)`
  const made = await sql`insert into payment.slip_used (company_id, method, reference, payment_id) select ${c}::bigint, k.method, k.reference, ${payment_id}::uuid from ${cols} order by k.method, k.reference on conflict do nothing`.execute(scope.db)
  if (Number(made.numAffectedRows ?? 0n) === slips.length) return
  const taken = await sql<{ method: string; reference: string; receipt_no: string }>`select u.method, u.reference, p.receipt_no from payment.slip_used u join ${cols} on k.method = u.method and k.reference = u.reference left join payment.payment p on p.company_id = ${c} and p.payment_id = u.payment_id where u.company_id = ${c} and u.payment_id <> ${payment_id} limit 1`.execute(scope.db)
  const t = taken.rows[0]
  throw scope.refuse('payment.slip_taken', { method: words.states!['method']![t?.method ?? ''] ?? '', reference: t?.reference ?? '', receipt_no: t?.receipt_no ?? '' })
}

/** Payments are undone: what they were matched to is open again, and a slip may be used once more unless another house was paid by it too. */
export async function releaseBank(scope: Scope, payment_ids: readonly string[]): Promise<void> {
  const c = scope.company_id
  const ids = [...payment_ids]
  const kept = await sql<{ method: string; reference: string; payment_id: string }>`select distinct on (u.method, u.reference) u.method, u.reference, t.payment_id from payment.slip_used u join payment.payment p on p.company_id = ${c} and p.payment_id = u.payment_id
    join payment.payment x on x.company_id = ${c} and x.merge_id = p.merge_id and x.reversed_at is null and x.payment_id <> all(${ids}::uuid[])
    join payment.tender t on t.company_id = ${c} and t.payment_id = x.payment_id and t.method = u.method and t.reference = u.reference
    where u.company_id = ${c} and u.payment_id = any(${ids}::uuid[]) order by u.method, u.reference, t.payment_id`.execute(scope.db)
  await sql`delete from payment.slip_used where company_id = ${c} and payment_id = any(${ids}::uuid[])`.execute(scope.db)
  if (kept.rows.length > 0) await scope.db.insertInto('payment.slip_used').values(kept.rows.map((k) => ({ company_id: c, ...k }))).execute()
  const r = await sql<{ line_id: string }>`delete from payment.bank_match where company_id = ${c} and payment_id = any(${ids}::uuid[]) returning line_id`.execute(scope.db)
  if (r.rows.length > 0) await sql`update payment.bank_line l set state = 'new', note = '收款已冲销,请重新认领' where l.company_id = ${c} and l.line_id = any(${r.rows.map((x) => x.line_id)}::uuid[]) and not exists (select from payment.bank_match m where m.company_id = ${c} and m.line_id = l.line_id)`.execute(scope.db)
}
