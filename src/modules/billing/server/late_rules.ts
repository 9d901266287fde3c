// Rules of late fees as dated data, and the holidays that the shift of a last day looks at.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import type { In, Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { trimDecimal } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { billing } from '../contract.ts'
import type { LateRuleRow } from '../late_contract.ts'
import { lateInputs, rulesOf, type ItemRule, type PaidOn } from './late.ts'
import { lateFee, lateText } from './rules/late.ts'

/** Bills that a trial looks at, and those it shows. */
const TRIED_MAX = 300
const SHOWN_MAX = 20

async function tried(scope: Scope, paidOn: PaidOn, o: Out<typeof billing.tryLateRule.takes>): Promise<In<typeof billing.tryLateRule.gives>> {
  const c = scope.company_id
  await communityToChange(scope, o.community_id)
  if (Boolean(o.lpr_rate) !== Boolean(o.lpr_multiple)) throw scope.refuse('billing.late_lpr')
  const soon = addDays(o.from_on, 30)
  const as_of = o.as_of ?? (soon > scope.today ? soon : scope.today)
  const { rows: found } = await sql<{ bill_id: string; period_on: string; house_label: string; fee_item_id: string; fee_item_name: string; due_on: string; amount_fen: number; open_fen: number }>`
    select b.bill_id, b.period_on, h.label as house_label, b.fee_item_id, i.name as fee_item_name, b.due_on, b.amount_fen, b.amount_fen - b.paid_fen - b.reduced_fen as open_fen
    from billing.bill b join property.house h on h.company_id = ${c} and h.house_id = b.house_id join billing.fee_item i on i.company_id = ${c} and i.fee_item_id = b.fee_item_id
    where b.company_id = ${c} and b.community_id = ${o.community_id} and b.voided_at is null and b.paid_fen + b.reduced_fen < b.amount_fen and b.fee_item_id = any(${o.fee_item_ids}::uuid[]) and b.shape <> 'late_fee' and b.due_on < ${as_of}::date
    order by b.due_on, h.sort_no, b.bill_id limit ${TRIED_MAX + 1}`.execute(scope.db)
  const bills = found.slice(0, TRIED_MAX)
  const rules = await rulesOf(scope, o.community_id)
  const draft: ItemRule = { rule_id: 'draft', fee_item_ids: o.fee_item_ids, daily_rate: o.daily_rate, grace_days: o.grace_days, counts_from: o.counts_from, cap_bp: o.cap_bp ?? null, lpr_rate: o.lpr_rate ?? null, lpr_multiple: o.lpr_multiple ?? null, shift: o.shift, paid_day: o.paid_day, from_on: o.from_on, to_on: null }
  const inputs = await lateInputs(scope, paidOn, bills)
  const rows = bills.map(({ amount_fen: _, fee_item_id, ...b }) => {
    const its = rules.filter((r) => r.fee_item_ids.includes(fee_item_id))
    const input = inputs.get(b.bill_id)!
    const after = lateFee({ ...input, as_of, rules: [...its, draft] })
    return { ...b, before_fen: lateFee({ ...input, as_of, rules: its }).fee_fen, after_fen: after.fee_fen, explanation: after.fee_fen > 0 ? lateText(after) : '宽限期内,不计' }
  })
  const sum = (key: 'before_fen' | 'after_fen') => rows.reduce((n, r) => n + r[key], 0)
  return { as_of, bill_count: rows.length, capped: found.length > TRIED_MAX, before_fen: sum('before_fen'), after_fen: sum('after_fen'), rows: rows.slice(0, SHOWN_MAX) }
}

