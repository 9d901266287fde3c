// A new order: where, what, whose; its limits computed once; its number drawn in the last statement of the transaction.
import { sql, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { deviceByLabel, deviceToRead, stoodStill } from '../../equipment/server/index.ts'
import { houseOfResident, personToRead } from '../../people/server/index.ts'
import { communityToChange, houseToRead } from '../../property/server/index.ts'
import { orders, type Clip } from '../contract.ts'
import { clipsToAttach } from './clips.ts'
import { configFor, type OrderConfig } from './config.ts'
import { rowsOf } from './list.ts'
import { photosToAttach } from './photos.ts'
import { limitsOf } from './rules/limits.ts'
import { tellUrgent } from './tell.ts'
import { checkWays } from './told.ts'

const HOUR_MS = 3_600_000
/** More reports of one resident in an hour are a fault of the phone or mischief; a flooded flat needs two or three. */
const PER_HOUR_MAX = 10

interface Where {
  community_id: string
  building_id: string | null
  house_id: string | null
  area_id: string | null
  place: string
  device?: { equipment_id: string; stopped: boolean } | undefined
}
interface Said {
  words: string
  source: 'resident' | 'desk' | 'hotline' | 'staff'
  reporter_phone: string | null
  reporter_name: string | null
  person_id: string | null
  wished_at: string | null
  urgent?: boolean | undefined
  photo_ids: string[]
  tell_by?: ('sms' | 'wechat')[] | null
  clips?: Clip[]
}

async function write(scope: Scope, cfg: OrderConfig, w: Where, o: Said): Promise<{ order_id: string; no: string; urgent: boolean }> {
  const urgent = o.urgent ?? cfg.rule.urgent
  const due = limitsOf({ now: scope.now, wished_at: o.wished_at, rule: { ...cfg.rule, urgent }, hours: cfg.hours, grace_minutes: cfg.policy.grace_minutes })
  const order_id = uuidv7()
  const c = scope.company_id
  const year = scope.today.slice(0, 4)
  const by_kind = scope.who.kind === 'resident' ? 'resident' : 'staff'
  // One statement: the row of the series is locked from here to COMMIT and no longer.
  const { rows } = await sql<{ no: string }>`with drawn as (
      insert into orders.series (company_id, series, last_no) values (${c}, ${`WX-${year}`}, 1) on conflict (company_id, series) do update set last_no = series.last_no + 1 returning last_no),
    made as (insert into orders.work_order (company_id, order_id, no, community_id, building_id, house_id, area_id, equipment_id, equipment_stopped, place, category_id, urgent, skill, words, source, reporter_phone, reporter_name, person_id, created_by, created_at, wished_at, state, respond_due_at, finish_due_at, tell_by)
      select ${c}, ${order_id}, ${`WX${year}-`}::text || lpad(last_no::text, 6, '0'), ${w.community_id}, ${w.building_id}::uuid, ${w.house_id}::uuid, ${w.area_id}::uuid, ${w.device?.equipment_id ?? null}::uuid, ${w.device?.stopped ?? false}::boolean, ${w.place}, ${cfg.category.category_id}, ${urgent}, ${cfg.category.skill}, ${o.words}, ${o.source}, ${o.reporter_phone}, ${o.reporter_name}, ${o.person_id}::uuid, ${scope.who.account_id}::uuid, ${scope.now}, ${o.wished_at}::timestamptz, 'waiting', ${due.respond_due_at}, ${due.finish_due_at}, ${o.tell_by ?? null}::text[] from drawn returning no),
    noted as (insert into orders.step (company_id, order_id, step_no, action, from_state, to_state, by_kind, by_account, by_name, note, at) values (${c}, ${order_id}, 1, 'report', null, 'waiting', ${by_kind}, ${scope.who.account_id}::uuid, ${o.source === 'resident' ? (o.reporter_name ?? '业户') : scope.who.name}, null, ${scope.now})),
    seen as (insert into orders.photo (company_id, order_id, file_id, step_no) select ${c}, ${order_id}, x, 1 from unnest(${o.photo_ids}::uuid[]) x),
    heard as (insert into orders.clip (company_id, order_id, file_id, step_no, kind, seconds) select ${c}, ${order_id}, x.file_id, 1, x.kind, x.seconds from jsonb_to_recordset(${JSON.stringify(o.clips ?? [])}::jsonb) as x(file_id uuid, kind text, seconds int))
    select no from made`.execute(scope.db)
  const no = rows[0]!.no
  scope.note('work_order', order_id, { no, category: cfg.category.name, place: w.place })
  if (w.device?.stopped) await stoodStill(scope, { equipment_id: w.device.equipment_id, order_id, no })
  scope.emit('orders.reported', order_id, { order_id })
  return { order_id, no, urgent }
}

function checked(scope: Scope, cfg: OrderConfig, o: { place?: string | undefined; house_id: string | null; wished_at?: string | null | undefined }): void {
  if (cfg.category.place === 'house' && o.house_id === null) throw scope.refuse('orders.house_needed')
  if (cfg.category.place === 'public' && !o.place) throw scope.refuse('orders.place_needed')
  if (o.wished_at && new Date(o.wished_at).toISOString() < scope.now) throw scope.refuse('orders.wish_past')
}
const instantOf = (text: string | null | undefined): string | null => (text ? new Date(text).toISOString() : null)

export const createOrder = answer(orders.createOrder, async (scope, o) => {
  const [cfg, house] = await Promise.all([configFor(scope, o.category_id), o.house_id ? houseToRead(scope, o.house_id) : communityToChange(scope, o.community_id).then(() => null)])
  const device = o.equipment_id ? await deviceAt(scope, cfg, o.equipment_id, o.community_id) : undefined
  const place = o.place || device?.place
  checked(scope, cfg, { ...o, place })
  const person = o.person_id ? await personToRead(scope, o.person_id) : null
  const public_place = cfg.category.place === 'public'
  const made = await write(
    scope,
    cfg,
    // What is wrong in a public place belongs to that place, whoever's house the caller lives in.
    { community_id: house?.community_id ?? o.community_id, building_id: device ? device.building_id : public_place && o.place ? null : (house?.building_id ?? null), house_id: device ? null : (house?.house_id ?? null), area_id: o.area_id ?? null, device: device && { equipment_id: device.equipment_id, stopped: o.equipment_stopped ?? false }, place: public_place ? place! : [house?.label, o.place].filter(Boolean).join(' ') },
    { words: o.words, source: o.source, reporter_phone: o.reporter_phone ?? person?.phone ?? null, reporter_name: o.reporter_name ?? person?.name ?? null, person_id: o.person_id ?? null, wished_at: instantOf(o.wished_at), urgent: o.urgent, photo_ids: await photosToAttach(scope, o.photo_ids), tell_by: checkWays(scope, o.tell_by, cfg.policy) },
  )
  if (made.urgent) await tellUrgent(scope, made.order_id)
  return { order_id: made.order_id, no: made.no }
}, { by_key: true })

/** A device of the ledger is a thing of a public place. */
async function deviceAt(scope: Scope, cfg: OrderConfig, equipment_id: string, community_id: string): Promise<{ equipment_id: string; community_id: string; building_id: string | null; place: string }> {
  if (cfg.category.place !== 'public') throw scope.refuse('orders.equipment_public')
  const d = await deviceToRead(scope, equipment_id)
  if (d.community_id !== community_id) throw scope.notFound()
  return { ...d, place: d.place.includes(d.name) ? d.place : `${d.place} ${d.name}` }
}
const DEVICE_ORDERS = 20
export const deviceOrders = answer(orders.deviceOrders, async (scope, { equipment_id }) => {
  const d = await deviceToRead(scope, equipment_id)
  const rows = await rowsOf(scope, sql<SqlBool>`o.equipment_id = ${d.equipment_id}`, sql`o.created_at desc, o.order_id`, { page: 1, page_size: DEVICE_ORDERS })
  return { rows: rows.map((r) => ({ order_id: r.order_id, no: r.no, words: r.words, category: r.category, state: r.state, assignee_name: r.assignee_name, created_at: r.created_at })) }
})
/** Whoever stands before a device and has scanned its label. */
export const reportDevice = answer(orders.reportDevice, async (scope, o) => {
  const [cfg, d] = await Promise.all([configFor(scope, o.category_id), deviceToRead(scope, o.equipment_id)])
  const device = await deviceAt(scope, cfg, o.equipment_id, d.community_id)
  const made = await write(scope, cfg, { community_id: d.community_id, building_id: d.building_id, house_id: null, area_id: null, place: device.place, device: { equipment_id: d.equipment_id, stopped: o.stopped } }, { words: o.words, source: 'staff', reporter_phone: null, reporter_name: scope.who.name, person_id: null, wished_at: null, photo_ids: await photosToAttach(scope, o.photo_ids) })
  if (made.urgent) await tellUrgent(scope, made.order_id)
  return { order_id: made.order_id, no: made.no }
})

/** What a resident has scanned in his own community. */
async function scannedAt(scope: Scope, cfg: OrderConfig, community_id: string, code: string) {
  if (cfg.category.place !== 'public') throw scope.refuse('orders.equipment_public')
  return deviceByLabel(scope, community_id, code)
}

export const report = answer(orders.report, async (scope, o) => {
  const [cfg, own] = await Promise.all([configFor(scope, o.category_id), houseOfResident(scope, o.house_id)])
  // A scanned device says where it is.
  checked(scope, cfg, o.code ? { ...o, place: o.place || o.code } : o)
  const { rows } = await sql<{ community_id: string; building_id: string; label: string; name: string; recent: number }>`select h.community_id, h.building_id, h.label, p.name,
      (select count(*)::int from orders.work_order w where w.company_id = ${scope.company_id} and w.reporter_phone = ${scope.who.phone} and w.created_at > ${new Date(Date.parse(scope.now) - HOUR_MS).toISOString()}) as recent
    from property.house h join people.person p on p.company_id = ${scope.company_id} and p.person_id = ${own.person_id} where h.company_id = ${scope.company_id} and h.house_id = ${o.house_id}`.execute(scope.db)
  const h = rows[0]!
  if (h.recent >= PER_HOUR_MAX) throw scope.refuse('orders.too_often', { count: h.recent })
  const public_place = cfg.category.place === 'public'
  const device = o.code ? await scannedAt(scope, cfg, h.community_id, o.code) : undefined
  const made = await write(
    scope,
    cfg,
    { community_id: h.community_id, building_id: device ? device.building_id : public_place ? null : h.building_id, house_id: public_place ? null : o.house_id, area_id: null, device: device && { equipment_id: device.equipment_id, stopped: false }, place: public_place ? o.place || device!.place : [h.label, o.place].filter(Boolean).join(' ') },
    { clips: await clipsToAttach(scope, o.clips), words: o.words, source: 'resident', reporter_phone: scope.who.phone, reporter_name: h.name, person_id: own.person_id, wished_at: instantOf(o.wished_at), photo_ids: await photosToAttach(scope, o.photo_ids), tell_by: checkWays(scope, o.tell_by, cfg.policy) },
  )
  if (made.urgent) await tellUrgent(scope, made.order_id)
  return { order_id: made.order_id, no: made.no }
}, { by_key: true })

/** What was found on a round, by whoever walked it: for modules above. The category must be one of public places. */
export async function openFound(scope: Scope, o: { community_id: string; building_id: string | null; place: string; category_id: string; words: string; photo_ids: readonly string[]; equipment_id?: string | null; area_id?: string | null }): Promise<{ order_id: string; no: string }> {
  const cfg = await configFor(scope, o.category_id)
  checked(scope, cfg, { place: o.place, house_id: null })
  const made = await write(scope, cfg, { community_id: o.community_id, building_id: o.building_id, house_id: null, area_id: o.area_id ?? null, place: o.place, device: o.equipment_id ? { equipment_id: o.equipment_id, stopped: false } : undefined }, { words: o.words, source: 'staff', reporter_phone: null, reporter_name: scope.who.name, person_id: null, wished_at: null, photo_ids: [...o.photo_ids] })
  if (made.urgent) await tellUrgent(scope, made.order_id)
  return { order_id: made.order_id, no: made.no }
}

/** A repair that somebody of the desk makes of what was brought to him another way: for modules above, which have checked that he may at this place. */
export async function openFor(scope: Scope, o: { community_id: string; building_id: string | null; house_id: string | null; label: string | null; place: string | null; category_id: string; words: string; reporter_name: string | null; reporter_phone: string | null; person_id: string | null }): Promise<{ order_id: string; no: string }> {
  const cfg = await configFor(scope, o.category_id)
  checked(scope, cfg, { place: o.place ?? undefined, house_id: o.house_id })
  const public_place = cfg.category.place === 'public'
  const made = await write(
    scope,
    cfg,
    { community_id: o.community_id, building_id: public_place ? null : o.building_id, house_id: public_place ? null : o.house_id, area_id: null, place: public_place ? o.place! : [o.label, o.place].filter(Boolean).join(' ') },
    { words: o.words, source: 'desk', reporter_phone: o.reporter_phone, reporter_name: o.reporter_name, person_id: o.person_id, wished_at: null, photo_ids: [] },
  )
  if (made.urgent) await tellUrgent(scope, made.order_id)
  return { order_id: made.order_id, no: made.no }
}
