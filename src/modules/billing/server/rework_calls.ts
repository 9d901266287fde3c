// Splitting, merging and the way back, as people ask for them.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Out } from '../../../kernel/contract.ts'
import { fen, sumFen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { covers, houseToChange } from '../../property/server/index.ts'
import { billing } from '../contract.ts'
import { explain } from '../explain.ts'
import { billToRead, billsSeenBy } from './access.ts'
import { lateFeesOf, lockSources, refuseHeld, rework, undo, voidLateFees, type NewPart, type Source } from './rework.ts'
import { cut } from './rules/rework.ts'
import { LIVE, billsByKey, type BillKey } from './settle.ts'

type SplitAsk = Pick<Out<typeof billing.splitBill.takes>, 'bill_id' | 'by' | 'parts'>

/** Owners and tenants of the house, past and present: whom a bill may be charged to. */
async function payersOf(scope: Scope, house_id: string) {
  const c = scope.company_id
  const { rows } = await sql<{ person_id: string; name: string; role: 'owner' | 'tenant'; from_on: string; to_on: string | null }>`
    select x.person_id, p.name, x.role, x.from_on, x.to_on from (select person_id, 'owner' as role, from_on, to_on from people.ownership where company_id = ${c} and house_id = ${house_id}
      union all select person_id, 'tenant', from_on, to_on from people.tenancy where company_id = ${c} and house_id = ${house_id}) x
    join people.person p on p.company_id = ${c} and p.person_id = x.person_id order by x.to_on is not null, x.from_on desc, p.name limit 100`.execute(scope.db)
  return rows
}

/** 原账单 2026-11 物业服务费:98.50 m² × … */
const origin = (s: Source) => `原账单 ${s.period_on.slice(0, 7)} ${s.fee_item_name}:${explain(s)}${s.open_fen === s.amount_fen ? '' : `,未收 ${yuanGrouped(fen(s.open_fen))} 元`}`
export const partNote = (s: Source, how: string, amount_fen: number, payer?: string) => [how, payer ? `由${payer}承担` : '', `${yuanGrouped(fen(amount_fen))} 元`, origin(s)].filter(Boolean).join(';')

async function planSplit(scope: Scope, o: SplitAsk, s: Source): Promise<NewPart[]> {
  if (s.open_fen <= 0) throw scope.refuse('billing.rework_nothing')
  const parts = cut(s, o.by, o.parts)
  if (typeof parts === 'string') throw scope.refuse(`billing.${parts}`, { open: yuanGrouped(fen(s.open_fen)), sum: yuanGrouped(sumFen(o.parts.map((p) => fen(p.amount_fen ?? 0)))), from_on: s.from_on, to_on: s.to_on })
  const payers = new Map((await payersOf(scope, s.house_id)).map((p) => [p.person_id, p.name]))
  const stranger = parts.find((p) => p.payer_id !== s.payer_id && !payers.has(p.payer_id))
  if (stranger) throw scope.refuse('billing.split_payer')
  await refuseHeld(scope, [s])
  return parts.map((p, i) => ({
    source: s, no: i + 1, period_on: s.period_on, payer_id: p.payer_id, from_on: p.from_on, to_on: p.to_on, due_on: s.due_on, amount_fen: p.amount_fen,
    note: partNote(s, p.how, p.amount_fen, p.payer_id === s.payer_id ? undefined : payers.get(p.payer_id)),
  }))
}

async function planMerge(scope: Scope, list: readonly Source[]): Promise<NewPart> {
  const [first] = list
  if (list.some((s) => s.open_fen <= 0)) throw scope.refuse('billing.rework_nothing')
  if (list.some((s) => s.house_id !== first!.house_id || s.payer_id !== first!.payer_id || s.fee_item_id !== first!.fee_item_id || s.book !== first!.book)) throw scope.refuse('billing.merge_mixed')
  if (new Set(list.map((s) => s.reading_id)).size > 1) throw scope.refuse('billing.merge_metered')
  // Late fees and the limitation run from each due day: bills overdue on different days would lose theirs.
  const dues = list.map((s) => s.due_on).sort()
  if (dues[0] !== dues.at(-1) && dues[0]! < scope.today) throw scope.refuse('billing.merge_overdue')
  await refuseHeld(scope, list)
  if (list.some((s) => s.shape === 'late_fee') || (await lateFeesOf(scope, list, false)).length > 0) throw scope.refuse('billing.merge_late')
  const sorted = [...list].sort((a, b) => (a.from_on + a.bill_id < b.from_on + b.bill_id ? -1 : 1))
  const amount_fen = sumFen(list.map((s) => fen(s.open_fen)))
  return {
    source: sorted[0]!, no: 1, period_on: list.map((s) => s.period_on).sort().at(-1)!, payer_id: first!.payer_id, from_on: sorted[0]!.from_on, to_on: list.map((s) => s.to_on).sort().at(-1)!, due_on: dues.at(-1)!, amount_fen,
    note: `合并 ${list.length} 笔:${sorted.map((s) => `${s.period_on.slice(0, 7)} ${yuanGrouped(fen(s.open_fen))}`).join(' + ')} = ${yuanGrouped(amount_fen)} 元`,
  }
}

async function names(scope: Scope, ids: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ person_id: string; name: string }>`select person_id, name from people.person where company_id = ${scope.company_id} and person_id = any(${[...new Set(ids)]}::uuid[])`.execute(scope.db)
  return new Map(rows.map((r) => [r.person_id, r.name]))
}
async function shown(scope: Scope, sources: readonly Source[], parts: readonly NewPart[], late_fen: number) {
  const name = await names(scope, parts.map((p) => p.payer_id))
  return {
    open_fen: sumFen(sources.map((s) => fen(s.open_fen))), paid_fen: sumFen(sources.map((s) => fen(s.paid_fen))), late_fen,
    bills: parts.map((p) => ({ period: p.period_on.slice(0, 7), payer_id: p.payer_id, payer_name: name.get(p.payer_id) ?? '', from_on: p.from_on, to_on: p.to_on, due_on: p.due_on, amount_fen: p.amount_fen, explanation: p.note })),
  }
}

