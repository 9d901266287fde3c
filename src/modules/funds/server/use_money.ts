// The money of a use: parts paid to the firm, the split booked on the sub-accounts, what owners pay in addition. Fund book of the ledger:
// firm 2202, houses 4001 and 1221, special account 1002.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { post, postSet } from '../../ledger/server/index.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { funds } from '../contract.ts'
import { bookEntries, lockAccounts } from './book.ts'
import { drawOf, splitByArea } from './rules/split.ts'
import { policyFor } from './settings.ts'
import { housesInScope } from './shares.ts'
import { begin, take } from './uses.ts'

const pay = answer(funds.payUse, async (scope, o) => {
  const { u, to } = await begin(scope, o.use_id, 'pay')
  const limit = u.invoice_fen ?? u.contract_fen ?? 0
  if (u.paid_fen >= limit) throw scope.refuse('funds.paid_full')
  if (u.paid_fen + o.amount_fen > limit) throw scope.refuse('funds.paid_more', { paid: yuanGrouped(fen(u.paid_fen + o.amount_fen)), limit: yuanGrouped(fen(limit)) })
  const c = scope.company_id
  // Payments of a community come one after the other: the special account cannot be overdrawn.
  await sql`select from property.community where company_id = ${c} and community_id = ${u.community_id} for no key update`.execute(scope.db)
  const bank = await sql<{ fen: number }>`select coalesce(sum(amount_fen), 0)::bigint as fen from ledger.posting where company_id = ${c} and book = 'fund' and account_code = '1002' and community_id = ${u.community_id}`.execute(scope.db)
  if (bank.rows[0]!.fen < o.amount_fen) throw scope.refuse('funds.bank_short', { balance: yuanGrouped(fen(bank.rows[0]!.fen)), amount: yuanGrouped(fen(o.amount_fen)) })
  const payment_id = uuidv7()
  const made = await scope.db.insertInto('funds.use_payment').values({ company_id: c, payment_id, use_id: o.use_id, amount_fen: o.amount_fen, paid_on: o.paid_on, voucher_no: o.voucher_no, note: o.note || null, created_by: scope.who.account_id, created_at: scope.now }).onConflict((x) => x.columns(['company_id', 'use_id', 'voucher_no']).doNothing()).executeTakeFirst()
  if (Number(made.numInsertedOrUpdatedRows) === 0) throw scope.refuse('funds.voucher_used', { no: o.voucher_no, day: o.paid_on })
  await post(scope, {
    book: 'fund', booked_on: scope.today, kind: 'fund', source_type: 'fund_use_payment', source_id: payment_id,
    lines: [{ account_code: '2202', amount_fen: o.amount_fen, community_id: u.community_id }, { account_code: '1002', amount_fen: -o.amount_fen, community_id: u.community_id }],
  })
  const done = await take(scope, u, 'pay', to, { on_day: o.paid_on, note: `付款 ${yuanGrouped(fen(o.amount_fen))} 元,凭证 ${o.voucher_no}` }, { paid_fen: u.paid_fen + o.amount_fen })
  return { ...done, payment_id }
})

const postShares = answer(funds.postShares, async (scope, o) => {
  const { u, to } = await begin(scope, o.use_id, 'share')
  const houses = await housesInScope(scope, u)
  const shares = splitByArea(u.invoice_fen!, houses)
  const rows = houses.map((h) => ({ house_id: h.house_id, building_id: h.building_id, area_m2: h.area_m2, share_fen: shares.get(h.house_id)! }))
  await sql`insert into funds.use_share (company_id, use_id, house_id, community_id, building_id, area_m2, share_fen)
    select ${scope.company_id}::bigint, ${o.use_id}::uuid, x.house_id, ${u.community_id}::uuid, x.building_id, x.area_m2, x.share_fen from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(house_id uuid, building_id uuid, area_m2 numeric, share_fen bigint)`.execute(scope.db)
  return take(scope, u, 'share', to, { ...o, note: o.note || `公示 ${rows.length} 户分摊清单` }, { shares_posted_on: o.on_day, shares_by: scope.who.account_id })
})
const withdraw = answer(funds.withdrawShares, async (scope, o) => {
  const { u, to } = await begin(scope, o.use_id, 'unshare')
  await scope.db.deleteFrom('funds.use_share').where('company_id', '=', scope.company_id).where('use_id', '=', o.use_id).execute()
  return take(scope, u, 'unshare', to, o, { shares_posted_on: null, shares_by: null })
})

