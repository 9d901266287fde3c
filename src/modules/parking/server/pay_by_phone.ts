// Paying before the exit by phone: anybody with the plate and the lot's code (the sign in the car park), residents for their own cars. Both make the
// bills of now and a link of payment over them; channel, order, notice and receipt are payment's. Who asks learns of a car only by its whole plate.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { answer, type App } from '../../../kernel/app.ts'
import { nowMs } from '../../../kernel/clock.ts'
import { uuidOf } from '../../../kernel/ids.ts'
import { inNameOf, type Scope } from '../../../kernel/scope.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { makeNoticeLinks, noticeToken } from '../../payment/server/index.ts'
import { housesOfResident } from '../../people/server/index.ts'
import { QuoteFault } from '../../tariff/server/index.ts'
import { parking, type LotSpace, type PayView } from '../contract.ts'
import { holdLot } from './access.ts'
import { billDue, lotMoney, owed } from './money.ts'
import { STAY_COLUMNS, priceStay, type StayRow } from './price.ts'
import { ruleOf, ruleOn } from './config.ts'
import { maskPlate, readPlate } from './rules/plates.ts'
import { notePlace } from './spot.ts'

/** A link lives as long as somebody walks to his car. */
const LINK_DAYS = 1 / 48
const TRIES_A_MINUTE = 20
const tries = new Map<string, { minute: number; count: number }>()
/** Plates are not to be tried one after another to learn who is at home. */
export function tooOften(ip: string | null): boolean {
  const minute = Math.trunc(nowMs() / 60_000)
  const key = ip ?? 'unknown'
  const t = tries.get(key)
  if (t?.minute === minute) return ++t.count > TRIES_A_MINUTE
  if (tries.size > 5000) tries.clear()
  tries.set(key, { minute, count: 1 })
  return false
}
function split(at: string): { company_id: number; code: string } {
  const [company, code] = at.split('.') as [string, string]
  return { company_id: Number.parseInt(company, 10), code }
}
interface LotSeen {
  lot_id: string
  name: string
  community_name: string
  company_name: string
}
async function lotByCode(scope: Scope, code: string): Promise<LotSeen> {
  const c = scope.company_id
  const { rows } = await sql<LotSeen>`select l.lot_id, l.name, m.name as community_name, o.name as company_name from parking.lot l join property.community m on m.company_id = ${c} and m.community_id = l.community_id join identity.company o on o.company_id = ${c} where l.company_id = ${c} and l.code = ${code} and l.retired_at is null`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** Inside, or left unpaid: newest first, what is inside before all. */
async function staysOf(scope: Scope, lot_id: string, plate: string): Promise<StayRow[]> {
  const c = scope.company_id
  const { rows } = await sql<StayRow>`select ${STAY_COLUMNS} from parking.stay t where t.company_id = ${c} and t.lot_id = ${lot_id} and t.plate = ${plate} and (t.state = 'in' or (t.debt and exists (select from parking.stay_bill x join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.bill_id where x.company_id = ${c} and x.stay_id = t.stay_id and b.voided_at is null and b.amount_fen > b.paid_fen + b.reduced_fen + b.moved_fen))) order by (t.state = 'in') desc, t.entered_at desc limit 5`.execute(scope.db)
  return rows
}
export async function viewOf(scope: Scope, s: StayRow): Promise<PayView> {
  const rule = await ruleOf(scope, s.lot_id)
  const base = { stay_id: s.stay_id, plate: s.plate, entered_at: s.entered_at, no_entry: s.no_entry, left_at: s.left_at, minutes: Math.floor((Date.parse(s.left_at ?? scope.now) - Date.parse(s.entered_at)) / 60_000), class: s.class }
  try {
    const p = s.state === 'in' ? await priceStay(scope, s, scope.now, rule) : await owed(scope, s)
    return { ...base, total_fen: p.total_fen, paid_fen: p.paid_fen, due_fen: p.due_fen, lines: p.lines, problem: null }
  } catch (error) {
    if (!(error instanceof QuoteFault)) throw error
    return { ...base, total_fen: 0, paid_fen: 0, due_fen: 0, lines: [], problem: '暂时算不出金额,请到岗亭处理' }
  }
}
const payLook = (app: () => App) => answer(parking.payLook, async (outer, { at, plate }) => {
  if (plate && tooOften(outer.who.ip)) throw outer.refuse('parking.too_often')
  const { company_id, code } = split(at)
  return asSystem(app(), company_id, 'parking.pay', async (scope) => {
    const l = await lotByCode(scope, code)
    const p = plate ? (readPlate(plate) ?? plate.trim()) : null
    const found = p ? await staysOf(scope, l.lot_id, p) : []
    const views: PayView[] = []
    for (const s of found) views.push(await viewOf(scope, s))
    return { company_name: l.company_name, community_name: l.community_name, lot_name: l.name, rows: views }
  })
})

/** A link over the bills of now; the one that is open already when nothing changed. */
export async function linkFor(outer: Scope, s: StayRow): Promise<{ token: string; due_fen: number }> {
  const l = await lotMoney(outer, s.lot_id)
  const scope = inNameOf(outer, l.keeper_id)
  await holdLot(scope, s.lot_id)
  const p = await owed(scope, s)
  if (p.due_fen === 0) throw scope.refuse('parking.nothing_due', { plate: s.plate })
  const bills = await billDue(scope, l, s, p)
  const of = createHash('sha256').update(bills.map((b) => `${b.bill_id} ${b.amount_fen}`).join()).digest('base64url').slice(0, 16)
  for (let n = 1; n <= 20; n++) {
    const name = `parking:${s.stay_id}:${of}:${n}`
    const { rows } = await sql<{ live: boolean }>`select revoked_at is null and expires_at > ${scope.now}::timestamptz + interval '5 minutes' as live from payment.pay_link where company_id = ${scope.company_id} and link_id = ${uuidOf('notice_link', scope.company_id, name)}`.execute(scope.db)
    if (!rows[0]) await makeNoticeLinks(scope, [{ name, community_id: l.community_id, house_id: l.house_id, amount_fen: p.due_fen, bills, title: `停车费 ${s.plate.startsWith('无牌') ? s.plate : maskPlate(s.plate)}` }], LINK_DAYS)
    if (!rows[0] || rows[0].live) return { token: noticeToken(scope.company_id, name), due_fen: p.due_fen }
  }
  throw scope.refuse('parking.too_often')
}
const payStart = (app: () => App) => answer(parking.payStart, async (outer, { at, plate, stay_id }) => {
  if (tooOften(outer.who.ip)) throw outer.refuse('parking.too_often')
  const { company_id, code } = split(at)
  return asSystem(app(), company_id, 'parking.pay', async (scope) => {
    const l = await lotByCode(scope, code)
    const s = (await staysOf(scope, l.lot_id, readPlate(plate) ?? plate.trim())).find((x) => x.stay_id === stay_id)
    if (!s) throw scope.refuse('parking.not_inside')
    return linkFor(scope, s)
  })
})

type Mine = StayRow & { lot_name: string; house_label: string; where: string; place: string | null }
async function mine(scope: Scope): Promise<Mine[]> {
  const c = scope.company_id
  const houses = (await housesOfResident(scope)).map((h) => h.house_id)
  if (houses.length === 0) return []
  const { rows } = await sql<Mine>`select ${STAY_COLUMNS}, l.name as lot_name, h.label as house_label, concat_ws(' ', z.name, n.name) as where, p.place from people.vehicle v join property.house h on h.company_id = ${c} and h.house_id = v.house_id join parking.stay t on t.company_id = ${c} and t.plate = v.plate join parking.lot l on l.company_id = ${c} and l.lot_id = t.lot_id left join parking.zone z on z.company_id = ${c} and z.zone_id = t.zone_id left join parking.lane n on n.company_id = ${c} and n.lane_id = t.entry_lane_id left join parking.spot p on p.company_id = ${c} and p.stay_id = t.stay_id
    where v.company_id = ${c} and v.house_id = any(${houses}::uuid[]) and (v.to_on is null or v.to_on > ${scope.today}::date) and (t.state = 'in' or t.debt) and l.community_id = h.community_id order by t.entered_at desc limit 20`.execute(scope.db)
  return rows
}
/** Places that are free now, by lot and zone, of the communities of one's houses; those kept for residents are free for residents. */
async function spaces(scope: Scope): Promise<LotSpace[]> {
  const c = scope.company_id
  const houses = (await housesOfResident(scope)).map((h) => h.house_id)
  const { rows } = await sql<LotSpace>`select l.lot_id, l.name, m.name as community_name, r.capacity, greatest(0, r.capacity - (select count(*)::int from parking.stay t where t.company_id = ${c} and t.lot_id = l.lot_id and t.state = 'in')) as free,
      coalesce((select jsonb_agg(jsonb_build_object('name', z.name, 'capacity', z.capacity, 'free', greatest(0, z.capacity - (select count(*)::int from parking.stay t where t.company_id = ${c} and t.lot_id = l.lot_id and t.zone_id = z.zone_id and t.state = 'in'))) order by z.name) from parking.zone z where z.company_id = ${c} and z.lot_id = l.lot_id and z.retired_at is null), '[]') as zones
    from parking.lot l join property.community m on m.company_id = ${c} and m.community_id = l.community_id cross join lateral ${ruleOn(scope, 'l.lot_id', scope.today)} r
    where l.company_id = ${c} and l.retired_at is null and exists (select from property.house h where h.company_id = ${c} and h.house_id = any(${houses}::uuid[]) and h.community_id = l.community_id) order by m.name, l.name limit 20`.execute(scope.db)
  return rows
}
const myPlace = answer(parking.myPlace, async (scope, o) => {
  if (!(await mine(scope)).some((s) => s.stay_id === o.stay_id)) throw scope.notFound()
  scope.note('stay', o.stay_id, { place: o.place })
  return notePlace(scope, o.stay_id, o.place)
})
const myCars = answer(parking.myCars, async (scope) => {
  const out: (PayView & Pick<Mine, 'lot_name' | 'house_label' | 'where' | 'place'>)[] = []
  for (const s of await mine(scope)) {
    const v = await viewOf(scope, s)
    if (s.state === 'in' || v.due_fen > 0) out.push({ ...v, lot_name: s.lot_name, house_label: s.house_label, where: s.where, place: s.place })
  }
  return { rows: out, lots: await spaces(scope) }
})
const payMine = answer(parking.payMine, async (scope, { stay_id }) => {
  const s = (await mine(scope)).find((x) => x.stay_id === stay_id)
  if (!s) throw scope.notFound()
  return linkFor(scope, s)
})

export const payAnswers = (app: () => App) => [payLook(app), payStart(app), myCars, payMine, myPlace]