/** Bills as sources without a lock: for looking at what would become of them. Reads run in a read-only transaction, which cannot lock. */
async function peek(scope: Scope, keys: readonly BillKey[]): Promise<Source[]> {
  const { rows } = await sql<{ bill_id: string }>`select b.bill_id from billing.bill b where b.company_id = ${scope.company_id} and ${billsByKey(keys)} and ${billsSeenBy(scope)} and ${LIVE}`.execute(scope.db)
  if (rows.length !== new Set(keys.map((k) => k.bill_id)).size) throw scope.notFound()
  return (await lockSources(scope, keys, false))!
}
const lateSum = async (scope: Scope, list: readonly Source[]): Promise<number> => {
  const { rows } = await sql<{ fen: number }>`select coalesce(sum(b.amount_fen - b.paid_fen - b.reduced_fen), 0)::bigint as fen from billing.bill b where b.company_id = ${scope.company_id} and b.house_id = ${list[0]!.house_id} and b.shape = 'late_fee' and b.voided_at is null and b.of_bill_id = any(${list.map((s) => s.bill_id)}::uuid[])`.execute(scope.db)
  return rows[0]!.fen
}
async function liveSources(scope: Scope, keys: readonly BillKey[]): Promise<Source[]> {
  const list = await lockSources(scope, keys)
  if (!list) throw scope.refuse('billing.bill_changed')
  return list
}

const split = answer(billing.splitBill, async (scope, o) => {
  const seen = await billToRead(scope, o.bill_id, billsSeenBy(scope))
  const house = await houseToChange(scope, seen.house_id)
  const [s] = await liveSources(scope, [seen])
  const parts = await planSplit(scope, o, s!)
  const late = await lateFeesOf(scope, [s!])
  if (late.some((l) => l.paid_fen > 0)) throw scope.refuse('billing.rework_late_paid')
  const made = await rework(scope, { kind: parts.length === 1 ? 'takeover' : 'split', house, reason: o.reason, sources: [s!], parts })
  await voidLateFees(scope, late, made.rework_id)
  return made
})

