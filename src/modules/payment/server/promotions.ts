// Promotions (优惠活动) as data: drafted by one, published by another in the approval centre, ended by anybody who may write them. What is
// published is never changed, so that every use can be reckoned again from the terms it was given under.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { z } from 'zod'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { bookOn, type BelongsTo } from '../../ledger/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { approvalKind, askApproval, type ApprovalKind } from '../../system/server/index.ts'
import { payment } from '../contract.ts'
import type { PromotionRow } from '../contract_promotion.ts'
import { words } from '../words.ts'
import { ruleText } from './rules/promotion.ts'

type Ask = z.output<typeof payment.savePromotion.takes>
const stateWord = (state: string) => words.states!['promotion']![state] ?? state

/** What a kind needs and what it must not have; the detail names the field. */
function shapeOf(scope: Scope, o: Ask) {
  const bad = (detail: string) => scope.refuse('payment.promotion_shape', { name: o.name, detail })
  if (o.to_on < o.from_on) throw bad('止日早于起日')
  if (o.kind !== 'amount' && o.pay_months === null) throw bad('请填预存月数')
  if (o.kind === 'months' && o.gift_months === null) throw bad('请填赠送月数')
  if (o.kind === 'percent' && o.percent_bp === null) throw bad('请填优惠比例')
  if (o.kind === 'amount' && (o.min_fen === null || o.gift_fen === null)) throw bad('请填满额与赠送金额')
  if (o.kind === 'amount' && o.gift_fen! >= o.min_fen!) throw bad('赠送金额应小于满额')
  const { request_id: _r, dry_run: _d, promotion_id: _p, ...rest } = o as Ask & { dry_run?: boolean }
  return { ...rest, pay_months: o.kind === 'amount' ? null : o.pay_months, gift_months: o.kind === 'months' ? o.gift_months : null, percent_bp: o.kind === 'percent' ? o.percent_bp : null, min_fen: o.kind === 'amount' ? o.min_fen : null, gift_fen: o.kind === 'amount' ? o.gift_fen : null }
}

const save = answer(payment.savePromotion, async (scope, o) => {
  const c = scope.company_id
  await communityToChange(scope, o.community_id)
  const values = shapeOf(scope, o)
  const item = await scope.db.selectFrom('billing.fee_item').select(['name', 'meter_kind', 'community_id', 'belongs_to', 'shape']).where('company_id', '=', c).where('fee_item_id', '=', o.fee_item_id).executeTakeFirst()
  if (!item || item.community_id !== o.community_id || item.meter_kind !== null || item.shape === 'share' || (await bookOn(scope, o.community_id, scope.today))(item.belongs_to as BelongsTo) !== 'company') throw scope.refuse('payment.promotion_item', { item: item?.name ?? '' })
  const promotion_id = o.promotion_id ?? uuidv7()
  if (o.promotion_id) {
    const done = await scope.db.updateTable('payment.promotion').set({ ...values, made_by: scope.who.account_id!, made_at: scope.now }).where('company_id', '=', c).where('promotion_id', '=', promotion_id).where('community_id', '=', o.community_id).where('state', '=', 'draft').returning('promotion_id').executeTakeFirst()
    if (!done) throw wrongState(scope, await toChange(scope, promotion_id))
  } else await scope.db.insertInto('payment.promotion').values({ company_id: c, promotion_id, ...values, state: 'draft', made_by: scope.who.account_id!, made_at: scope.now }).execute()
  scope.note('promotion', promotion_id, { name: o.name, rule: ruleText(values) })
  return { promotion_id }
})

async function toChange(scope: Scope, promotion_id: string) {
  const p = await scope.db.selectFrom('payment.promotion as p').selectAll('p').where('p.company_id', '=', scope.company_id).where('p.promotion_id', '=', promotion_id).where(communitiesSeenBy(scope, { alias: 'p' })).forUpdate().executeTakeFirst()
  if (!p) throw scope.notFound()
  await communityToChange(scope, p.community_id)
  return p
}
const wrongState = (scope: Scope, p: { name: string; state: string }) => scope.refuse('payment.promotion_state', { name: p.name, state: stateWord(p.state) })

const publishApproval: ApprovalKind<Record<string, never>> = {
  kind: 'payment.promotion',
  zh: '发布优惠活动',
  may: 'payment.promotion.approve',
  has_amount: true,
  payload: z.object({}) as unknown as z.ZodType<Record<string, never>>,
  page: () => '/payment/promotions',
  facts: async (scope, a) => {
    const p = await scope.db.selectFrom('payment.promotion as p').innerJoin('billing.fee_item as f', (j) => j.onRef('f.company_id', '=', 'p.company_id').onRef('f.fee_item_id', '=', 'p.fee_item_id')).selectAll('p').select('f.name as item').where('p.company_id', '=', scope.company_id).where('p.promotion_id', '=', a.subject_id).executeTakeFirst()
    if (!p) return []
    return [
      ['活动', p.name], ['办法', `${p.item} ${ruleText(p as never)}`], ['有效期', `${p.from_on} 至 ${p.to_on}`], ['每户', `最多 ${p.per_house} 次`], ['总份数', p.max_uses === null ? '不限' : `${p.max_uses}`],
      ['赠送总额', p.budget_fen === null ? '不限' : `${yuanGrouped(fen(p.budget_fen))} 元`], ['同享', p.alone ? '不与其他活动同享' : '可与其他活动同享'], ['退预存时', words.states!['refund_rule']![p.refund_rule]!], ['依据', p.basis],
    ].map(([label, value]) => ({ label: label!, value: value! }))
  },
  agreed: async (scope, a) => void (await scope.db.updateTable('payment.promotion').set({ state: 'live', published_by: scope.who.account_id, published_at: scope.now }).where('company_id', '=', scope.company_id).where('promotion_id', '=', a.subject_id).where('state', '=', 'asked').returning('promotion_id').executeTakeFirstOrThrow()),
  dropped: async (scope, a) => void (await scope.db.updateTable('payment.promotion').set({ state: 'draft', approval_id: null }).where('company_id', '=', scope.company_id).where('promotion_id', '=', a.subject_id).where('state', '=', 'asked').execute()),
}
export const promotionApprovals = [approvalKind(publishApproval)]

