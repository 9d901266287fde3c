// Who may park as what: registered by staff or asked for by residents, each plate with its days; monthly passes by terms, each with a bill on the house;
// cards given anew for a fee. No arrears are looked at anywhere here.
import { sql, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { inNameOf, type Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { billOneOff } from '../../billing/server/index.ts'
import { payersAt } from '../../people/server/index.ts'
import { houseToRead } from '../../property/server/index.ts'
import { parking, type PermitDetail } from '../contract.ts'
import { said } from '../shown.ts'
import { lotToRead, lotsSeenBy, plateShown } from './access.ts'
import { ruleOf } from './config.ts'
import { lotMoney, type LotMoney } from './money.ts'
import { permitRows, permitWhere } from './permit_rows.ts'
import { readPlate } from './rules/plates.ts'

const EXCEL_MAX = 20_000

export interface Permit {
  permit_id: string
  lot_id: string
  kind: 'owner_bay' | 'lease' | 'monthly' | 'free' | 'black'
  house_id: string | null
  holder_name: string
  card_no: string | null
  state: 'asked' | 'live' | 'refused' | 'ended'
  from_on: string
  to_on: string | null
  asked_months: number | null
}
/** Within reach and locked. */
async function permitToChange(scope: Scope, permit_id: string): Promise<Permit> {
  const { rows } = await sql<Permit>`select pm.permit_id, pm.lot_id, pm.kind, pm.house_id, pm.holder_name, pm.card_no, pm.state, pm.from_on, pm.to_on, pm.asked_months from parking.permit pm join parking.lot l on l.company_id = ${scope.company_id} and l.lot_id = pm.lot_id where pm.company_id = ${scope.company_id} and pm.permit_id = ${permit_id} and ${lotsSeenBy(scope)} for update of pm`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
export function platesOf(scope: Scope, list: readonly string[]): string[] {
  return [...new Set(list.map((t) => {
    const p = readPlate(t)
    if (p === null) throw scope.refuse('parking.bad_plate', { plate: t })
    return p
  }))]
}
/** A plate stands on one permit of a lot at a time; the black list beside it. */
export async function refuseTaken(scope: Scope, lot_id: string, plates: readonly string[], permit_id: string, black: boolean): Promise<void> {
  const { rows } = await sql<{ plate: string; holder_name: string; kind: string }>`select pp.plate, pm.holder_name, pm.kind from parking.permit_plate pp join parking.permit pm on pm.company_id = ${scope.company_id} and pm.permit_id = pp.permit_id where pp.company_id = ${scope.company_id} and pp.lot_id = ${lot_id} and pp.plate = any(${[...plates]}::text[]) and (pp.to_on is null or pp.to_on > ${scope.today}::date) and pm.state in ('asked', 'live') and (pm.to_on is null or pm.to_on > ${scope.today}::date) and pm.permit_id <> ${permit_id} and (pm.kind = 'black') = ${black} limit 1`.execute(scope.db)
  if (rows[0]) throw scope.refuse('parking.plate_permitted', { plate: rows[0].plate, holder: rows[0].holder_name, kind: said('class', rows[0].kind) || '黑名单' })
}
/** The cameras of a lot compare their lists at their next beat. */
const listsChanged = (scope: Scope, lot_id: string) =>
  sql`update parking.camera_state s set list_at = null from parking.camera k join parking.lane n on n.company_id = ${scope.company_id} and n.lane_id = k.lane_id where s.company_id = ${scope.company_id} and k.company_id = ${scope.company_id} and k.camera_id = s.camera_id and n.lot_id = ${lot_id}`.execute(scope.db)
export async function setPlates(scope: Scope, permit_id: string, lot_id: string, plates: readonly string[]): Promise<void> {
  const c = scope.company_id
  await listsChanged(scope, lot_id)
  await sql`update parking.permit_plate set to_on = ${scope.today}::date where company_id = ${c} and permit_id = ${permit_id} and (to_on is null or to_on > ${scope.today}::date) and plate <> all(${[...plates]}::text[])`.execute(scope.db)
  await sql`insert into parking.permit_plate (company_id, permit_id, plate, lot_id, from_on) select ${c}, ${permit_id}, x.plate, ${lot_id}, ${scope.today}::date from unnest(${[...plates]}::text[]) as x(plate) where not exists (select from parking.permit_plate p where p.company_id = ${c} and p.permit_id = ${permit_id} and p.plate = x.plate and (p.to_on is null or p.to_on > ${scope.today}::date))
    on conflict (company_id, permit_id, plate, from_on) do update set to_on = null`.execute(scope.db)
}
async function refuseCard(scope: Scope, card_no: string | null, permit_id: string): Promise<void> {
  if (!card_no) return
  const { rows } = await sql<{ holder_name: string }>`select holder_name from parking.permit where company_id = ${scope.company_id} and card_no = ${card_no} and permit_id <> ${permit_id}`.execute(scope.db)
  if (rows[0]) throw scope.refuse('parking.card_taken', { card_no, holder: rows[0].holder_name })
}

const savePermit = answer(parking.savePermit, async (scope, o) => {
  const c = scope.company_id
  const before = o.permit_id ? await permitToChange(scope, o.permit_id) : null
  if (before && (before.state === 'ended' || before.state === 'refused')) throw scope.refuse('parking.permit_ended')
  const lot = await lotToRead(scope, before?.lot_id ?? o.lot_id)
  if (o.house_id) await houseToRead(scope, o.house_id)
  if ((o.kind === 'owner_bay' || o.kind === 'lease') && !o.house_id) throw scope.refuse('parking.house_needed', { kind: said('class', o.kind) })
  if (o.to_on !== null && o.to_on <= o.from_on) throw scope.refuse('parking.days_crossed')
  if (o.kind === 'black' && !o.reason) throw scope.refuse('parking.black_reason')
  const permit_id = o.permit_id ?? uuidv7()
  const plates = platesOf(scope, o.plates)
  await refuseTaken(scope, lot.lot_id, plates, permit_id, o.kind === 'black')
  await refuseCard(scope, o.card_no, permit_id)
  const values = { kind: before?.kind ?? o.kind, house_id: o.house_id, holder_name: o.holder_name, ...(o.holder_phone !== null || !before ? { holder_phone: o.holder_phone } : {}), places: o.places, card_no: o.card_no || null, from_on: o.from_on, to_on: o.to_on, reason: o.reason || null }
  if (before) await scope.db.updateTable('parking.permit').set(values).where('company_id', '=', c).where('permit_id', '=', permit_id).execute()
  else await scope.db.insertInto('parking.permit').values({ company_id: c, permit_id, lot_id: lot.lot_id, holder_phone: o.holder_phone, ...values, state: 'live', created_by: scope.who.account_id, created_at: scope.now }).execute()
  await setPlates(scope, permit_id, lot.lot_id, plates)
  scope.note('permit', permit_id, { lot: lot.name, kind: values.kind, holder: o.holder_name, plate_count: plates.length, places: o.places })
  return { permit_id }
})
const endPermit = answer(parking.endPermit, async (scope, o) => {
  const p = await permitToChange(scope, o.permit_id)
  if (p.state === 'ended' || p.state === 'refused') throw scope.refuse('parking.permit_ended')
  await sql`update parking.permit set state = 'ended', ended_by = ${scope.who.account_id}::uuid, ended_at = ${scope.now}, card_no = null, reason = coalesce(reason || ';', '') || ${`注销:${o.reason}`} where company_id = ${scope.company_id} and permit_id = ${o.permit_id}`.execute(scope.db)
  await listsChanged(scope, p.lot_id)
  scope.note('permit', o.permit_id, { ended: o.reason })
  return { permit_id: o.permit_id }
})
const decidePermit = answer(parking.decidePermit, async (scope, o) => {
  const p = await permitToChange(scope, o.permit_id)
  if (p.state !== 'asked') throw scope.refuse('parking.permit_decided', { state: said('permit_state', p.state) })
  if (!o.agree && !o.reason) throw scope.refuse('parking.reason_needed')
  const state = o.agree ? ('live' as const) : ('refused' as const)
  await sql`update parking.permit set state = ${state}, decided_by = ${scope.who.account_id}::uuid, decided_at = ${scope.now}, reason = coalesce(nullif(${o.reason ?? ''}, ''), reason) where company_id = ${scope.company_id} and permit_id = ${o.permit_id}`.execute(scope.db)
  await listsChanged(scope, p.lot_id)
  if (o.agree && p.asked_months !== null && p.kind === 'monthly') await newTerm(scope, p, p.asked_months)
  scope.note('permit', o.permit_id, { agreed: o.agree, reason: o.reason ?? null })
  return { permit_id: o.permit_id, state }
})
export async function monthFen(scope: Scope, lot_id: string): Promise<number | null> {
  const { rows } = await sql<{ month_fen: number }>`select month_fen from parking.pass_price where company_id = ${scope.company_id} and lot_id = ${lot_id} and from_on <= ${scope.today}::date order by from_on desc, created_at desc, price_id desc limit 1`.execute(scope.db)
  return rows[0]?.month_fen ?? null
}
interface OneOffAsk {
  code: string
  name: string
  amount_fen: number
  note: string
  account_code: string
  belongs_to: LotMoney['belongs_to']
}
/** A bill on the house of the permit, or on the lot's own house where it has none. */
export async function billHouse(outer: Scope, l: LotMoney, house_id: string | null, o: OneOffAsk): Promise<{ bill_id: string; period_on: string }> {
  const scope = inNameOf(outer, l.keeper_id)
  const { rows } = await sql<{ house_id: string; community_id: string; building_id: string }>`select house_id, community_id, building_id from property.house where company_id = ${scope.company_id} and house_id = ${house_id ?? l.house_id}`.execute(scope.db)
  const house = rows[0]
  const payer = house_id ? (await payersAt(scope, [house_id], scope.today)).find((p) => p.fee_class === 'use')?.person_id : l.payer_id
  if (!house || !payer) throw scope.refuse('parking.no_payer')
  return billOneOff(scope, { house, payer_id: payer, source_id: uuidv7(), item: { code: o.code, name: o.name, account_code: o.account_code, belongs_to: o.belongs_to }, amount_fen: o.amount_fen, note: o.note.slice(0, 500) })
}
export async function newTerm(scope: Scope, p: Permit, months: number): Promise<{ term_id: string; amount_fen: number; from_on: string; to_on: string }> {
  const c = scope.company_id
  const month_fen = await monthFen(scope, p.lot_id)
  if (month_fen === null) throw scope.refuse('parking.no_month_price')
  const { rows } = await sql<{ from_on: string; to_on: string; unpaid: boolean }>`with last as (select max(tm.to_on) as to_on, bool_or(b.bill_id is not null and b.paid_fen + b.reduced_fen < b.amount_fen) as unpaid from parking.term tm left join billing.bill b on b.company_id = ${c} and b.period_on = tm.period_on and b.bill_id = tm.bill_id where tm.company_id = ${c} and tm.permit_id = ${p.permit_id} and b.voided_at is null)
    select greatest(coalesce(l.to_on, ${p.from_on}::date), ${scope.today}::date) as from_on, (greatest(coalesce(l.to_on, ${p.from_on}::date), ${scope.today}::date) + make_interval(months => ${months}))::date as to_on, coalesce(l.unpaid, false) as unpaid from last l`.execute(scope.db)
  const t = rows[0]!
  if (t.unpaid) throw scope.refuse('parking.term_unpaid')
  const amount_fen = month_fen * months
  const l = await lotMoney(scope, p.lot_id)
  const bill = amount_fen > 0 ? await billHouse(scope, l, p.house_id, { code: `YK_${l.belongs_to.toUpperCase()}`, name: '月租停车费', account_code: l.belongs_to === 'public_income' ? '600101' : '6051', belongs_to: l.belongs_to, amount_fen, note: `${l.name} 月租车 ${p.holder_name}:${t.from_on} 至 ${t.to_on}(不含),${yuanGrouped(fen(month_fen))} 元 × ${months} 个月` }) : null
  const term_id = uuidv7()
  await scope.db.insertInto('parking.term').values({ company_id: c, term_id, permit_id: p.permit_id, from_on: t.from_on, to_on: t.to_on, months, amount_fen, bill_id: bill?.bill_id ?? null, period_on: bill?.period_on ?? null, made_by: scope.who.account_id, made_at: scope.now }).execute()
  scope.note('permit', p.permit_id, { term: `${t.from_on} – ${t.to_on}`, amount_fen })
  return { term_id, amount_fen, from_on: t.from_on, to_on: t.to_on }
}
const renewPermit = answer(parking.renewPermit, async (scope, o) => {
  const p = await permitToChange(scope, o.permit_id)
  if (p.state !== 'live' || p.kind !== 'monthly') throw scope.refuse('parking.permit_ended')
  return newTerm(scope, p, o.months)
})
const reissueCard = answer(parking.reissueCard, async (scope, o) => {
  const p = await permitToChange(scope, o.permit_id)
  if (p.state !== 'live') throw scope.refuse('parking.permit_ended')
  await refuseCard(scope, o.card_no, p.permit_id)
  const amount_fen = (await ruleOf(scope, p.lot_id))?.lost_card_fen ?? 0
  const l = await lotMoney(scope, p.lot_id)
  if (amount_fen > 0) await billHouse(scope, l, p.house_id, { code: 'CK_BUBAN', name: '车卡工本费', account_code: '6051', belongs_to: 'company', amount_fen, note: `${l.name} 补办车卡 ${o.card_no}(原卡 ${p.card_no ?? '无'} 作废):${o.reason}` })
  await sql`update parking.permit set card_no = ${o.card_no} where company_id = ${scope.company_id} and permit_id = ${p.permit_id}`.execute(scope.db)
  scope.note('permit', p.permit_id, { card_before: p.card_no, card_after: o.card_no, reason: o.reason, amount_fen })
  return { permit_id: p.permit_id, amount_fen }
})

const permits = answer(parking.permits, async (scope, f) => {
  const where = permitWhere(scope, f)
  const rows = await permitRows(scope, where, f.page_size, (f.page - 1) * f.page_size)
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from parking.permit pm where ${where}`.execute(scope.db)
  return { rows, total: n[0]!.total }
})
const permitsExcel = answerFile(parking.permitsExcel, async (scope, f) => {
  const rows = await permitRows(scope, permitWhere(scope, f), EXCEL_MAX + 1)
  if (rows.length > EXCEL_MAX) throw scope.refuse('parking.too_many_rows', { max: EXCEL_MAX })
  const text = (title: string) => ({ title, kind: 'text' as const })
  const body = await writeSheet({ sheets: [{ name: '车辆授权', columns: [text('车场'), text('类别'), text('车牌'), { title: '车位数', kind: 'int' }, text('房号'), text('持有人'), text('电话'), text('卡号'), text('状态'), text('今日有效'), text('起'), text('止(不含)'), text('已缴至(不含)'), { title: '未缴租费', kind: 'money_fen' }, text('备注')], rows: rows.map((r) => [r.lot_name, said('permit_kind', r.kind), r.plates.join('、'), r.places, r.house_label, r.holder_name, r.holder_phone, r.card_no, said('permit_state', r.state), r.holds ? '是' : '', r.from_on, r.to_on, r.term_to_on, r.unpaid_fen, r.reason]) }] })
  return { name: `车辆授权-${scope.today}.xlsx`, type: XLSX, body }
})
type History = Out<typeof parking.permit.gives>['history']
const permit = answer(parking.permit, async (scope, { permit_id }): Promise<PermitDetail> => {
  const c = scope.company_id
  const [row] = await permitRows(scope, sql<SqlBool>`pm.company_id = ${c} and pm.permit_id = ${permit_id} and exists (select from parking.lot l where l.company_id = ${c} and l.lot_id = pm.lot_id and ${lotsSeenBy(scope)})`, 1)
  if (!row) throw scope.notFound()
  const { rows: terms } = await sql<PermitDetail['terms'][number]>`select tm.term_id, tm.from_on, tm.to_on, tm.months, tm.amount_fen, (tm.bill_id is null or (b.voided_at is null and b.paid_fen + b.reduced_fen >= b.amount_fen)) as paid, b.voided_at is not null as voided, tm.bill_id, tm.period_on, tm.made_at, m.name as by_name from parking.term tm left join billing.bill b on b.company_id = ${c} and b.period_on = tm.period_on and b.bill_id = tm.bill_id left join identity.member m on m.company_id = ${c} and m.account_id = tm.made_by where tm.company_id = ${c} and tm.permit_id = ${permit_id} order by tm.from_on desc, tm.term_id desc limit 100`.execute(scope.db)
  const { rows: history } = await sql<History[number]>`select plate, from_on, to_on from parking.permit_plate where company_id = ${c} and permit_id = ${permit_id} order by from_on, plate limit 200`.execute(scope.db)
  const shown = plateShown(scope)
  const live = row.state === 'live' ? (true as const) : 'parking.permit_ended'
  const open = row.state === 'live' || row.state === 'asked' ? (true as const) : 'parking.permit_ended'
  return { ...row, terms, history: history.map((h) => ({ ...h, plate: shown(h.plate) })), month_fen: await monthFen(scope, row.lot_id), can: { write: open, renew: row.kind !== 'monthly' ? 'parking.not_monthly' : row.unpaid_fen > 0 ? 'parking.term_unpaid' : live, decide: row.state === 'asked' ? true : 'parking.permit_decided', end: open, card: live } }
})
const passPrices = answer(parking.passPrices, async (scope, { lot_id }) => {
  await lotToRead(scope, lot_id)
  const { rows } = await sql<{ price_id: string; lot_id: string; from_on: string; month_fen: number; note: string | null }>`select price_id, lot_id, from_on, month_fen, note from parking.pass_price where company_id = ${scope.company_id} and lot_id = ${lot_id} order by from_on desc, created_at desc, price_id desc limit 50`.execute(scope.db)
  const now = rows.find((r) => r.from_on <= scope.today)?.price_id
  return { rows: rows.map((r) => ({ ...r, state: r.price_id === now ? ('now' as const) : r.from_on > scope.today ? ('future' as const) : ('past' as const) })) }
})
const publishPassPrice = answer(parking.publishPassPrice, async (scope, o) => {
  const l = await lotToRead(scope, o.lot_id)
  if (o.from_on < scope.today) throw scope.refuse('parking.from_past', { today: scope.today })
  const price_id = uuidv7()
  await scope.db.insertInto('parking.pass_price').values({ company_id: scope.company_id, price_id, lot_id: o.lot_id, from_on: o.from_on, month_fen: o.month_fen, note: o.note || null, created_by: scope.who.account_id, created_at: scope.now }).execute()
  scope.note('lot', o.lot_id, { name: l.name, month_fen: o.month_fen, from_on: o.from_on })
  return { price_id }
})

export const permitAnswers = [permits, permitsExcel, permit, savePermit, endPermit, decidePermit, renewPermit, reissueCard, passPrices, publishPassPrice]
