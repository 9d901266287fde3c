// Completing: the change itself, the debts that go over by agreement, the money that stays, passes or goes back, and the sheet as it stood, in one
// transaction. A refund is asked for here and approved by another person like every refund; nothing is paid out by a settlement.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Out } from '../../../kernel/contract.ts'
import { crashpoint } from '../../../kernel/crashpoint.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { passOn, type PassOn } from '../../billing/server/index.ts'
import { leave, payersAt, transfer } from '../../people/server/index.ts'
import { passDeposit, refundDeposit, refundWallet } from '../../payment/server/index.ts'
import { handover, type Outcome, type SheetBill, type SheetBody } from '../contract.ts'
import type { SheetRead } from './access.ts'
import { bodyOf } from './body.ts'
import { detailOf, draftToChange } from './sheets.ts'

type Ask = Out<typeof handover.completeSheet.takes>
interface House {
  house_id: string
  community_id: string
  building_id: string
  label: string
}
interface Taker {
  person_id: string
  name: string
  names: string
}

const billName = (b: SheetBill) => `${b.period} ${b.fee_item_name} ${yuanGrouped(fen(b.leaver_fen))} 元`

/** Every open part of the leaver is decided upon, and what goes over was agreed. */
function refuseUndecided(scope: Scope, o: Ask, body: SheetBody): void {
  const to = new Map(o.bills.map((b) => [b.bill_id, b.to]))
  const goes = (id: string) => to.get(id) === 'taker'
  const undecided = body.bills.filter((b) => b.leaver_fen > 0 && !to.has(b.bill_id) && !(b.follows && goes(b.follows)))
  if (undecided[0]) throw scope.refuse('handover.undecided', { count: undecided.length, bill: billName(undecided[0]) })
  const money = (o.wallet === 'stay' && body.wallet_fen + body.bound.reduce((n, b) => n + b.balance_fen, 0) > 0) || o.deposits.some((d) => d.to === 'pass')
  if ((body.bills.some((b) => b.leaver_fen > 0 && goes(b.bill_id)) || money) && !o.agreement?.trim()) throw scope.refuse('handover.agreement')
  const back = (o.wallet === 'refund' && (body.wallet_fen > 0 || body.bound.length > 0)) || o.deposits.some((d) => d.to === 'refund')
  if (back && !o.payee) throw scope.refuse('handover.payee')
}

/** The change of owners, or the end of the tenancy; gives who takes over. */
async function change(scope: Scope, s: SheetRead, house: House, o: Ask): Promise<Taker> {
  if (s.kind === 'transfer') {
    if (!o.owners) throw scope.refuse('handover.owners_needed')
    const done = await transfer(scope, { house_id: s.house_id, on_day: s.on_day, owners: o.owners, reason: `${o.reason}(${s.no})`, arrears_to: o.bills.some((b) => b.to === 'taker') ? 'settled' : 'old', keep_household: o.keep_household })
    const { rows } = await sql<{ person_id: string; name: string }>`select person_id, name from people.person where company_id = ${scope.company_id} and person_id = any(${done.new_person_ids}::uuid[])`.execute(scope.db)
    const name = new Map(rows.map((r) => [r.person_id, r.name]))
    const [first] = done.new_person_ids
    return { person_id: first!, name: name.get(first!)!, names: done.new_person_ids.map((id) => name.get(id)).join('、') }
  }
  await leave(scope, { tenancy_id: s.tenancy_id!, to_on: s.on_day })
  const payer = (await payersAt(scope, [s.house_id], s.on_day)).find((p) => p.fee_class === 'property')
  if (!payer) throw scope.refuse('handover.no_taker', { house: house.label, day: s.on_day })
  return { person_id: payer.person_id, name: payer.name, names: payer.name }
}

/** What goes over: bills of later days by themselves, the days after the day of those that span it, and what was agreed. */
function passing(o: Ask, body: SheetBody, taker: Taker): PassOn[] {
  const to = new Map(o.bills.map((b) => [b.bill_id, b.to]))
  return body.bills.flatMap((b): PassOn[] => {
    // A co-owner who stays owes what he owed.
    if (b.payer_id === taker.person_id) return []
    if (b.follows) return to.get(b.follows) === 'taker' || to.get(b.bill_id) === 'taker' ? [{ bill_id: b.bill_id, period_on: b.period_on, taker_fen: b.open_fen, cut: false }] : []
    if (b.place === 'after' || to.get(b.bill_id) === 'taker') return [{ bill_id: b.bill_id, period_on: b.period_on, taker_fen: b.open_fen, cut: false }]
    return b.place === 'spans' && b.taker_fen > 0 ? [{ bill_id: b.bill_id, period_on: b.period_on, taker_fen: b.taker_fen, cut: true }] : []
  })
}

