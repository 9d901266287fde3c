// Money of stays. What a stay owes becomes bills of the lot's own house when it is paid, begun to be paid, or left unpaid; the booth takes it into the
// guard's shift, the phone through a link of payment. Nothing here says whether something is paid: the bills do.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { inNameOf, type Scope } from '../../../kernel/scope.ts'
import { billOneOff, voidOneOff } from '../../billing/server/index.ts'
import { takeFor } from '../../payment/server/index.ts'
import { parking } from '../contract.ts'
import { stayText } from '../shown.ts'
import { holdLot, lotsSeenBy, plateShown, type Lot } from './access.ts'
import { insideCar, pricedOrRefused } from './inside.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { STAY_COLUMNS, priceStay, type Priced, type StayRow } from './price.ts'
import { addStep } from './stays.ts'

export type LotMoney = Pick<Lot, 'lot_id' | 'community_id' | 'building_id' | 'house_id' | 'payer_id' | 'name' | 'belongs_to'> & { keeper_id: string }
export async function lotMoney(scope: Scope, lot_id: string): Promise<LotMoney> {
  const { rows } = await sql<LotMoney>`select l.lot_id, l.community_id, l.building_id, l.house_id, l.payer_id, l.name, l.belongs_to, l.keeper_id from parking.lot l where l.company_id = ${scope.company_id} and l.lot_id = ${lot_id}`.execute(scope.db)
  return rows[0]!
}
/** Temporary parking has an item of its own for each purse it may go to; 600101 is 公共车位收入, 6051 其他业务收入. */
const itemOf = (l: LotMoney) => ({ code: `LT_${l.belongs_to.toUpperCase()}`, name: '临时停车费', account_code: l.belongs_to === 'public_income' ? '600101' : '6051', belongs_to: l.belongs_to })

type Key = { bill_id: string; period_on: string; amount_fen: number }
/** Bills for exactly what is due: what is open already counts; an unpaid one that became too much is voided and made anew. */
export async function billDue(outer: Scope, l: LotMoney, s: StayRow, p: Priced): Promise<Key[]> {
  const scope = inNameOf(outer, l.keeper_id)
  const c = scope.company_id
  let open = p.open_bills
  const sum = (list: typeof open): number => list.reduce((n, b) => n + b.open_fen, 0)
  if (sum(open) > p.due_fen) {
    const { rows: untouched } = await sql<{ bill_id: string }>`select b.bill_id from unnest(${open.map((b) => b.bill_id)}::uuid[], ${open.map((b) => b.period_on)}::date[]) as o(bill_id, period_on) join billing.bill b on b.company_id = ${c} and b.period_on = o.period_on and b.bill_id = o.bill_id where b.paid_fen = 0 and not exists (select from payment.intent_bill x join payment.intent i on i.company_id = ${c} and i.intent_id = x.intent_id where x.company_id = ${c} and x.bill_id = b.bill_id and i.state in ('created', 'pending', 'unknown'))`.execute(scope.db)
    const ids = new Set(untouched.map((b) => b.bill_id))
    for (const b of open.filter((x) => ids.has(x.bill_id)).slice(0, 20)) await voidOneOff(scope, b.bill_id, '停车费重新计算')
    open = open.filter((b) => !ids.has(b.bill_id))
  }
  const more = p.due_fen - sum(open)
  const out: Key[] = open.map((b) => ({ bill_id: b.bill_id, period_on: b.period_on, amount_fen: b.open_fen }))
  if (more <= 0) return out
  const until = s.left_at ?? scope.now
  const minutes = Math.floor((Date.parse(until) - Date.parse(s.entered_at)) / 60_000)
  const note = `${l.name} ${s.plate} 停车费:${s.no_entry ? '没有入场记录' : `${minuteText(s.entered_at)} 入场,停放 ${stayText(minutes)}`};${p.lines.map((x) => x.text).join(';')}`.slice(0, 500)
  const made = await billOneOff(scope, { house: l, payer_id: l.payer_id, source_id: uuidv7(), item: itemOf(l), amount_fen: more, note })
  await scope.db.insertInto('parking.stay_bill').values({ company_id: c, bill_id: made.bill_id, period_on: made.period_on, stay_id: s.stay_id, amount_fen: more, quote: JSON.stringify(p.lines), made_at: scope.now }).execute()
  return [...out, { ...made, amount_fen: more }]
}

/** What a stay owes that left unpaid: its open bills; a car inside: the price of now. */
export async function owed(scope: Scope, s: StayRow): Promise<Priced> {
  if (s.state === 'in') return pricedOrRefused(scope, s)
  const p = await priceStay(scope, s, s.left_at ?? scope.now)
  const open = p.open_bills.reduce((n, b) => n + b.open_fen, 0)
  return { ...p, due_fen: open }
}

interface Found extends StayRow {
  debt: boolean
}
/** A stay within reach, with its lot held. */
async function stayHeld(scope: Scope, stay_id: string): Promise<Found> {
  const c = scope.company_id
  const find = () => sql<Found>`select ${STAY_COLUMNS}, t.debt from parking.stay t join parking.lot l on l.company_id = ${c} and l.lot_id = t.lot_id where t.company_id = ${c} and t.stay_id = ${stay_id} and ${lotsSeenBy(scope)}`.execute(scope.db)
  const first = (await find()).rows[0]
  if (!first) throw scope.notFound()
  await holdLot(scope, first.lot_id)
  return (await find()).rows[0]!
}

const collect = answer(parking.collect, async (scope, o) => {
  const s = await stayHeld(scope, o.stay_id)
  if (s.state === 'void' || (s.state === 'left' && !s.debt)) throw scope.refuse('parking.not_inside')
  if (s.state === 'in') await insideCar(scope, s.lot_id, s.stay_id)
  const p = await owed(scope, s)
  if (p.due_fen === 0) throw scope.refuse('parking.nothing_due', { plate: plateShown(scope)(s.plate) })
  if (p.due_fen !== o.amount_fen) throw scope.refuse('parking.due_changed', { due: yuanGrouped(fen(p.due_fen)), seen: yuanGrouped(fen(o.amount_fen)) })
  const l = await lotMoney(scope, s.lot_id)
  const lines = await billDue(scope, l, s, p)
  const done = await takeFor(scope, { house_id: l.house_id, payer_name: s.plate, lines, method: o.method, reference: o.reference ?? null, remark: `${l.name} 停车费` })
  await addStep(scope, s.stay_id, { kind: s.debt ? 'debt_paid' : 'paid', detail: { paid_fen: done.total_fen, receipt_no: done.receipt_no } })
  scope.note('stay', s.stay_id, { collected_fen: done.total_fen, method: o.method, receipt_no: done.receipt_no })
  return { payment_id: done.payment_id, receipt_no: done.receipt_no, paid_fen: done.total_fen }
})

export const moneyAnswers = [collect]