export const lateRuleAnswers = (paidOn: PaidOn) => [
  answer(billing.lateRules, async (scope, { community_id }) => {
    const c = scope.company_id
    const { rows } = await sql<Omit<LateRuleRow, 'fee_items' | 'state'> & { fee_items: LateRuleRow['fee_items'] | null }>`select r.rule_id, r.community_id, m.name as community_name, r.daily_rate::text as daily_rate, r.grace_days, r.counts_from, r.cap_bp, r.lpr_rate::text as lpr_rate, r.lpr_multiple::text as lpr_multiple, r.shift, r.paid_day, r.from_on, r.to_on, r.basis,
        (select jsonb_agg(jsonb_build_object('fee_item_id', i.fee_item_id, 'name', i.name) order by i.sort_no, i.code) from billing.fee_item i where i.company_id = ${c} and i.fee_item_id = any(r.fee_item_ids)) as fee_items
      from billing.late_rule r join property.community m on m.company_id = ${c} and m.community_id = r.community_id where r.company_id = ${c} and ${communitiesSeenBy(scope, { alias: 'r' })} ${community_id ? sql`and r.community_id = ${community_id}` : sql``}
      order by m.name, r.from_on desc, r.created_at desc limit 200`.execute(scope.db)
    const days_off = await scope.db.selectFrom('billing.day_off').select(['day_on', 'works']).where('company_id', '=', c).orderBy('day_on').limit(2000).execute()
    const begun = rows.filter((r) => r.from_on <= scope.today && !(r.to_on && r.to_on <= scope.today))
    // Newest first: what stands above one and holds all its items has taken its place.
    const replaced = (r: (typeof rows)[number]): boolean => (r.fee_items ?? []).every((i) => begun.slice(0, begun.indexOf(r)).some((n) => n.fee_items?.some((x) => x.fee_item_id === i.fee_item_id)))
    return {
      days_off,
      rows: rows.map((r) => ({ ...r, fee_items: r.fee_items ?? [], daily_rate: trimDecimal(r.daily_rate), lpr_rate: r.lpr_rate && trimDecimal(r.lpr_rate), lpr_multiple: r.lpr_multiple && trimDecimal(r.lpr_multiple), state: r.to_on && r.to_on <= scope.today ? ('past' as const) : r.from_on > scope.today ? ('future' as const) : replaced(r) ? ('replaced' as const) : ('now' as const) })),
    }
  }),
  answer(billing.saveLateRule, async (scope, o) => {
    await communityToChange(scope, o.community_id)
    const [lpr, multiple] = [Boolean(o.lpr_rate), Boolean(o.lpr_multiple)]
    if (lpr !== multiple) throw scope.refuse('billing.late_lpr')
    const known = await scope.db.selectFrom('billing.fee_item').select('fee_item_id').where('company_id', '=', scope.company_id).where('community_id', '=', o.community_id).where('fee_item_id', 'in', o.fee_item_ids).execute()
    if (known.length !== new Set(o.fee_item_ids).size) throw scope.notFound()
    const rule_id = uuidv7()
    await scope.db
      .insertInto('billing.late_rule')
      .values({ company_id: scope.company_id, rule_id, community_id: o.community_id, fee_item_ids: o.fee_item_ids, daily_rate: o.daily_rate, grace_days: o.grace_days, counts_from: o.counts_from, cap_bp: o.cap_bp ?? null, lpr_rate: o.lpr_rate ?? null, lpr_multiple: o.lpr_multiple ?? null, shift: o.shift, paid_day: o.paid_day, from_on: o.from_on, to_on: null, basis: o.basis, created_by: scope.who.account_id!, created_at: scope.now })
      .execute()
    scope.note('late_rule', rule_id, { daily_rate: o.daily_rate, grace_days: o.grace_days, paid_day: o.paid_day, from_on: o.from_on })
    return { rule_id }
  }),
  answer(billing.tryLateRule, (scope, o) => tried(scope, paidOn, o)),
  answer(billing.endLateRule, async (scope, o) => {
    const rule = await scope.db.selectFrom('billing.late_rule').selectAll().where('company_id', '=', scope.company_id).where('rule_id', '=', o.rule_id).forUpdate().executeTakeFirst()
    if (!rule) throw scope.notFound()
    await communityToChange(scope, rule.community_id)
    if (o.to_on <= rule.from_on) throw scope.refuse('billing.dates_reversed', { from_on: rule.from_on, to_on: o.to_on })
    await scope.db.updateTable('billing.late_rule').set({ to_on: o.to_on }).where('company_id', '=', scope.company_id).where('rule_id', '=', o.rule_id).execute()
    scope.note('late_rule', o.rule_id, { to_on: o.to_on })
    return { rule_id: o.rule_id }
  }),
  answer(billing.saveDaysOff, async (scope, o) => {
    if (!scope.reach().all) throw scope.notFound()
    const all = [...o.off.map((day_on) => ({ day_on, works: false })), ...o.works.map((day_on) => ({ day_on, works: true }))]
    const strange = all.find((d) => !d.day_on.startsWith(`${o.year}-`))
    if (strange || new Set(all.map((d) => d.day_on)).size !== all.length) throw scope.refuse('billing.days_off_year', { year: o.year, day: strange?.day_on ?? '重复的日期' })
    await scope.db.deleteFrom('billing.day_off').where('company_id', '=', scope.company_id).where('day_on', '>=', `${o.year}-01-01`).where('day_on', '<=', `${o.year}-12-31`).execute()
    if (all.length) await scope.db.insertInto('billing.day_off').values(all.map((d) => ({ company_id: scope.company_id, ...d }))).execute()
    scope.note('days_off', String(o.year), { off: o.off.length, works: o.works.length })
    return { count: all.length }
  }),
]