async function holdings(scope: Scope, s: SheetRead, house: House, o: Ask, body: SheetBody, taker: Taker): Promise<Pick<Outcome, 'wallet' | 'deposits' | 'refunds'>> {
  const refunds: Outcome['refunds'] = []
  const why = `${s.kind === 'transfer' ? '过户' : '退租'}结算 ${s.no}`
  const purses = [...(body.wallet_fen > 0 ? [{ fee_item_id: null, name: '通用预存', fen: body.wallet_fen }] : []), ...body.bound.map((b) => ({ fee_item_id: b.fee_item_id, name: `${b.fee_item_name}专项预存`, fen: b.balance_fen }))]
  // Few and each its own request, because each is approved by itself.
  if (o.wallet === 'refund') for (const p of purses) refunds.push(await refundWallet(scope, { house_id: s.house_id, fee_item_id: p.fee_item_id, amount_fen: p.fen, ...o.payee!, reason: why }))
  const said = purses.map((p) => `${p.name} ${yuanGrouped(fen(p.fen))} 元`).join('、')
  const wallet = purses.length === 0 ? '无预存' : o.wallet === 'refund' ? `${said},已申请退还` : `${said},随房由${taker.names}继续使用`
  const choice = new Map(o.deposits.map((d) => [d.deposit_id, d.to]))
  const deposits: string[] = []
  for (const d of body.deposits) {
    const to = choice.get(d.deposit_id) ?? 'stay'
    if (to === 'pass') await passDeposit(scope, { deposit_id: d.deposit_id, to_name: taker.name, why })
    if (to === 'refund') refunds.push(await refundDeposit(scope, { deposit_id: d.deposit_id, amount_fen: d.held_fen - d.pending_fen, ...o.payee!, reason: why }))
    deposits.push(`${d.kind_name} ${d.deposit_no} ${yuanGrouped(fen(d.held_fen))} 元:${to === 'pass' ? `转给${taker.name}` : to === 'refund' ? '已申请退还' : `仍归${d.payer_name}`}`)
  }
  return { wallet, deposits, refunds: refunds.map(({ refund_id, refund_no, amount_fen }) => ({ refund_id, refund_no, amount_fen })) }
}

const complete = answer(handover.completeSheet, async (scope, o) => {
  const { s, house } = await draftToChange(scope, o.sheet_id)
  if (s.on_day > scope.today) throw scope.refuse('handover.not_ready', { day: s.on_day })
  const on = { house_id: s.house_id, community_id: s.community_id, on_day: s.on_day, leaver_ids: s.leavers.map((l) => l.person_id) }
  const body = await bodyOf(scope, on)
  refuseUndecided(scope, o, body)
  const taker = await change(scope, s, house, o)
  crashpoint('handover.changed')
  const pass = passing(o, body, taker)
  const gone = new Map(pass.map((p) => [p.bill_id, p.taker_fen]))
  const why = `${s.no}${o.agreement ? `,${o.agreement.trim()}` : ''}`
  const rework_id = await passOn(scope, house, { bills: pass, day: s.on_day, to: taker, reason: why.slice(0, 200) })
  const held = await holdings(scope, s, house, o, body, taker)
  crashpoint('handover.passed')
  const line = (b: SheetBill, amount_fen: number, name: string) => ({ period: b.period, fee_item_name: b.fee_item_name, amount_fen, name })
  const outcome: Outcome = {
    taker_names: taker.names, ...held, agreement: o.agreement?.trim() || null, reason: o.reason,
    passed: body.bills.flatMap((b) => (gone.has(b.bill_id) ? [line(b, gone.get(b.bill_id)!, taker.name)] : [])),
    stayed: body.bills.flatMap((b) => (b.open_fen > (gone.get(b.bill_id) ?? 0) ? [line(b, b.open_fen - (gone.get(b.bill_id) ?? 0), b.payer_name)] : [])),
  }
  await sql`update handover.sheet set state = 'done', done_by = ${scope.who.account_id}::uuid, done_at = ${scope.now}::timestamptz, frozen = ${JSON.stringify(body)}::jsonb, outcome = ${JSON.stringify(outcome)}::jsonb, rework_id = ${rework_id}::uuid
    where company_id = ${scope.company_id} and sheet_id = ${s.sheet_id}`.execute(scope.db)
  scope.note('handover', s.sheet_id, { no: s.no, house: house.label, kind: s.kind, on_day: s.on_day, taker: taker.names, passed: outcome.passed.length, stayed: outcome.stayed.length, refunds: held.refunds.length })
  scope.emit('handover.completed', s.sheet_id, { sheet_id: s.sheet_id, house_id: s.house_id, kind: s.kind, on_day: s.on_day })
  return detailOf(scope, s.sheet_id)
})
export const completeAnswers = [complete]
