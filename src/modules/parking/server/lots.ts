// Lots, their dated rules, zones, lanes and cameras. A lot takes its money through a house of its own (临停收款户) in its building, so that bills,
// receipts, shifts, channels, refunds and closing are the ones of all other money; nobody owns that house, so no charge run bills it.
import { sql, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Out } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { personsFor } from '../../people/server/index.ts'
import { buildingToRead, createHouses } from '../../property/server/index.ts'
import { storedTariffs } from '../../tariff/server/index.ts'
import { parking, type CameraRow, type DialectName, type LotRow } from '../contract.ts'
import { said } from '../shown.ts'
import { lotToRead, lotsSeenBy } from './access.ts'
import { onlineSql } from './commands.ts'
import { RULE_COLUMNS, ruleOf } from './config.ts'
import { cameraPath } from './push.ts'
import { tokenOf } from './tokens.ts'

const RETIRED_MAX = 200
async function lotRows(scope: Scope, where: ReturnType<typeof sql<SqlBool>>): Promise<LotRow[]> {
  const c = scope.company_id
  const { rows } = await sql<LotRow>`select l.lot_id, l.community_id, m.name as community_name, b.name as building_name, l.name, l.code, l.belongs_to, l.retired_at is not null as retired, r.capacity, t.name as tariff_name,
      i.inside, i.residents, k.lane_count, k.camera_count, k.offline_count
    from parking.lot l join property.community m on m.company_id = ${c} and m.community_id = l.community_id join property.building b on b.company_id = ${c} and b.building_id = l.building_id
      left join lateral (select r.capacity, r.tariff_id from parking.rule r where r.company_id = ${c} and r.lot_id = l.lot_id and r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc, r.rule_id desc limit 1) r on true
      left join tariff.tariff t on t.company_id = ${c} and t.tariff_id = r.tariff_id
      cross join lateral (select count(*)::int as inside, count(*) filter (where s.class in ('owner_bay', 'lease', 'monthly'))::int as residents from parking.stay s where s.company_id = ${c} and s.lot_id = l.lot_id and s.state = 'in') i
      cross join lateral (select count(distinct n.lane_id)::int as lane_count, count(k.camera_id)::int as camera_count, count(k.camera_id) filter (where not ${onlineSql(scope)})::int as offline_count
        from parking.lane n left join parking.camera k on k.company_id = ${c} and k.lane_id = n.lane_id and k.retired_at is null left join parking.camera_state s on s.company_id = ${c} and s.camera_id = k.camera_id where n.company_id = ${c} and n.lot_id = l.lot_id and n.retired_at is null) k
    where l.company_id = ${c} and ${lotsSeenBy(scope)} and ${where} order by m.name, l.name limit ${RETIRED_MAX}`.execute(scope.db)
  return rows
}

const lots = answer(parking.lots, async (scope, f) => ({
  rows: await lotRows(scope, sql<SqlBool>`${f.community_id ? sql`l.community_id = ${f.community_id}` : sql`true`} and ${f.with_retired ? sql`true` : sql`l.retired_at is null`}`),
}))