const merge = answer(billing.mergeBills, async (scope, o) => {
  const first = await billToRead(scope, o.bills[0]!.bill_id, billsSeenBy(scope))
  const house = await houseToChange(scope, first.house_id)
  const list = await liveSources(scope, o.bills)
  if (list.some((s) => s.house_id !== house.house_id)) throw scope.refuse('billing.merge_mixed')
  if (list.length < 2) throw scope.refuse('billing.rework_nothing')
  return rework(scope, { kind: 'merge', house, reason: o.reason, sources: list, parts: [await planMerge(scope, list)] })
})

const back = answer(billing.undoRework, async (scope, { rework_id, reason }) => {
  const c = scope.company_id
  const { rows } = await sql<{ house_id: string; undone_at: string | null }>`select house_id, undone_at from billing.rework where company_id = ${c} and rework_id = ${rework_id}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  const house = await houseToChange(scope, rows[0].house_id)
  // Looked at again under the house's lock: two who undo at once come one after the other.
  const now = await scope.db.selectFrom('billing.rework').select('undone_at').where('company_id', '=', c).where('rework_id', '=', rework_id).executeTakeFirstOrThrow()
  if (now.undone_at) throw scope.refuse('billing.rework_undone')
  const keys = await scope.db.selectFrom('billing.rework_bill').select(['bill_id', 'period_on']).where('company_id', '=', c).where('rework_id', '=', rework_id).where('side', '=', 'to').execute()
  const targets = await lockSources(scope, keys)
  if (!targets || targets.some((t) => t.paid_fen > 0 || t.reduced_fen > 0)) throw scope.refuse('billing.rework_touched')
  await refuseHeld(scope, targets)
  const late = await lateFeesOf(scope, targets)
  if (late.some((l) => l.paid_fen > 0)) throw scope.refuse('billing.rework_late_paid')
  const bills = await undo(scope, rework_id, house, targets, reason)
  await voidLateFees(scope, late, rework_id)
  return { rework_id, bills }
})

/** What a bill was made of or became, newest first. */
export async function reworksOf(scope: Scope, bill: { bill_id: string; community_id: string; building_id: string }) {
  const c = scope.company_id
  const { rows } = await sql<{ rework_id: string; kind: 'split' | 'merge' | 'takeover'; side: 'from' | 'to'; reason: string; created_by: string; created_at: string; undone_at: string | null; undo_reason: string | null; bills: { bill_id: string; side: 'from' | 'to'; period: string; payer_name: string; amount_fen: number }[] }>`
    select r.rework_id, r.kind, m.side, r.reason, r.created_by, r.created_at, r.undone_at, r.undo_reason,
      (select jsonb_agg(jsonb_build_object('bill_id', x.bill_id, 'side', x.side, 'period', to_char(x.period_on, 'YYYY-MM'), 'payer_name', p.name, 'amount_fen', x.amount_fen) order by x.side, x.period_on, x.from_on, x.bill_id)
        from billing.rework_bill x join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.bill_id join people.person p on p.company_id = ${c} and p.person_id = b.payer_id
        where x.company_id = ${c} and x.rework_id = r.rework_id) as bills
    from billing.rework_bill m join billing.rework r on r.company_id = ${c} and r.rework_id = m.rework_id where m.company_id = ${c} and m.bill_id = ${bill.bill_id} order by r.created_at desc limit 20`.execute(scope.db)
  const by = await memberNames(scope, rows.map((r) => r.created_by))
  const may = scope.reach('billing.bill.rework')
  return rows.map(({ created_by, ...r }) => ({ ...r, created_by_name: by.get(created_by) ?? '', can: { undo: !covers(may, bill) ? 'kernel.forbidden' : r.undone_at ? 'billing.rework_undone' : (true as const) } }))
}

export const reworkAnswers = [
  split, merge, back,
  answer(billing.splitPayers, async (scope, { bill_id }) => ({ rows: await payersOf(scope, (await billToRead(scope, bill_id, billsSeenBy(scope))).house_id) })),
  answer(billing.previewSplit, async (scope, o) => {
    const list = await peek(scope, [await billToRead(scope, o.bill_id, billsSeenBy(scope))])
    return shown(scope, list, await planSplit(scope, o, list[0]!), await lateSum(scope, list))
  }),
  answer(billing.previewMerge, async (scope, o) => {
    const list = await peek(scope, o.bills)
    return shown(scope, list, [await planMerge(scope, list)], 0)
  }),
]
