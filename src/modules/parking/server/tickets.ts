// Cars without a plate, and everybody who pays where he stands. A lane has a code on its sign, a stay without a plate has a ticket: on the driver's phone or on paper. What is
// asked by a code is done only for a car that the camera of the lane holds at this moment, by the lot's own rules, once.
import { sql } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { minuteText } from '../../../kernel/clock.ts'
import { uuidOf } from '../../../kernel/ids.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import { labelSheet, qrSvg, renderPdf } from '../../../kernel/print/index.ts'
import { Refusal, notFound } from '../../../kernel/refuse.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { parking, type LaneView, type TicketView } from '../contract.ts'
import { said } from '../shown.ts'
import { holdLot, lotsSeenBy, lotToRead } from './access.ts'
import { openLane } from './commands.ts'
import { cameraSeen, carSeen, type CameraSeen } from './facts.ts'
import { pricedOrRefused } from './inside.ts'
import { localClock, localDay } from './local.ts'
import { linkFor, tooOften, viewOf } from './pay_by_phone.ts'
import { STAY_COLUMNS, type StayRow } from './price.ts'
import { decideEntry } from './rules/decide.ts'
import { maskPlate } from './rules/plates.ts'
import { notePlace } from './spot.ts'
import { enter, leave } from './stays.ts'
import { readToken, tokenOf } from './tokens.ts'

/** Whoever stood at a barrier longer than this without a new look has driven on or backed away. */
const WAITS_S = 180
const BY = '车主扫码'