type Detail = Out<typeof parking.lot.gives>
const lot = answer(parking.lot, async (scope, { lot_id }) => {
  const c = scope.company_id
  const [row] = await lotRows(scope, sql<SqlBool>`l.lot_id = ${lot_id}`)
  if (!row) throw scope.notFound()
  const head = await lotToRead(scope, lot_id)
  const [rules, zones, lanes, cameras, house] = await Promise.all([
    sql<Detail['rules'][number]>`select ${RULE_COLUMNS}, t.name as tariff_name, m.name as by_name, r.created_at from parking.rule r left join tariff.tariff t on t.company_id = ${c} and t.tariff_id = r.tariff_id left join identity.member m on m.company_id = ${c} and m.account_id = r.created_by where r.company_id = ${c} and r.lot_id = ${lot_id} order by r.from_on desc, r.created_at desc limit 50`.execute(scope.db),
    sql<Detail['zones'][number]>`select z.zone_id, z.name, z.capacity, z.retired_at is not null as retired, (select count(*)::int from parking.stay s where s.company_id = ${c} and s.lot_id = ${lot_id} and s.state = 'in' and s.zone_id = z.zone_id) as inside from parking.zone z where z.company_id = ${c} and z.lot_id = ${lot_id} order by z.name`.execute(scope.db),
    sql<Omit<Detail['lanes'][number], 'cameras' | 'sign'>>`select n.lane_id, n.name, n.direction, n.zone_id, z.name as zone_name, n.fail_mode, n.retired_at is not null as retired from parking.lane n left join parking.zone z on z.company_id = ${c} and z.zone_id = n.zone_id where n.company_id = ${c} and n.lot_id = ${lot_id} order by n.name`.execute(scope.db),
    sql<CameraRow>`select k.camera_id, k.lane_id, k.name, k.direction, k.dialect, k.channel, k.serial_no, k.retired_at is not null as retired, s.seen_at, ${onlineSql(scope)} as online, s.clock_off_s, (select count(*)::int from parking.camera_list w where w.company_id = ${c} and w.camera_id = k.camera_id) as list_count, s.list_left, s.list_fault, k.reach_host, s.read_at, s.read_asked_at is not null as read_waiting, s.read_count, s.missing_count, s.extra_count, s.wrong_count, coalesce(s.unequal_count, 0) as unequal_count, s.verified_at, s.read_fault, s.reached_at, s.asked_at, s.ask_wanted_at is not null as ask_waiting, s.ask_fault, s.about
      from parking.camera k join parking.lane n on n.company_id = ${c} and n.lane_id = k.lane_id left join parking.camera_state s on s.company_id = ${c} and s.camera_id = k.camera_id where k.company_id = ${c} and n.lot_id = ${lot_id} order by k.name`.execute(scope.db),
    sql<{ label: string }>`select label from property.house where company_id = ${c} and house_id = ${head.house_id}`.execute(scope.db),
  ])
  const r = scope.reach('parking.lot.write')
  const may = r.all || r.community_ids.includes(head.community_id) || r.building_ids.includes(head.building_id)
  return { ...row, building_id: head.building_id, house_id: head.house_id, house_label: house.rows[0]!.label, rule: await ruleOf(scope, lot_id), rules: rules.rows, zones: zones.rows, lanes: lanes.rows.map((n) => ({ ...n, sign: may ? tokenOf('lane', { company_id: c, id: n.lane_id }) : null, cameras: cameras.rows.filter((k) => k.lane_id === n.lane_id) })), can: { write: may ? (true as const) : 'kernel.forbidden' } }
})

