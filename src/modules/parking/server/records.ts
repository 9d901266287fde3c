// Stays and looks as records: lists, one stay with its steps, money and pictures, sheets; correcting a plate and voiding what never was.
import { sql, type SqlBool } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { QuoteFault } from '../../tariff/server/index.ts'
import { parking, type StayDetail } from '../contract.ts'
import { said, stayText } from '../shown.ts'
import { holdLot, lotsSeenBy, plateShown } from './access.ts'
import { insideCar } from './inside.ts'
import { STAY_COLUMNS, priceStay, type Priced, type StayRow } from './price.ts'
import { readPlate } from './rules/plates.ts'
import { lookRows, lookWhere, stayRows, stayWhere } from './rows.ts'
import { addStep, passPlace } from './stays.ts'

const EXCEL_MAX = 20_000
const LOOKS_SHOWN = 20

const stays = answer(parking.stays, async (scope, f) => {
  const c = scope.company_id
  const where = stayWhere(scope, f)
  const [rows, n] = [
    await stayRows(scope, where, f.page_size, (f.page - 1) * f.page_size),
    (await sql<{ total: number; paid_sum_fen: number }>`select count(*)::int as total, coalesce(sum((select sum(b.paid_fen) from parking.stay_bill x join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.bill_id where x.company_id = ${c} and x.stay_id = s.stay_id and b.voided_at is null)), 0)::bigint as paid_sum_fen from parking.stay s where ${where}`.execute(scope.db)).rows[0]!,
  ]
  return { rows, ...n }
})
const staysExcel = answerFile(parking.staysExcel, async (scope, f) => {
  const rows = await stayRows(scope, stayWhere(scope, f), EXCEL_MAX + 1)
  if (rows.length > EXCEL_MAX) throw scope.refuse('parking.too_many_rows', { max: EXCEL_MAX })
  const text = (title: string) => ({ title, kind: 'text' as const })
  const body = await writeSheet({
    sheets: [{
      name: '停车记录', columns: [text('车场'), text('车牌'), text('类别'), text('车型'), text('入场'), text('入口'), text('离场'), text('出口'), text('停放'), text('状态'), { title: '应收', kind: 'money_fen' as const }, { title: '已收', kind: 'money_fen' as const }, text('未缴离场')],
      rows: rows.map((r) => [r.lot_name, r.plate, said('class', r.class), said('vehicle', r.vehicle), minuteText(r.entered_at), r.entry_lane, minuteText(r.left_at), r.exit_lane, stayText(r.minutes), said('stay_state', r.state), r.due_fen, r.paid_fen, r.debt ? '是' : '']),
    }],
  })
  return { name: `停车记录-${scope.today}.xlsx`, type: XLSX, body }
})
const looks = answer(parking.looks, async (scope, f) => {
  const where = lookWhere(scope, f)
  const rows = await lookRows(scope, where, f.page_size, (f.page - 1) * f.page_size)
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from parking.look k where ${where}`.execute(scope.db)
  return { rows, total: n[0]!.total }
})
const looksExcel = answerFile(parking.looksExcel, async (scope, f) => {
  const rows = await lookRows(scope, lookWhere(scope, f), EXCEL_MAX + 1)
  if (rows.length > EXCEL_MAX) throw scope.refuse('parking.too_many_rows', { max: EXCEL_MAX })
  const text = (title: string) => ({ title, kind: 'text' as const })
  const body = await writeSheet({
    sheets: [{
      name: '识别记录', columns: [text('时间'), text('车场'), text('通道'), text('方向'), text('车牌'), text('车型'), text('处置'), text('原因'), text('类别'), { title: '应收', kind: 'money_fen' as const }, text('补传'), text('处理人')],
      rows: rows.map((r) => [minuteText(r.device_at), r.lot_name, r.lane_name, said('direction', r.direction), r.plate, said('vehicle', r.vehicle), said('decision', r.decision), said('why', r.why), said('class', r.class), r.amount_fen, r.replay ? '是' : '', r.done?.by_name ?? '']),
    }],
  })
  return { name: `识别记录-${scope.today}.xlsx`, type: XLSX, body }
})

/** Within reach, else 404. */
export async function stayToRead(scope: Scope, stay_id: string): Promise<StayRow & { permit_holder: string | null; community_name: string; code: string }> {
  const c = scope.company_id
  const { rows } = await sql<StayRow & { permit_holder: string | null; community_name: string; code: string }>`select ${STAY_COLUMNS}, l.code, pm.holder_name as permit_holder, m.name as community_name
    from parking.stay t join parking.lot l on l.company_id = ${c} and l.lot_id = t.lot_id join property.community m on m.company_id = ${c} and m.community_id = l.community_id left join parking.permit pm on pm.company_id = ${c} and pm.permit_id = t.permit_id where t.company_id = ${c} and t.stay_id = ${stay_id} and ${lotsSeenBy(scope)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
const stay = answer(parking.stay, async (scope, { stay_id }): Promise<StayDetail> => {
  const c = scope.company_id
  const s = await stayToRead(scope, stay_id)
  const [row] = await stayRows(scope, sql<SqlBool>`s.company_id = ${c} and s.stay_id = ${stay_id}`, 1)
  let p: Priced | null = null
  try {
    p = s.state === 'void' ? null : await priceStay(scope, s, s.left_at ?? scope.now)
  } catch (error) {
    if (!(error instanceof QuoteFault)) throw error
  }
  const [steps, bills, looks_] = [
    (await sql<StayDetail['steps'][number]>`select kind, at, by_name, reason, detail from parking.stay_step where company_id = ${c} and stay_id = ${stay_id} order by step_id limit 200`.execute(scope.db)).rows,
    (await sql<StayDetail['bills'][number]>`select b.bill_id, b.period_on, b.amount_fen, b.paid_fen, b.voided_at is not null as voided, x.made_at, array(select p.receipt_no from payment.allocation a join payment.payment p on p.company_id = ${c} and p.payment_id = a.payment_id where a.company_id = ${c} and a.bill_id = b.bill_id order by p.taken_at) as receipt_nos
      from parking.stay_bill x join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.bill_id where x.company_id = ${c} and x.stay_id = ${stay_id} order by x.made_at`.execute(scope.db)).rows,
    await lookRows(scope, sql<SqlBool>`k.company_id = ${c} and k.stay_id = ${stay_id}`, LOOKS_SHOWN),
  ]
  const shown = plateShown(scope)
  const masked = steps.map((x) => ({ ...x, detail: x.detail ? Object.fromEntries(Object.entries(x.detail).map(([k, v]) => [k, ['plate', 'from', 'to', 'read', 'kept'].includes(k) && typeof v === 'string' ? shown(v) : v])) : null }))
  const inside = s.state === 'in' ? (true as const) : 'parking.not_inside'
  return { ...row!, community_name: s.community_name, permit_holder: s.permit_holder, total_fen: p?.total_fen ?? null, open_fen: p ? (s.state === 'in' ? p.due_fen : p.open_bills.reduce((n, b) => n + b.open_fen, 0)) : 0, pay_at: `${c}.${s.code}`, lines: p?.lines ?? [], steps: masked, bills, looks: looks_, can: { correct: inside, void: s.state !== 'in' ? 'parking.not_inside' : bills.some((b) => !b.voided) ? 'parking.has_money' : true } }
})

const correctPlate = answer(parking.correctPlate, async (scope, o) => {
  const c = scope.company_id
  const s = await stayToRead(scope, o.stay_id)
  await holdLot(scope, s.lot_id)
  await insideCar(scope, s.lot_id, o.stay_id)
  const plate = readPlate(o.plate)
  if (plate === null) throw scope.refuse('parking.bad_plate', { plate: o.plate })
  const other = await sql`select from parking.stay where company_id = ${c} and lot_id = ${s.lot_id} and plate = ${plate} and state = 'in' and stay_id <> ${o.stay_id}`.execute(scope.db)
  if (other.rows.length) throw scope.refuse('parking.plate_inside', { plate })
  await sql`update parking.stay set plate = ${plate}, no_plate = false where company_id = ${c} and stay_id = ${o.stay_id}`.execute(scope.db)
  await addStep(scope, o.stay_id, { kind: 'corrected', reason: o.reason, detail: { from: s.plate, to: plate } })
  scope.note('stay', o.stay_id, { corrected: o.reason })
  return { stay_id: o.stay_id }
})
const voidStay = answer(parking.voidStay, async (scope, o) => {
  const c = scope.company_id
  const s = await stayToRead(scope, o.stay_id)
  await holdLot(scope, s.lot_id)
  await insideCar(scope, s.lot_id, o.stay_id)
  const money = await sql`select from parking.stay_bill x join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.bill_id where x.company_id = ${c} and x.stay_id = ${o.stay_id} and b.voided_at is null`.execute(scope.db)
  if (money.rows.length) throw scope.refuse('parking.has_money')
  await sql`update parking.stay set state = 'void' where company_id = ${c} and stay_id = ${o.stay_id}`.execute(scope.db)
  await addStep(scope, o.stay_id, { kind: 'void', reason: o.reason })
  await passPlace(scope, o.stay_id, scope.now).execute(scope.db)
  scope.note('stay', o.stay_id, { voided: o.reason })
  return { stay_id: o.stay_id }
})
const lookPicture = (app: () => App) => answerFile(parking.lookPicture, async (scope, { look_id }) => {
  const { rows } = await sql<{ picture: string | null }>`select k.picture from parking.look k join parking.lot l on l.company_id = ${scope.company_id} and l.lot_id = k.lot_id where k.company_id = ${scope.company_id} and k.look_id = ${look_id} and ${lotsSeenBy(scope)}`.execute(scope.db)
  const sha = rows[0]?.picture
  if (!sha || !(await hasFile(app().data_dir, sha))) throw scope.notFound()
  return { name: '识别照片.jpg', type: 'image/jpeg', body: openFile(app().data_dir, sha), inline: true }
})

export const recordAnswers = (app: () => App) => [stays, staysExcel, looks, looksExcel, stay, correctPlate, voidStay, lookPicture(app)]