interface Lane {
  lane_id: string
  lane_name: string
  lot_id: string
  lot_name: string
  community_name: string
  company_name: string
}
async function laneOf(scope: Scope, lane_id: string): Promise<Lane> {
  const c = scope.company_id
  const { rows } = await sql<Lane>`select n.lane_id, n.name as lane_name, l.lot_id, l.name as lot_name, m.name as community_name, o.name as company_name from parking.lane n join parking.lot l on l.company_id = ${c} and l.lot_id = n.lot_id join property.community m on m.company_id = ${c} and m.community_id = l.community_id join identity.company o on o.company_id = ${c} where n.company_id = ${c} and n.lane_id = ${lane_id} and n.retired_at is null and l.retired_at is null`.execute(scope.db)
  if (!rows[0]) throw notFound()
  return rows[0]
}
interface Standing {
  look_id: string
  camera_id: string
  direction: 'in' | 'out'
  plate: string
  no_plate: boolean
  vehicle: string
  why: string
}
/** Who is held in the lane now: its last look, if that was held and nobody has dealt with it. */
async function standingAt(scope: Scope, lane_id: string): Promise<Standing | null> {
  const c = scope.company_id
  const { rows } = await sql<Standing & { decision: string; done: boolean }>`select k.look_id, k.camera_id, k.direction, k.plate, k.no_plate, k.vehicle, k.why, k.decision, exists (select from parking.look_done d where d.company_id = ${c} and d.look_id = k.look_id) as done from parking.look k where k.company_id = ${c} and k.lane_id = ${lane_id} and not k.replay and k.decision in ('open', 'hold') and k.received_at > ${scope.now}::timestamptz - make_interval(secs => ${WAITS_S}) order by k.received_at desc, k.look_id desc limit 1`.execute(scope.db)
  const last = rows[0]
  return last && last.decision === 'hold' && !last.done ? last : null
}
async function stayOf(scope: Scope, stay_id: string): Promise<StayRow | null> {
  const { rows } = await sql<StayRow>`select ${STAY_COLUMNS} from parking.stay t where t.company_id = ${scope.company_id} and t.stay_id = ${stay_id} and t.state <> 'void'`.execute(scope.db)
  return rows[0] ?? null
}
/** Whose stay the car at the exit has: by its plate, or by the ticket where no plate was read. */
async function stayAt(scope: Scope, lane: Lane, car: Standing, ticket: string | undefined): Promise<StayRow | null> {
  if (!car.no_plate) {
    const { rows } = await sql<StayRow>`select ${STAY_COLUMNS} from parking.stay t where t.company_id = ${scope.company_id} and t.lot_id = ${lane.lot_id} and t.plate = ${car.plate} and t.state = 'in'`.execute(scope.db)
    return rows[0] ?? null
  }
  const of = ticket ? readToken('ticket', ticket) : null
  const s = of?.company_id === scope.company_id ? await stayOf(scope, of.id) : null
  return s && s.lot_id === lane.lot_id && s.state === 'in' ? s : null
}
/** Why a car without a plate does not come in now, or null. */
async function refusedAt(scope: Scope, k: CameraSeen, car: Standing): Promise<string | null> {
  if (!k.rule) return 'no_rule'
  const seen = await carSeen(scope, k, { look_key: '', plate: null, day: localDay(scope.now), at: scope.now, window_s: 1, visits: false })
  const d = decideEntry({ rule: k.rule, vehicle: car.vehicle, no_plate: true, permits: [], visit_id: null, inside: seen.inside, residents: seen.residents, zone: k.zone_id && k.zone_capacity !== null ? { capacity: k.zone_capacity, inside: seen.zone_inside } : null, clock: localClock(scope.now) })
  return d.open ? null : d.why
}
async function opened(scope: Scope, lane: Lane, car: Standing, o: { reason: string; stay_id: string; what: 'admit' | 'release' }): Promise<void> {
  try {
    await openLane(scope, { lot_id: lane.lot_id, lane_id: lane.lane_id, reason: o.reason, by_name: BY, stay_id: o.stay_id, look_id: car.look_id })
  } catch (error) {
    if (error instanceof Refusal && error.code === 'parking.camera_offline') throw scope.refuse('parking.lane_offline')
    throw error
  }
  await scope.db.insertInto('parking.look_done').values({ company_id: scope.company_id, look_id: car.look_id, at: scope.now, by_id: null, by_name: BY, what: o.what, reason: o.reason, stay_id: o.stay_id }).execute()
  scope.note('look', car.look_id, { what: o.what, by: BY, stay_id: o.stay_id })
}
const atLane = (token: string) => {
  const at = readToken('lane', token)
  if (!at) throw notFound()
  return at
}
/** 无牌1126007: the day and how many that day, so that it can be read out at the exit. */
export async function ticketNo(scope: Scope, lot_id: string): Promise<string> {
  const prefix = `无牌${scope.today.slice(5).replace('-', '')}`
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from parking.stay where company_id = ${scope.company_id} and lot_id = ${lot_id} and no_plate and plate like ${`${prefix}%`}`.execute(scope.db)
  return `${prefix}${String(rows[0]!.n + 1).padStart(3, '0')}`
}

const laneView = (app: () => App) => answer(parking.laneView, async (outer, { token, ticket }): Promise<LaneView> => {
  const at = atLane(token)
  if (tooOften(`lane ${outer.who.ip ?? ''}`)) throw outer.refuse('parking.too_often')
  return asSystem(app(), at.company_id, 'parking.pay', async (scope) => {
    const { lane_id: _id, lot_id, ...lane } = await laneOf(scope, at.id)
    const car = await standingAt(scope, at.id)
    const k = car ? await cameraSeen(scope, car.camera_id) : null
    const { rows: limits } = await sql<{ max_height_cm: number | null; max_weight_kg: number | null }>`select r.max_height_cm, r.max_weight_kg from parking.rule r where r.company_id = ${scope.company_id} and r.lot_id = ${lot_id} and r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc, r.rule_id desc limit 1`.execute(scope.db)
    const stay = car?.direction === 'out' ? await stayAt(scope, { ...lane, lane_id: at.id, lot_id }, car, ticket) : null
    const view = stay ? await viewOf(scope, stay) : null
    const refused = car?.direction === 'in' && car.no_plate && k ? await refusedAt(scope, k, car) : null
    const enter_ = car?.direction !== 'in' ? 'parking.lane_nobody' : !car.no_plate ? 'parking.lane_plate_read' : refused ? said('why', refused) : (true as const)
    const leave_ = car?.direction !== 'out' ? 'parking.lane_nobody' : !view ? (car.no_plate ? 'parking.ticket_needed' : 'parking.not_inside') : view.problem || view.due_fen > 0 ? 'parking.still_due' : (true as const)
    return { ...lane, ...(limits[0] ?? { max_height_cm: null, max_weight_kg: null }), car: car ? { look_id: car.look_id, direction: car.direction, plate: car.no_plate ? car.plate : maskPlate(car.plate), no_plate: car.no_plate, why: said('why', car.why) } : null, stay: view ? { ...view, plate: car!.no_plate ? view.plate : maskPlate(view.plate) } : null, can: { enter: enter_, leave: leave_ } }
  })
})
const laneEnter = (app: () => App) => answer(parking.laneEnter, async (outer, { token, ask }) => {
  const at = atLane(token)
  if (tooOften(outer.who.ip)) throw outer.refuse('parking.too_often')
  return asSystem(app(), at.company_id, 'parking.lane', async (scope) => {
    const lane = await laneOf(scope, at.id)
    await holdLot(scope, lane.lot_id)
    const stay_id = uuidOf('parking.lane_ticket', scope.company_id, at.id, ask)
    const ticket = tokenOf('ticket', { company_id: scope.company_id, id: stay_id })
    const known = await stayOf(scope, stay_id)
    if (known) return { ticket, ticket_no: known.plate }
    const car = await standingAt(scope, at.id)
    if (!car || car.direction !== 'in' || !car.no_plate) throw outer.refuse('parking.lane_nobody')
    const k = (await cameraSeen(scope, car.camera_id))!
    const refused = await refusedAt(scope, k, car)
    if (refused) throw outer.refuse('parking.lane_refused', { why: said('why', refused) })
    const ticket_no = await ticketNo(scope, lane.lot_id)
    await enter(scope, { stay_id, lot_id: lane.lot_id, zone_id: k.zone_id, plate: ticket_no, no_plate: true, vehicle: car.vehicle, class: 'temporary', permit_id: null, visit_id: null, entered_at: scope.now, lane_id: lane.lane_id, look_id: car.look_id }, '无牌车扫码取票')
    await opened(scope, lane, car, { reason: '无牌车扫码取票', stay_id, what: 'admit' })
    return { ticket, ticket_no }
  })
})
async function leaving(outer: Scope, scope: Scope, at: { id: string }, ticket: string | undefined): Promise<{ lane: Lane; car: Standing; stay: StayRow }> {
  const lane = await laneOf(scope, at.id)
  await holdLot(scope, lane.lot_id)
  const car = await standingAt(scope, at.id)
  if (!car || car.direction !== 'out') throw outer.refuse('parking.lane_nobody')
  const stay = await stayAt(scope, lane, car, ticket)
  if (!stay) throw outer.refuse(car.no_plate ? 'parking.ticket_needed' : 'parking.lane_nobody')
  return { lane, car, stay }
}
const lanePay = (app: () => App) => answer(parking.lanePay, async (outer, { token, ticket }) => {
  const at = atLane(token)
  if (tooOften(outer.who.ip)) throw outer.refuse('parking.too_often')
  return asSystem(app(), at.company_id, 'parking.pay', async (scope) => linkFor(scope, (await leaving(outer, scope, at, ticket)).stay))
})
const laneLeave = (app: () => App) => answer(parking.laneLeave, async (outer, { token, ticket }) => {
  const at = atLane(token)
  if (tooOften(outer.who.ip)) throw outer.refuse('parking.too_often')
  return asSystem(app(), at.company_id, 'parking.lane', async (scope) => {
    const { lane, car, stay } = await leaving(outer, scope, at, ticket)
    const p = await pricedOrRefused(scope, stay)
    if (p.due_fen > 0) throw outer.refuse('parking.still_due', { plate: car.no_plate ? stay.plate : maskPlate(stay.plate), due: yuanGrouped(fen(p.due_fen)) })
    const reason = car.no_plate ? '无牌车扫码离场' : '扫码缴清离场'
    await leave(scope, stay.stay_id, { left_at: scope.now, lane_id: lane.lane_id, look_id: car.look_id, due_fen: p.total_fen, reason, detail: { due_fen: p.due_fen, lines: p.lines } })
    await opened(scope, lane, car, { reason, stay_id: stay.stay_id, what: 'release' })
    return { left: true as const }
  })
})

async function byTicket(app: App, ticket: string, run: (scope: Scope, s: StayRow) => Promise<unknown>): Promise<unknown> {
  const of = readToken('ticket', ticket)
  if (!of) throw notFound()
  return asSystem(app, of.company_id, 'parking.pay', async (scope) => {
    const s = await stayOf(scope, of.id)
    if (!s) throw notFound()
    return run(scope, s)
  })
}
const ticketView = (app: () => App) => answer(parking.ticketView, async (_outer, { ticket }) => byTicket(app(), ticket, async (scope, s): Promise<TicketView> => {
  const c = scope.company_id
  const { rows } = await sql<Omit<TicketView, 'inside' | 'stay'>>`select l.name as lot_name, m.name as community_name, o.name as company_name, (select p.place from parking.spot p where p.company_id = ${c} and p.stay_id = ${s.stay_id}) as place from parking.lot l join property.community m on m.company_id = ${c} and m.community_id = l.community_id join identity.company o on o.company_id = ${c} where l.company_id = ${c} and l.lot_id = ${s.lot_id}`.execute(scope.db)
  return { ...rows[0]!, inside: s.state === 'in', stay: await viewOf(scope, s) }
}) as Promise<TicketView>)
const ticketPay = (app: () => App) => answer(parking.ticketPay, async (outer, { ticket }) => {
  if (tooOften(outer.who.ip)) throw outer.refuse('parking.too_often')
  return byTicket(app(), ticket, (scope, s) => linkFor(scope, s)) as ReturnType<typeof linkFor>
})

const ticketPlace = (app: () => App) => answer(parking.ticketPlace, async (outer, { ticket, place }) => {
  if (tooOften(outer.who.ip)) throw outer.refuse('parking.too_often')
  return byTicket(app(), ticket, (scope, s) => notePlace(scope, s.stay_id, place)) as Promise<{ place: string }>
})

const SLIP = `#import "/lib.typ": *
#set page(width: 80mm, height: auto, margin: 5mm)
#show: form
#for doc in docs {
  align(center, {
    text(size: 12pt, weight: "bold", doc.title)
    linebreak()
    text(size: 9pt, doc.lot)
    v(2mm)
    qr(doc.qr, 42mm)
    v(1mm)
    text(size: 18pt, weight: "bold", doc.no)
    v(1mm)
    text(size: 9pt, doc.entered)
    linebreak()
    text(size: 8pt, doc.words)
  })
}
`
const ticketPaper = answerFile(parking.ticketPaper, async (scope, { stay_id, origin }) => {
  const c = scope.company_id
  const { rows } = await sql<{ plate: string; no_plate: boolean; entered_at: string; lot_name: string; community_name: string; phone: string | null }>`select t.plate, t.no_plate, t.entered_at, l.name as lot_name, m.name as community_name from parking.stay t join parking.lot l on l.company_id = ${c} and l.lot_id = t.lot_id join property.community m on m.company_id = ${c} and m.community_id = l.community_id where t.company_id = ${c} and t.stay_id = ${stay_id} and t.state = 'in' and ${lotsSeenBy(scope)}`.execute(scope.db)
  const s = rows[0]
  if (!s) throw scope.notFound()
  if (!s.no_plate) throw scope.refuse('parking.not_ticket')
  const body = await renderPdf({ source: SLIP }, { title: '停车票', lot: `${s.community_name} ${s.lot_name}`, no: s.plate, entered: `入场 ${minuteText(s.entered_at)}`, words: '手机扫码缴费;离场时向岗亭出示,或扫出口二维码。遗失请到岗亭处理。', qr: qrSvg(`${new URL(origin).origin}/resident/ticket/${tokenOf('ticket', { company_id: c, id: stay_id })}`) })
  return { name: `停车票-${s.plate}.pdf`, type: 'application/pdf', body, inline: true }
})
/** The codes of a lot to hang up: one to pay by, one a lane. */
const laneSigns = answerFile(parking.laneSigns, async (scope, { lot_id, origin }) => {
  const c = scope.company_id
  const l = await lotToRead(scope, lot_id)
  const at = new URL(origin).origin
  const { rows } = await sql<{ lane_id: string; name: string; direction: string }>`select lane_id, name, direction from parking.lane where company_id = ${c} and lot_id = ${lot_id} and retired_at is null order by name limit 60`.execute(scope.db)
  const labels = [
    { title: '停车缴费', under: `${l.name}\n场内扫码,输入车牌或票号`, foot: '缴费后请在宽限时间内离场', code: l.code, qr_text: `${at}/resident/park/${c}.${l.code}` },
    ...rows.map((n) => ({ title: n.name, under: `${l.name}\n${n.direction === 'in' ? '无牌车在此扫码入场' : n.direction === 'out' ? '扫码缴费离场' : '无牌车扫码进出,缴费离场'}`, foot: '请在栏杆前停稳后扫码', code: said('direction', n.direction), qr_text: `${at}/resident/lane/${tokenOf('lane', { company_id: c, id: n.lane_id })}` })),
  ]
  const body = await renderPdf(...labelSheet(labels, 'large'))
  return { name: `${l.name}-二维码.pdf`, type: 'application/pdf', body, inline: true }
})
/** What a scanner types: the address on a ticket, or the ticket alone. */
export async function stayOfScan(scope: Scope, text: string, lot_id: string): Promise<string | null> {
  const of = readToken('ticket', /([1-9]\d{0,14}\.[\w-]{38})$/.exec(text.trim())?.[1] ?? '')
  if (!of || of.company_id !== scope.company_id) return null
  const s = await stayOf(scope, of.id)
  return s && s.lot_id === lot_id && s.state === 'in' ? s.stay_id : null
}

export const ticketAnswers = (app: () => App) => [laneView(app), laneEnter(app), lanePay(app), laneLeave(app), ticketView(app), ticketPay(app), ticketPlace(app), ticketPaper, laneSigns]