const book = answer(funds.bookShares, async (scope, { use_id }) => {
  const { u, to } = await begin(scope, use_id, 'book')
  if (u.shares_by === scope.who.account_id) throw scope.refuse('funds.own_shares')
  const p = await policyFor(scope, u.community_id)
  const earliest = addDays(u.shares_posted_on!, p.share_posting_days)
  if (scope.today < earliest) throw scope.refuse('funds.posting_days', { posted_on: u.shares_posted_on, days: p.share_posting_days, earliest })
  const c = scope.company_id
  const shares = await scope.db.selectFrom('funds.use_share').select(['house_id', 'share_fen']).where('company_id', '=', c).where('use_id', '=', use_id).execute()
  const accounts = await lockAccounts(scope, shares.map((s) => s.house_id))
  const rows = shares.map((s) => {
    const a = accounts.get(s.house_id)
    return { house_id: s.house_id, ...drawOf(s.share_fen, a && !a.closed_on ? a.balance_fen : 0) }
  })
  await sql`update funds.use_share s set drawn_fen = x.drawn_fen, owed_fen = x.owed_fen from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x(house_id uuid, drawn_fen bigint, owed_fen bigint)
    where s.company_id = ${c} and s.use_id = ${use_id} and s.house_id = x.house_id`.execute(scope.db)
  const drawn = rows.filter((r) => r.drawn_fen > 0)
  await bookEntries(scope, { source_type: 'use', source_id: use_id }, drawn.map((r) => ({ house_id: r.house_id, kind: 'use', amount_fen: -r.drawn_fen, value_on: scope.today, voucher_no: u.invoice_no, note: u.title })))
  await postSet(scope, { book: 'fund', booked_on: scope.today, kind: 'fund', source_type: 'fund_use', source_id: use_id }, ['4001', '1221', '2202'], sql`
    select k.code as account_code, k.fen as amount_fen, s.community_id, 'house' as subject_type, s.house_id as subject_id from funds.use_share s cross join lateral (values ('4001', s.drawn_fen), ('1221', s.owed_fen)) k(code, fen) where s.company_id = ${c} and s.use_id = ${use_id}::uuid
    union all select '2202', -sum(s.share_fen)::bigint, s.community_id, null, null from funds.use_share s where s.company_id = ${c} and s.use_id = ${use_id}::uuid group by s.community_id`)
  const sum = (k: 'drawn_fen' | 'owed_fen') => rows.reduce((x, r) => x + r[k], 0)
  const done = await take(scope, u, 'book', to, { on_day: scope.today, note: `从分户账支出 ${yuanGrouped(fen(sum('drawn_fen')))} 元,业主补交 ${yuanGrouped(fen(sum('owed_fen')))} 元` }, { booked_by: scope.who.account_id })
  scope.emit('funds.use_booked', use_id, { use_id, community_id: u.community_id, invoice_fen: u.invoice_fen })
  return { ...done, drawn_fen: sum('drawn_fen'), owed_fen: sum('owed_fen') }
})

interface ShareLocked {
  community_id: string
  open_fen: number
  house_label: string
}
async function shareToPay(scope: Scope, use_id: string, house_id: string): Promise<ShareLocked> {
  const { rows } = await sql<ShareLocked>`select s.community_id, coalesce(s.owed_fen, 0) - s.paid_fen as open_fen, h.label as house_label from funds.use_share s join property.house h on h.company_id = s.company_id and h.house_id = s.house_id
    where s.company_id = ${scope.company_id} and s.use_id = ${use_id} and s.house_id = ${house_id} and ${housesSeenBy(scope, { alias: 's' })} for update of s`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
const payShare = answer(funds.payShare, async (scope, o) => {
  if (o.paid_on > scope.today) throw scope.refuse('funds.future', { day: o.paid_on })
  const s = await shareToPay(scope, o.use_id, o.house_id)
  if (o.amount_fen > s.open_fen) throw scope.refuse('funds.share_more', { house: s.house_label, open: yuanGrouped(fen(s.open_fen)) })
  const c = scope.company_id
  const payment_id = uuidv7()
  await scope.db.insertInto('funds.share_payment').values({ company_id: c, payment_id, use_id: o.use_id, house_id: o.house_id, amount_fen: o.amount_fen, paid_on: o.paid_on, voucher_no: o.voucher_no, created_by: scope.who.account_id, created_at: scope.now }).execute()
  await scope.db.updateTable('funds.use_share').set((e) => ({ paid_fen: e('paid_fen', '+', o.amount_fen) })).where('company_id', '=', c).where('use_id', '=', o.use_id).where('house_id', '=', o.house_id).execute()
  await post(scope, {
    book: 'fund', booked_on: scope.today, kind: 'fund', source_type: 'fund_share_payment', source_id: payment_id,
    lines: [{ account_code: '1002', amount_fen: o.amount_fen, community_id: s.community_id }, { account_code: '1221', amount_fen: -o.amount_fen, community_id: s.community_id, subject_type: 'house', subject_id: o.house_id }],
  })
  scope.note('fund_share', o.use_id, { house_id: o.house_id, amount_fen: o.amount_fen })
  return { open_fen: s.open_fen - o.amount_fen }
})

export const useMoneyAnswers = [pay, postShares, withdraw, book, payShare]
