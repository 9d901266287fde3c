// The guard's screen (岗亭): lanes as they are, cars that wait, and what the guard does. Every act ends a held look once (its key decides between two
// guards), changes the stay and asks the camera to open; where no camera can be asked nothing is written, so that the books follow the barrier.
import { sql, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { fen, yuanGrouped } from '../../../kernel/money.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { QuoteFault } from '../../tariff/server/index.ts'
import { parking, type BoothLane, type LookRow } from '../contract.ts'
import { holdLot, lotsSeenBy, lotToRead, plateShown } from './access.ts'
import { insideCar, pricedOrRefused } from './inside.ts'
import { billDue, lotMoney } from './money.ts'
import { onlineSql, openLane } from './commands.ts'
import type { Outcome } from './dialect.ts'
import { insideLike, type Near } from './facts.ts'
import { dayBegins } from './local.ts'
import { STAY_COLUMNS, priceStay, type StayRow } from './price.ts'
import { ruleOf } from './config.ts'
import { isNear, readPlate } from './rules/plates.ts'
import { lookRows } from './rows.ts'
import { addStep, enter, leave } from './stays.ts'
import { stayOfScan, ticketNo } from './tickets.ts'
import { tokenOf } from './tokens.ts'
import { turnedOf } from './turned.ts'

/** A car that nobody dealt with for so long has gone. */
const WAITS_MINUTES = 15
const WAITING_MAX = 5
const NEAR_SHOWN = 8
const INSIDE_MAX = 20
/** What can still be looked up on pictures and in the guards' book. */
const ENTERED_MAX_MS = 30 * 86_400_000

const boothLots = answer(parking.boothLots, async (scope, f) => {
  const { rows } = await sql<{ lot_id: string; name: string; community_name: string }>`select l.lot_id, l.name, m.name as community_name from parking.lot l join property.community m on m.company_id = ${scope.company_id} and m.community_id = l.community_id where l.company_id = ${scope.company_id} and l.retired_at is null and ${f.community_id ? sql`l.community_id = ${f.community_id}` : sql`true`} and ${lotsSeenBy(scope)} order by m.name, l.name limit 200`.execute(scope.db)
  return { rows }
})

interface LaneSeen {
  lane_id: string
  name: string
  direction: 'in' | 'out' | 'both'
  camera_count: number
  online: boolean
  last_id: string | null
  waiting_ids: string[]
  command: { created_at: string; by_name: string; reason: string; sent_at: string | null; expires_at: string; outcome: Outcome | null; note: string | null } | null
}
async function lanesOf(scope: Scope, lot_id: string): Promise<BoothLane[]> {
  const c = scope.company_id
  const { rows } = await sql<LaneSeen>`select n.lane_id, n.name, n.direction, k.camera_count, k.online,
      (select x.look_id from parking.look x where x.company_id = ${c} and x.lane_id = n.lane_id and not x.replay and x.why <> 'no_passage' order by x.received_at desc, x.look_id desc limit 1) as last_id,
      array(select x.look_id from parking.look x where x.company_id = ${c} and x.lane_id = n.lane_id and not x.replay and x.decision = 'hold' and x.received_at > ${scope.now}::timestamptz - make_interval(mins => ${WAITS_MINUTES}) and not exists (select from parking.look_done d where d.company_id = ${c} and d.look_id = x.look_id)
        and not exists (select from parking.look y where y.company_id = ${c} and y.lane_id = x.lane_id and y.plate = x.plate and not y.no_plate and y.received_at > x.received_at and not y.replay and y.decision in ('open', 'hold')) order by x.received_at limit ${WAITING_MAX})::uuid[] as waiting_ids,
      (select jsonb_build_object('created_at', m.created_at, 'by_name', m.by_name, 'reason', m.reason, 'sent_at', m.sent_at, 'expires_at', m.expires_at, 'outcome', m.outcome, 'note', m.outcome_note) from parking.command m where m.company_id = ${c} and m.lot_id = n.lot_id and m.lane_id = n.lane_id and m.created_at > ${scope.now}::timestamptz - interval '5 minutes' order by m.created_at desc, m.command_id desc limit 1) as command
    from parking.lane n cross join lateral (select count(*)::int as camera_count, coalesce(bool_or(${onlineSql(scope)}), false) as online from parking.camera k left join parking.camera_state s on s.company_id = ${c} and s.camera_id = k.camera_id where k.company_id = ${c} and k.lane_id = n.lane_id and k.retired_at is null) k
    where n.company_id = ${c} and n.lot_id = ${lot_id} and n.retired_at is null order by n.name`.execute(scope.db)
  const ids = rows.flatMap((r) => [...r.waiting_ids, ...(r.last_id ? [r.last_id] : [])])
  const looks = new Map((ids.length ? await lookRows(scope, sql<SqlBool>`k.company_id = ${c} and k.look_id = any(${ids}::uuid[])`, ids.length) : []).map((l) => [l.look_id, l]))
  return rows.map((r) => ({
    lane_id: r.lane_id, name: r.name, direction: r.direction, online: r.online, camera_count: r.camera_count, waiting: r.waiting_ids.flatMap((id): readonly LookRow[] => (looks.has(id) ? [looks.get(id)!] : [])), last: r.last_id ? (looks.get(r.last_id) ?? null) : null,
    command: r.command ? { created_at: r.command.created_at, by_name: r.command.by_name, reason: r.command.reason, note: r.command.note, state: r.command.outcome ? r.command.outcome : r.command.sent_at ? 'sent' : Date.parse(r.command.expires_at) > Date.parse(scope.now) ? 'waiting' : 'expired' } : null,
  }))
}
const booth = answer(parking.booth, async (scope, { lot_id }) => {
  const c = scope.company_id
  const l = await lotToRead(scope, lot_id)
  const begins = dayBegins(scope.today)
  const [rule, lanes, n] = [
    await ruleOf(scope, lot_id),
    await lanesOf(scope, lot_id),
    (await sql<{ inside: number; residents: number; in_count: number; out_count: number; taken_fen: number }>`select count(*) filter (where s.state = 'in')::int as inside, count(*) filter (where s.state = 'in' and s.class in ('owner_bay', 'lease', 'monthly'))::int as residents, count(*) filter (where s.entered_at >= ${begins})::int as in_count, count(*) filter (where s.left_at >= ${begins})::int as out_count,
      coalesce((select sum(a.amount_fen) from payment.payment p join payment.allocation a on a.company_id = ${c} and a.payment_id = p.payment_id join parking.stay_bill x on x.company_id = ${c} and x.bill_id = a.bill_id where p.company_id = ${c} and p.house_id = ${l.house_id} and p.taken_on = ${scope.today}::date and p.reversed_at is null), 0)::bigint as taken_fen
      from parking.stay s where s.company_id = ${c} and s.lot_id = ${lot_id} and (s.state = 'in' or s.left_at >= ${begins} or s.entered_at >= ${begins})`.execute(scope.db)).rows[0]!,
  ]
  const { rows: zones } = await sql<{ name: string; inside: number; capacity: number }>`select z.name, z.capacity, (select count(*)::int from parking.stay t where t.company_id = ${c} and t.lot_id = ${lot_id} and t.state = 'in' and t.zone_id = z.zone_id) as inside from parking.zone z where z.company_id = ${c} and z.lot_id = ${lot_id} and z.retired_at is null order by z.name limit 50`.execute(scope.db)
  return { lot_id, name: l.name, code: l.code, zones, max_height_cm: rule?.max_height_cm ?? null, max_weight_kg: rule?.max_weight_kg ?? null, capacity: rule?.capacity ?? null, inside: n.inside, residents: n.residents, lanes, today: { in_count: n.in_count, out_count: n.out_count, taken_fen: n.taken_fen } }
})

interface Held {
  look_id: string
  lot_id: string
  lane_id: string
  zone_id: string | null
  plate: string
  no_plate: boolean
  vehicle: string
  direction: 'in' | 'out'
  decision: string
  stay_id: string | null
  done_by: string | null
}
async function heldLook(scope: Scope, look_id: string): Promise<Held> {
  const c = scope.company_id
  const { rows } = await sql<Held>`select k.look_id, k.lot_id, k.lane_id, n.zone_id, k.plate, k.no_plate, k.vehicle, k.direction, k.decision, k.stay_id, d.by_name as done_by
    from parking.look k join parking.lot l on l.company_id = ${c} and l.lot_id = k.lot_id join parking.lane n on n.company_id = ${c} and n.lane_id = k.lane_id left join parking.look_done d on d.company_id = ${c} and d.look_id = k.look_id where k.company_id = ${c} and k.look_id = ${look_id} and not k.replay and ${lotsSeenBy(scope)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** Held for a direction and dealt with by nobody; the lot stands still until the end. */
async function lookToEnd(scope: Scope, look_id: string, direction?: 'in' | 'out'): Promise<Held> {
  const first = await heldLook(scope, look_id)
  await holdLot(scope, first.lot_id)
  const k = await heldLook(scope, look_id)
  if (k.done_by) throw scope.refuse('parking.handled', { plate: plateShown(scope)(k.plate, k.no_plate), name: k.done_by })
  if (k.decision !== 'hold' || (direction && k.direction !== direction)) throw scope.refuse('parking.not_held')
  return k
}
async function end(scope: Scope, k: Held, what: 'admit' | 'release' | 'dismiss', reason: string | null, stay_id: string | null): Promise<void> {
  await scope.db.insertInto('parking.look_done').values({ company_id: scope.company_id, look_id: k.look_id, at: scope.now, by_id: scope.who.account_id, by_name: scope.who.name, what, reason, stay_id }).execute()
  scope.note('look', k.look_id, { what, reason, stay_id })
}
const open = (scope: Scope, k: Held, reason: string, stay_id: string | null) => openLane(scope, { lot_id: k.lot_id, lane_id: k.lane_id, reason, by_name: scope.who.name, stay_id, look_id: k.look_id })
function plateOf(scope: Scope, text: string | undefined, k: Held): string {
  if (text === undefined || text === '') {
    if (k.no_plate) throw scope.refuse('parking.bad_plate', { plate: '' })
    return k.plate
  }
  const plate = readPlate(text)
  if (plate === null) throw scope.refuse('parking.bad_plate', { plate: text })
  return plate
}

const admit = answer(parking.admit, async (scope, o) => {
  const k = await lookToEnd(scope, o.look_id, 'in')
  const plate = plateOf(scope, o.plate, k)
  const stay_id = await enter(scope, { lot_id: k.lot_id, zone_id: k.zone_id, plate, vehicle: k.vehicle, class: o.class, permit_id: null, visit_id: null, entered_at: scope.now, lane_id: k.lane_id, look_id: k.look_id }, o.reason)
  await open(scope, k, o.reason, stay_id)
  await end(scope, k, 'admit', o.reason, stay_id)
  return { stay_id, opened: true }
})
const admitTicket = answer(parking.admitTicket, async (scope, o) => {
  const k = await lookToEnd(scope, o.look_id, 'in')
  if ((await ruleOf(scope, k.lot_id))?.refused_kinds.includes('no_plate')) throw scope.refuse('parking.no_plate_refused')
  const ticket_no = await ticketNo(scope, k.lot_id)
  const stay_id = await enter(scope, { lot_id: k.lot_id, zone_id: k.zone_id, plate: ticket_no, no_plate: true, vehicle: o.vehicle, class: 'temporary', permit_id: null, visit_id: null, entered_at: scope.now, lane_id: k.lane_id, look_id: k.look_id }, '无牌车取票入场')
  await open(scope, k, '无牌车取票入场', stay_id)
  await end(scope, k, 'admit', `票号 ${ticket_no}`, stay_id)
  return { stay_id, opened: true, ticket_no, ticket: tokenOf('ticket', { company_id: scope.company_id, id: stay_id }) }
})

const release = answer(parking.release, async (scope, o) => {
  const k = await lookToEnd(scope, o.look_id, 'out')
  const stay = await insideCar(scope, k.lot_id, o.stay_id)
  const p = await pricedOrRefused(scope, stay)
  if (p.due_fen > 0 && !o.debt) throw scope.refuse('parking.still_due', { plate: plateShown(scope)(stay.plate), due: yuanGrouped(fen(p.due_fen)) })
  const owes = p.due_fen > 0
  if (owes && !o.reason) throw scope.refuse('parking.reason_needed')
  const reason = o.reason || (stay.plate === k.plate ? '放行离场' : `识别为 ${k.no_plate ? '无牌' : k.plate},核对后放行`)
  if (!k.no_plate && stay.plate !== k.plate) await addStep(scope, stay.stay_id, { kind: 'corrected', reason: '离场时核对车牌', detail: { read: k.plate, kept: stay.plate } })
  if (owes) await billDue(scope, await lotMoney(scope, k.lot_id), stay, p)
  await leave(scope, stay.stay_id, { left_at: scope.now, lane_id: k.lane_id, look_id: k.look_id, due_fen: p.total_fen, debt: owes, reason, detail: { due_fen: p.due_fen, lines: p.lines } })
  await open(scope, k, reason, stay.stay_id)
  await end(scope, k, 'release', reason, stay.stay_id)
  return { stay_id: stay.stay_id, opened: true }
})
const releaseUnknown = answer(parking.releaseUnknown, async (scope, o) => {
  const k = await lookToEnd(scope, o.look_id, 'out')
  const plate = k.no_plate && !o.plate ? await ticketNo(scope, k.lot_id) : plateOf(scope, o.plate, k)
  const at = o.entered_at ? Date.parse(o.entered_at) : null
  if (at !== null && !(at < Date.parse(scope.now) && at > Date.parse(scope.now) - ENTERED_MAX_MS)) throw scope.refuse('parking.entered_when', { days: ENTERED_MAX_MS / 86_400_000 })
  const rule = await ruleOf(scope, k.lot_id)
  const stay_id = await enter(scope, { lot_id: k.lot_id, zone_id: k.zone_id, plate, no_plate: k.no_plate && !o.plate, vehicle: k.vehicle, class: 'temporary', permit_id: null, visit_id: null, entered_at: at === null ? scope.now : new Date(at).toISOString(), no_entry: at === null, lane_id: null, look_id: null }, `没有入场记录:${o.reason}`)
  if (at !== null) await addStep(scope, stay_id, { kind: 'entry_put', reason: o.reason, detail: { entered_at: o.entered_at } })
  const due_fen = at === null ? (rule?.no_entry_fen ?? 0) : (await pricedOrRefused(scope, await insideCar(scope, k.lot_id, stay_id))).due_fen
  // The stay is there now: it is paid or owed as any other, then released.
  if (due_fen > 0) return { stay_id, opened: false }
  await leave(scope, stay_id, { left_at: scope.now, lane_id: k.lane_id, look_id: k.look_id, due_fen: 0, reason: o.reason })
  await open(scope, k, o.reason, stay_id)
  await end(scope, k, 'release', o.reason, stay_id)
  return { stay_id, opened: true }
})
const dismiss = answer(parking.dismiss, async (scope, o) => {
  const k = await lookToEnd(scope, o.look_id)
  await end(scope, k, 'dismiss', o.reason, null)
  if (k.direction === 'in') await turnedOf(scope, { lot_id: k.lot_id, lane_id: k.lane_id, look_id: k.look_id, plate: k.no_plate ? null : k.plate, kind: o.kind ?? 'other', detail: o.reason })
  return { look_id: k.look_id }
})
const openByHand = answer(parking.openByHand, async (scope, o) => {
  const { rows } = await sql<{ lot_id: string; name: string }>`select n.lot_id, n.name from parking.lane n join parking.lot l on l.company_id = ${scope.company_id} and l.lot_id = n.lot_id where n.company_id = ${scope.company_id} and n.lane_id = ${o.lane_id} and n.retired_at is null and ${lotsSeenBy(scope)}`.execute(scope.db)
  const lane = rows[0]
  if (!lane) throw scope.notFound()
  const command_id = await openLane(scope, { lot_id: lane.lot_id, lane_id: o.lane_id, reason: o.reason, by_name: scope.who.name })
  scope.note('lane', o.lane_id, { opened_by_hand: o.reason, name: lane.name })
  return { command_id }
})

const nearOf = (list: readonly Near[], read: string): Near[] => list.filter((n) => isNear(read, n.plate)).slice(0, NEAR_SHOWN)
/** What the plate left unpaid here before; shown, and no reason to hold anybody. */
async function debtOf(scope: Scope, k: Held): Promise<number> {
  const c = scope.company_id
  if (k.no_plate) return 0
  const { rows } = await sql<{ n: number }>`select coalesce(sum(b.amount_fen - b.paid_fen - b.reduced_fen - b.moved_fen), 0)::bigint as n from parking.stay t join parking.stay_bill x on x.company_id = ${c} and x.stay_id = t.stay_id join billing.bill b on b.company_id = ${c} and b.period_on = x.period_on and b.bill_id = x.bill_id where t.company_id = ${c} and t.plate = ${k.plate} and t.lot_id = ${k.lot_id} and t.debt and b.voided_at is null`.execute(scope.db)
  return rows[0]!.n
}
const payAt = async (scope: Scope, lot_id: string): Promise<string> => `${scope.company_id}.${(await lotToRead(scope, lot_id)).code}`
const boothCar = answer(parking.boothCar, async (scope, { look_id, stay_id }) => {
  const k = await heldLook(scope, look_id)
  const shown = plateShown(scope)
  const chosen = stay_id ? sql`t.stay_id = ${stay_id}` : k.no_plate ? null : sql`t.plate = ${k.plate}`
  const found = chosen === null ? null : ((await sql<StayRow>`select ${STAY_COLUMNS} from parking.stay t where t.company_id = ${scope.company_id} and t.lot_id = ${k.lot_id} and ${chosen} and t.state = 'in'`.execute(scope.db)).rows[0] ?? null)
  const near = found || k.no_plate ? [] : nearOf(await insideLike(scope, k.lot_id, k.plate), k.plate)
  let problem: string | null = null
  let stay = null
  if (found && k.direction === 'out') {
    try {
      const p = await priceStay(scope, found, scope.now)
      stay = { stay_id: found.stay_id, plate: shown(found.plate), class: found.class, entered_at: found.entered_at, minutes: Math.floor((Date.parse(scope.now) - Date.parse(found.entered_at)) / 60_000), total_fen: p.total_fen, paid_fen: p.paid_fen, due_fen: p.due_fen, lines: p.lines }
    } catch (error) {
      if (!(error instanceof QuoteFault)) throw error
      problem = error.reason
    }
  }
  return { plate: shown(k.plate, k.no_plate), stay, near: near.map((n) => ({ stay_id: n.stay_id, plate: shown(n.plate), entered_at: n.entered_at, class: n.class as 'temporary' })), debt_fen: await debtOf(scope, k), pay_at: await payAt(scope, k.lot_id), problem }
})
const insideCars = answer(parking.insideCars, async (scope, { lot_id, q }) => {
  await lotToRead(scope, lot_id)
  const shown = plateShown(scope)
  const scanned = await stayOfScan(scope, q, lot_id)
  const p = q.slice(0, 12).normalize('NFKC').toUpperCase().replace(/[^\p{L}\p{N}]/gu, '')
  const { rows } = await sql<Near & { no_plate: boolean }>`select t.stay_id, t.plate, t.no_plate, t.entered_at, t.class from parking.stay t where t.company_id = ${scope.company_id} and t.lot_id = ${lot_id} and t.state = 'in' and ${scanned ? sql`t.stay_id = ${scanned}` : sql`(${p} = '' or t.plate like ${`%${p}%`})`} order by t.entered_at desc limit ${INSIDE_MAX}`.execute(scope.db)
  return { rows: rows.map((r) => ({ stay_id: r.stay_id, plate: shown(r.plate, r.no_plate), entered_at: r.entered_at, class: r.class as 'temporary' })) }
})

export const boothAnswers = [boothLots, booth, boothCar, insideCars, admit, admitTicket, release, releaseUnknown, dismiss, openByHand]