/** Letters and digits that cannot be mistaken for each other: people type them from a sign. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const CODE_LENGTH = 8
const codeOf = (id: string): string => {
  let n = BigInt(`0x${id.replaceAll('-', '').slice(12)}`)
  let out = ''
  for (let i = 0; i < CODE_LENGTH; i++) {
    out += ALPHABET[Number(n % BigInt(ALPHABET.length))]
    n /= BigInt(ALPHABET.length)
  }
  return out
}

async function newLot(scope: Scope, o: { building_id: string; name: string; belongs_to: LotRow['belongs_to'] }): Promise<string> {
  const c = scope.company_id
  const b = await buildingToRead(scope, o.building_id)
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from parking.lot where company_id = ${c} and building_id = ${o.building_id}`.execute(scope.db)
  const [house] = await createHouses(scope, [{ community_id: b.community_id, building_no: b.no, unit_no: null, room_no: `临停${rows[0]!.n + 1}`, kind: 'office', floor_no: 1, built_area_m2: '0', state: 'unsold', note: `「${o.name}」的临停收款户,不是真实车位` }], { permission: scope.may })
  const [payer_id] = await personsFor(scope, [{ name: '临停车主', kind: 'org' }])
  const lot_id = uuidv7()
  await scope.db
    .insertInto('parking.lot')
    .values({ company_id: c, lot_id, community_id: b.community_id, building_id: o.building_id, house_id: house!.house_id, payer_id: payer_id!, name: o.name, code: codeOf(lot_id), belongs_to: o.belongs_to, keeper_id: scope.who.account_id!, changed_by: scope.who.account_id, changed_at: scope.now, created_at: scope.now })
    .execute()
  return lot_id
}
const saveLot = answer(parking.saveLot, async (scope, o) => {
  const c = scope.company_id
  const before = o.lot_id ? await lotToRead(scope, o.lot_id) : null
  if (before && before.building_id !== o.building_id) throw scope.refuse('parking.building_fixed')
  const b = await buildingToRead(scope, o.building_id)
  const same = await sql`select from parking.lot where company_id = ${c} and community_id = ${b.community_id} and name = ${o.name} and lot_id <> ${o.lot_id ?? uuidv7()}`.execute(scope.db)
  if (same.rows.length) throw scope.refuse('parking.name_taken', { name: o.name })
  if (before && o.retired && !before.retired_at) {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from parking.stay where company_id = ${c} and lot_id = ${before.lot_id} and state = 'in'`.execute(scope.db)
    if (rows[0]!.n > 0) throw scope.refuse('parking.cars_inside', { name: before.name, count: rows[0]!.n })
  }
  const lot_id = before?.lot_id ?? (await newLot(scope, o))
  if (before) await sql`update parking.lot set name = ${o.name}, belongs_to = ${o.belongs_to}, retired_at = ${o.retired ? (before.retired_at ?? scope.now) : null}::timestamptz, changed_by = ${scope.who.account_id}::uuid, changed_at = ${scope.now} where company_id = ${c} and lot_id = ${lot_id}`.execute(scope.db)
  scope.note('lot', lot_id, { name: o.name, belongs_to: o.belongs_to, retired: o.retired })
  return { lot_id }
})

const publishRule = answer(parking.publishRule, async (scope, { lot_id, request_id: _r, dry_run: _d, ...o }) => {
  const l = await lotToRead(scope, lot_id)
  if (o.from_on < scope.today) throw scope.refuse('parking.from_past', { today: scope.today })
  if (o.reserved > o.capacity) throw scope.refuse('parking.reserved_too_many', { reserved: o.reserved, capacity: o.capacity })
  if (o.tariff_id) {
    const t = (await storedTariffs(scope, [o.tariff_id])).get(o.tariff_id)
    if (!t || t.head.community_id !== l.community_id || !t.tariff.versions.some((v) => v.components.some((x) => x.spec.shape === 'parking'))) throw scope.refuse('parking.no_such_tariff')
  }
  const rule_id = uuidv7()
  await scope.db.insertInto('parking.rule').values({ company_id: scope.company_id, rule_id, lot_id, ...o, closed: JSON.stringify(o.closed), created_by: scope.who.account_id, created_at: scope.now }).execute()
  scope.note('parking_rule', rule_id, { lot: l.name, ...o })
  return { rule_id }
})

const saveZone = answer(parking.saveZone, async (scope, o) => {
  const c = scope.company_id
  await lotToRead(scope, o.lot_id)
  const zone_id = o.zone_id ?? uuidv7()
  const values = { name: o.name, capacity: o.capacity, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
  const same = await sql`select from parking.zone where company_id = ${c} and lot_id = ${o.lot_id} and name = ${o.name} and zone_id <> ${zone_id}`.execute(scope.db)
  if (same.rows.length) throw scope.refuse('parking.name_taken', { name: o.name })
  if (o.zone_id) {
    const done = await scope.db.updateTable('parking.zone').set(values).where('company_id', '=', c).where('zone_id', '=', zone_id).where('lot_id', '=', o.lot_id).returning('zone_id').executeTakeFirst()
    if (!done) throw scope.notFound()
  } else await scope.db.insertInto('parking.zone').values({ company_id: c, zone_id, lot_id: o.lot_id, ...values }).execute()
  scope.note('parking_zone', zone_id, { name: o.name, capacity: o.capacity })
  return { zone_id }
})

const saveLane = answer(parking.saveLane, async (scope, o) => {
  const c = scope.company_id
  await lotToRead(scope, o.lot_id)
  const lane_id = o.lane_id ?? uuidv7()
  const same = await sql`select from parking.lane where company_id = ${c} and lot_id = ${o.lot_id} and name = ${o.name} and lane_id <> ${lane_id}`.execute(scope.db)
  if (same.rows.length) throw scope.refuse('parking.name_taken', { name: o.name })
  if (o.zone_id) {
    const zone = await sql`select from parking.zone where company_id = ${c} and lot_id = ${o.lot_id} and zone_id = ${o.zone_id} and retired_at is null`.execute(scope.db)
    if (zone.rows.length === 0) throw scope.refuse('parking.zone_unknown')
  }
  const values = { name: o.name, direction: o.direction, zone_id: o.zone_id, fail_mode: o.fail_mode, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
  if (o.lane_id) {
    const done = await scope.db.updateTable('parking.lane').set(values).where('company_id', '=', c).where('lane_id', '=', lane_id).where('lot_id', '=', o.lot_id).returning('lane_id').executeTakeFirst()
    if (!done) throw scope.notFound()
  } else await scope.db.insertInto('parking.lane').values({ company_id: c, lane_id, lot_id: o.lot_id, ...values }).execute()
  scope.note('lane', lane_id, { name: o.name, direction: o.direction })
  return { lane_id }
})

async function laneToChange(scope: Scope, lane_id: string) {
  const { rows } = await sql<{ lane_id: string; name: string; direction: 'in' | 'out' | 'both' }>`select n.lane_id, n.name, n.direction from parking.lane n join parking.lot l on l.company_id = ${scope.company_id} and l.lot_id = n.lot_id where n.company_id = ${scope.company_id} and n.lane_id = ${lane_id} and ${lotsSeenBy(scope)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
async function cameraToChange(scope: Scope, camera_id: string) {
  const { rows } = await sql<{ camera_id: string; lane_id: string; secret_no: number; dialect: DialectName }>`select k.camera_id, k.lane_id, k.secret_no, k.dialect from parking.camera k join parking.lane n on n.company_id = ${scope.company_id} and n.lane_id = k.lane_id join parking.lot l on l.company_id = ${scope.company_id} and l.lot_id = n.lot_id where k.company_id = ${scope.company_id} and k.camera_id = ${camera_id} and ${lotsSeenBy(scope)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
/** Another camera, as far as anybody knows: nothing stands on it. */
async function forgetCamera(scope: Scope, camera_id: string): Promise<void> {
  const c = scope.company_id
  await sql`delete from parking.camera_list where company_id = ${c} and camera_id = ${camera_id}`.execute(scope.db)
  await sql`update parking.camera_state set clock_off_s = null, list_at = null, list_left = null, list_fault = null, read_at = null, read_asked_at = null, read_count = null, missing_count = null, extra_count = null, wrong_count = null, unequal_count = 0, verified_at = null, read_fault = null, reached_at = null, asked_at = null, ask_wanted_at = null, ask_fault = null, about = null where company_id = ${c} and camera_id = ${camera_id}`.execute(scope.db)
}
const saveCamera = answer(parking.saveCamera, async (scope, o) => {
  const c = scope.company_id
  const lane = await laneToChange(scope, o.lane_id)
  if (lane.direction !== 'both' && lane.direction !== o.direction) throw scope.refuse('parking.lane_direction', { name: lane.name, direction: said('direction', lane.direction) })
  const before = o.camera_id ? await cameraToChange(scope, o.camera_id) : null
  // What was typed for one maker's page goes to no other's.
  const changed = before !== null && before.dialect !== o.dialect
  const camera_id = o.camera_id ?? uuidv7()
  const values = { lane_id: o.lane_id, name: o.name, direction: o.direction, dialect: o.dialect, channel: o.channel, ...(changed ? { reach_sealed: null, reach_host: null } : {}), serial_no: o.serial_no || null, secret_no: (before?.secret_no ?? 1) + (before && o.new_secret ? 1 : 0), retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
  if (before) await scope.db.updateTable('parking.camera').set(values).where('company_id', '=', c).where('camera_id', '=', camera_id).execute()
  else await scope.db.insertInto('parking.camera').values({ company_id: c, camera_id, ...values }).execute()
  if (changed) await forgetCamera(scope, camera_id)
  scope.note('camera', camera_id, { name: o.name, lane: lane.name, dialect: o.dialect, new_secret: o.new_secret ?? false })
  return { camera_id }
})
const cameraAddress = answer(parking.cameraAddress, async (scope, { camera_id }) => {
  const k = await cameraToChange(scope, camera_id)
  return { path: cameraPath(scope.company_id, camera_id, k.secret_no), dialect: k.dialect }
})

const LANES_MAX = 500
const lanes = answer(parking.lanes, async (scope, f) => {
  const { rows } = await sql<{ lane_id: string; name: string; lot_name: string }>`select n.lane_id, n.name, l.name as lot_name from parking.lane n join parking.lot l on l.company_id = ${scope.company_id} and l.lot_id = n.lot_id where n.company_id = ${scope.company_id} and n.retired_at is null and l.retired_at is null and ${f.community_id ? sql`l.community_id = ${f.community_id}` : sql`true`} and ${lotsSeenBy(scope)} order by l.name, n.name limit ${LANES_MAX}`.execute(scope.db)
  return { rows }
})
export const lotAnswers = [lots, lot, lanes, saveLot, publishRule, saveZone, saveLane, saveCamera, cameraAddress]