const askPublish = answer(payment.askPromotion, async (scope, { promotion_id, reason }) => {
  const p = await toChange(scope, promotion_id)
  if (p.state !== 'draft') throw wrongState(scope, p)
  if (p.to_on < scope.today) throw scope.refuse('payment.promotion_over', { name: p.name, from_on: p.from_on, to_on: p.to_on })
  // Whoever asks has made it: the check constraint keeps the publisher another person than the maker.
  await scope.db.updateTable('payment.promotion').set({ state: 'asked', made_by: scope.who.account_id! }).where('company_id', '=', scope.company_id).where('promotion_id', '=', promotion_id).execute()
  const asked = await askApproval(scope, publishApproval, { subject_type: 'promotion', subject_id: promotion_id, community_id: p.community_id, amount_fen: p.budget_fen, payload: {}, reason, title: `发布优惠活动「${p.name}」${ruleText(p as never)}` })
  await scope.db.updateTable('payment.promotion').set({ approval_id: asked.approval_id }).where('company_id', '=', scope.company_id).where('promotion_id', '=', promotion_id).execute()
  scope.note('promotion', promotion_id, { name: p.name, asked: true })
  return asked
})

const end = answer(payment.endPromotion, async (scope, { promotion_id, reason }) => {
  const p = await toChange(scope, promotion_id)
  if (p.state !== 'live' && p.state !== 'draft') throw wrongState(scope, p)
  await scope.db.updateTable('payment.promotion').set({ state: 'ended', ended_by: scope.who.account_id, ended_at: scope.now }).where('company_id', '=', scope.company_id).where('promotion_id', '=', promotion_id).execute()
  scope.note('promotion', promotion_id, { name: p.name, ended: reason })
  return { state: 'ended' as const }
})

interface Read extends Omit<PromotionRow, 'rule_text' | 'made_by_name' | 'published_by_name' | 'can'> {
  made_by: string
  published_by: string | null
}
const list = answer(payment.promotions, async (scope, { page, page_size, community_id, state }) => {
  const c = scope.company_id
  const w: RawBuilder<SqlBool>[] = [sql<SqlBool>`p.company_id = ${c}`, communitiesSeenBy(scope, { alias: 'p' })]
  if (community_id) w.push(sql<SqlBool>`p.community_id = ${community_id}`)
  if (state) w.push(sql<SqlBool>`p.state = ${state}`)
  const where = sql.join(w, sql` and `)
  const n = await sql<{ total: number; given_fen_sum: number; used_count_sum: number; paid_fen_sum: number; taken_fen_sum: number }>`select count(*)::int as total, coalesce(sum(p.given_fen), 0)::bigint as given_fen_sum, coalesce(sum(p.used_count), 0)::int as used_count_sum,
    coalesce(sum(u.paid), 0)::bigint as paid_fen_sum, coalesce(sum(u.taken), 0)::bigint as taken_fen_sum from payment.promotion p
    left join lateral (select sum(x.paid_fen) as paid, sum(x.taken_fen) as taken from payment.promotion_use x where x.company_id = ${c} and x.promotion_id = p.promotion_id and x.reversed_at is null) u on true where ${where}`.execute(scope.db)
  const r = await sql<Read>`with page as materialized (select p.* from payment.promotion p where ${where} order by p.from_on desc, p.promotion_id desc limit ${page_size} offset ${(page - 1) * page_size})
    select p.promotion_id, p.community_id, m.name as community_name, p.fee_item_id, f.name as fee_item_name, p.name, p.kind, p.from_on, p.to_on, p.pay_months, p.gift_months, p.percent_bp, p.min_fen, p.gift_fen, p.house_kinds, p.per_house, p.max_uses, p.budget_fen, p.alone, p.refund_rule, p.basis, p.state, p.approval_id,
      p.made_by, p.published_by, p.published_at, p.ended_at, p.used_count, p.given_fen, u.paid_fen, u.taken_fen
    from page p join property.community m on m.company_id = ${c} and m.community_id = p.community_id join billing.fee_item f on f.company_id = ${c} and f.fee_item_id = p.fee_item_id
    cross join lateral (select coalesce(sum(u.paid_fen), 0)::bigint as paid_fen, coalesce(sum(u.taken_fen), 0)::bigint as taken_fen from payment.promotion_use u where u.company_id = ${c} and u.promotion_id = p.promotion_id and u.reversed_at is null) u
    order by p.from_on desc, p.promotion_id desc`.execute(scope.db)
  const names = await memberNames(scope, r.rows.flatMap((x) => [x.made_by, x.published_by]))
  const may = scope.who.grants.some((g) => g.permissions.includes('payment.promotion.write') || g.permissions.includes('*'))
  const can = (ok: boolean): true | string => (!may ? 'kernel.forbidden' : ok ? true : 'payment.promotion_state')
  return {
    ...n.rows[0]!,
    rows: r.rows.map(({ made_by, published_by, ...x }) => ({ ...x, rule_text: ruleText(x), made_by_name: names.get(made_by) ?? '', published_by_name: published_by ? (names.get(published_by) ?? '') : null, can: { edit: can(x.state === 'draft'), publish: can(x.state === 'draft'), end: can(x.state === 'live' || x.state === 'draft') } })),
  }
})

export const promotionAnswers = [save, askPublish, end, list]
