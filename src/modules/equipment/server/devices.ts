// One device: its file, what changes it, its card on the phone.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { codeOfLabel, labelCode, labelHash, uuidv7 } from '../../../kernel/ids.ts'
import { trimDecimal } from '../../../kernel/money.ts'
import type { Out } from '../../../kernel/contract.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { communityToChange } from '../../property/server/index.ts'
import { CARRIED_MAX, equipment, type Carried, type Device, type DeviceCard, type Standards } from '../contract.ts'
import { deviceToChange, devicesSeenBy, reaches } from './access.ts'
import { certsOf } from './cert_board.ts'
import { mustStop } from './certs.ts'
import { categoriesOf, writeShipped } from './config.ts'
import { cleaned, unfit } from './rules/details.ts'
import { canOf } from './rules/machine.ts'

const SHOWN = 200
type In = Out<(typeof equipment.saveDevice)['takes']>
const DEVICES_PER_CODE = 3

/** The next number of a kind: DTX… are drawn per kind, KTT-0001. */
export async function drawNo(scope: Scope, prefix: string, count = 1): Promise<number> {
  const { rows } = await sql<{ last_no: number }>`insert into equipment.series as s (company_id, prefix, last_no) values (${scope.company_id}, ${prefix}, ${count}) on conflict (company_id, prefix) do update set last_no = s.last_no + ${count} returning last_no`.execute(scope.db)
  return rows[0]!.last_no - count
}
export const noOf = (prefix: string, n: number): string => `${prefix}-${String(n).padStart(4, '0')}`

/** Place, parent, kind and keeper belong together and to the community. */
async function checkParts(scope: Scope, o: In): Promise<void> {
  const c = scope.company_id
  const { rows } = await sql<{ zone: boolean; building: boolean; unit: boolean; area: boolean; parent: boolean; under: boolean; keeper: boolean }>`select
      (${o.zone_id}::uuid is null or exists (select from property.zone where company_id = ${c} and zone_id = ${o.zone_id}::uuid and community_id = ${o.community_id})) as zone,
      (${o.building_id}::uuid is null or exists (select from property.building where company_id = ${c} and building_id = ${o.building_id}::uuid and community_id = ${o.community_id})) as building,
      (${o.unit_id}::uuid is null or exists (select from property.unit where company_id = ${c} and unit_id = ${o.unit_id}::uuid and building_id = ${o.building_id}::uuid)) as unit,
      (${o.area_id}::uuid is null or exists (select from property.public_area where company_id = ${c} and area_id = ${o.area_id}::uuid and community_id = ${o.community_id})) as area,
      (${o.parent_id}::uuid is null or exists (select from equipment.device where company_id = ${c} and equipment_id = ${o.parent_id}::uuid and community_id = ${o.community_id})) as parent,
      exists (with recursive above as (select ${o.parent_id}::uuid as id union select d.parent_id from above a join equipment.device d on d.company_id = ${c} and d.equipment_id = a.id where d.parent_id is not null) select from above where id = ${o.equipment_id ?? null}::uuid) as under,
      (${o.keeper_id}::uuid is null or exists (select from identity.member where company_id = ${c} and account_id = ${o.keeper_id}::uuid and disabled_at is null)) as keeper`.execute(scope.db)
  const r = rows[0]!
  if (!r.zone || !r.building || !r.unit || !r.area || !r.parent) throw scope.refuse('equipment.elsewhere')
  if (r.under) throw scope.refuse('equipment.under_itself')
  if (!r.keeper) throw scope.refuse('equipment.keeper_gone')
}
function checkDays(scope: Scope, o: Pick<In, 'made_on' | 'installed_on' | 'used_on' | 'warranty_on'>): void {
  const order = [[o.made_on, '出厂日期', o.installed_on, '安装日期'], [o.installed_on, '安装日期', o.used_on, '投用日期'], [o.installed_on, '安装日期', o.warranty_on, '质保到期日']] as const
  for (const [a, earlier, b, later] of order) if (a && b && b < a) throw scope.refuse('equipment.days_crossed', { earlier: `${earlier} ${a}`, later })
}

const saveDevice = answer(equipment.saveDevice, async (scope, o) => {
  const c = scope.company_id
  await communityToChange(scope, o.community_id)
  await writeShipped(scope)
  const before = o.equipment_id ? await deviceToChange(scope, o.equipment_id) : null
  if (before && before.community_id !== o.community_id) throw scope.refuse('equipment.elsewhere')
  const category = (await categoriesOf(scope)).find((x) => x.category_id === o.category_id)
  if (!category || category.parent_id === null || (category.retired && before?.category_id !== o.category_id)) throw scope.refuse('equipment.category_gone')
  for (const f of category.fields) {
    const why = unfit(f, o.details?.[f.field_id]?.trim() ?? '')
    if (why) throw scope.refuse('equipment.detail_wrong', { name: f.name, why })
  }
  checkDays(scope, o)
  await checkParts(scope, o)
  const given = o.no?.trim() || before?.no
  const taken = given ? (await sql<{ name: string }>`select name from equipment.device where company_id = ${c} and no = ${given} and equipment_id is distinct from ${o.equipment_id ?? null}::uuid`.execute(scope.db)).rows[0] : undefined
  if (taken) throw scope.refuse('equipment.no_taken', { no: given, name: taken.name })
  const no = given ?? (await freeNo(scope, category.code))
  const equipment_id = o.equipment_id ?? uuidv7()
  const before_details = before ? ((await sql<{ details: Record<string, string> }>`select details from equipment.device where company_id = ${c} and equipment_id = ${equipment_id}`.execute(scope.db)).rows[0]?.details ?? {}) : {}
  const code = before?.code ?? labelCode()
  const values = {
    zone_id: o.zone_id, building_id: o.building_id, unit_id: o.unit_id, area_id: o.area_id, place: o.place, no, name: o.name, category_id: o.category_id, parent_id: o.parent_id, maker: o.maker || null, model: o.model || null, serial: o.serial || null, made_on: o.made_on, installed_on: o.installed_on, used_on: o.used_on, warranty_on: o.warranty_on,
    supplier: o.supplier || null, supplier_phone: o.supplier_phone || null, keeper_id: o.keeper_id, purchase_fen: o.purchase_fen, details: JSON.stringify(cleaned(category.fields, o.details ?? before_details)), standards: JSON.stringify(ownOf(o.standards)), note: o.note || null, changed_by: scope.who.account_id, changed_at: scope.now,
  }
  if (before) await scope.db.updateTable('equipment.device').set(values).where('company_id', '=', c).where('equipment_id', '=', equipment_id).execute()
  else {
    await scope.db.insertInto('equipment.device').values({ company_id: c, equipment_id, community_id: o.community_id, code, state: 'in_use', created_at: scope.now, ...values }).execute()
    await sql`insert into equipment.device_state (company_id, equipment_id, state_no, state, from_at, reason, by_account, by_name, at) values (${c}, ${equipment_id}, 1, 'in_use', ${o.used_on ? `${o.used_on}T00:00:00+08:00` : scope.now}::timestamptz, '建档', ${scope.who.account_id}::uuid, ${scope.who.name}, ${scope.now})`.execute(scope.db)
  }
  scope.note('device', equipment_id, { no, name: o.name, place: o.place })
  return { equipment_id, no, code }
})
/** The series goes on past numbers that were given by hand. */
async function freeNo(scope: Scope, prefix: string): Promise<string> {
  const { rows } = await sql<{ n: number }>`select coalesce(max((regexp_match(no, '^' || ${prefix}::text || '-([0-9]{4,6})$'))[1]::int), 0) as n from equipment.device where company_id = ${scope.company_id} and no like ${`${prefix}-%`}`.execute(scope.db)
  const drawn = await drawNo(scope, prefix)
  if (rows[0]!.n > drawn) await drawNo(scope, prefix, rows[0]!.n - drawn)
  return noOf(prefix, Math.max(drawn, rows[0]!.n) + 1)
}
const ownOf = (s: Standards): Partial<Standards> => Object.fromEntries(Object.entries(s).filter(([, v]) => v))
const NONE: Standards = { install: null, repair: null, replace: null }

type Raw = Omit<Device, 'can' | 'standards' | 'own_standards' | 'running' | 'total_hours' | 'cost_fen'> & { own: Partial<Standards>; of_kind: Partial<Standards>; running: Device['running'] }
const INSTANT = (column: string) => sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
async function rawOf(scope: Scope, equipment_id: string): Promise<Raw> {
  const c = scope.company_id
  const { rows } = await sql<Raw>`select d.equipment_id, d.community_id, d.zone_id, d.building_id, d.unit_id, d.area_id, d.category_id, d.parent_id, d.keeper_id, d.code, d.no, d.name, d.place, d.state, d.maker, d.model, d.serial, d.made_on, d.installed_on, d.used_on, d.warranty_on, d.warranty_on >= ${scope.today}::date as in_warranty, ${mustStop(scope)} as must_stop, d.supplier, d.supplier_phone, d.purchase_fen, d.note, d.details, d.standards as own,
      g.name as category_name, g.fields, g.standards as of_kind, g.life_years, (coalesce(d.used_on, d.installed_on) + make_interval(years => g.life_years))::date as life_on, y.name as system_name, k.name as community_name, z.name as zone_name, b.name as building_name, u.no as unit_no, a.name as area_name, p.name as parent_name, m.name as keeper_name,
      (select coalesce(jsonb_agg(to_jsonb(x) order by x.state_no desc), '[]') from (select s.state_no, s.state, ${INSTANT('s.from_at')} as from_at, to_char(lead(s.from_at) over (order by s.state_no) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as to_at, s.reason, s.order_id, s.by_name, ${INSTANT('s.at')} as at from equipment.device_state s where s.company_id = ${c} and s.equipment_id = d.equipment_id order by s.state_no desc limit ${SHOWN}) x) as states,
      (select coalesce(jsonb_agg(to_jsonb(x) order by x.added_at desc), '[]') from (select t.document_id, t.kind, t.title, f.name as file_name, t.added_by_name, ${INSTANT('t.added_at')} as added_at from equipment.document t join kernel.file f on f.company_id = ${c} and f.file_id = t.file_id where t.company_id = ${c} and t.equipment_id = d.equipment_id and t.removed_at is null limit ${SHOWN}) x) as papers,
      (select coalesce(jsonb_agg(to_jsonb(x) order by x.on_day desc, x.at desc), '[]') from (select q.cost_id, q.kind, q.on_day, q.amount_fen, q.payee, q.note, q.by_name, ${INSTANT('q.at')} as at, q.undo_reason as undone from equipment.cost q where q.company_id = ${c} and q.equipment_id = d.equipment_id order by q.on_day desc limit ${SHOWN}) x) as costs,
      (select coalesce(jsonb_agg(to_jsonb(x) order by x.running_no desc), '[]') from (select r.running_no, ${INSTANT('r.read_at')} as read_at, r.hours::text as hours, r.total_hours::text as total_hours, r.replaced, r.by_name from equipment.running r where r.company_id = ${c} and r.equipment_id = d.equipment_id order by r.running_no desc limit 60) x) as running,
      (select coalesce(jsonb_agg(jsonb_build_object('equipment_id', x.equipment_id, 'no', x.no, 'name', x.name, 'state', x.state) order by x.no), '[]') from equipment.device x where x.company_id = ${c} and x.parent_id = d.equipment_id) as parts
    from equipment.device d join equipment.category g on g.company_id = ${c} and g.category_id = d.category_id join equipment.category y on y.company_id = ${c} and y.category_id = g.parent_id join property.community k on k.company_id = ${c} and k.community_id = d.community_id
      left join property.zone z on z.company_id = ${c} and z.zone_id = d.zone_id left join property.building b on b.company_id = ${c} and b.building_id = d.building_id left join property.unit u on u.company_id = ${c} and u.unit_id = d.unit_id left join property.public_area a on a.company_id = ${c} and a.area_id = d.area_id
      left join equipment.device p on p.company_id = ${c} and p.equipment_id = d.parent_id left join identity.member m on m.company_id = ${c} and m.account_id = d.keeper_id
    where d.company_id = ${c} and d.equipment_id = ${equipment_id} and ${devicesSeenBy(scope)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}
async function fileOf(scope: Scope, equipment_id: string): Promise<Device> {
  const c = scope.company_id
  const [{ own, of_kind, ...d }, spent] = await Promise.all([rawOf(scope, equipment_id), sql<{ n: number }>`select coalesce(sum(amount_fen), 0)::bigint as n from equipment.cost where company_id = ${c} and equipment_id = ${equipment_id} and undone_at is null`.execute(scope.db)])
  const writes = reaches(scope, 'equipment.device.write', d)
  return {
    ...d, own_standards: { ...NONE, ...own }, standards: { ...NONE, ...of_kind, ...own }, cost_fen: spent.rows[0]!.n, running: d.running.map((r) => ({ ...r, hours: trimDecimal(r.hours), total_hours: trimDecimal(r.total_hours) })), total_hours: d.running[0] ? trimDecimal(d.running[0].total_hours) : null,
    can: { ...canOf(d.state, writes), write: writes ? true : 'kernel.forbidden', run: !reaches(scope, 'equipment.running.write', d) ? 'kernel.forbidden' : d.state === 'scrapped' ? 'equipment.wrong_state' : true },
  }
}
const CARD = ['equipment_id', 'no', 'name', 'system_name', 'category_name', 'community_id', 'community_name', 'place', 'state', 'maker', 'model', 'serial', 'used_on', 'warranty_on', 'in_warranty', 'fields', 'details', 'standards', 'total_hours', 'papers', 'supplier', 'supplier_phone', 'keeper_name', 'must_stop'] as const

/** A label scanned by somebody who may see nothing of the ledger: of this community, what stands in use, by its printed code alone (numbers can be guessed). */
export async function deviceByLabel(scope: Scope, community_id: string, text: string): Promise<{ equipment_id: string; building_id: string | null; place: string }> {
  const code = codeOfLabel(text)
  const { rows } = await sql<{ equipment_id: string; building_id: string | null; name: string; place: string }>`select d.equipment_id, d.building_id, d.name, d.place from equipment.device d where d.company_id = ${scope.company_id} and d.community_id = ${community_id} and d.code = ${code}`.execute(scope.db)
  const d = rows[0]
  if (!d) throw scope.refuse('equipment.code_unknown', { code: code.slice(0, 30) })
  return { equipment_id: d.equipment_id, building_id: d.building_id, place: d.place.includes(d.name) ? d.place : `${d.place} ${d.name}`.trim() }
}

export const deviceAnswers = [
  saveDevice,
  answer(equipment.device, (scope, o) => fileOf(scope, o.equipment_id)),
  answer(equipment.deviceCard, async (scope, o): Promise<DeviceCard> => {
    const [d, certs] = await Promise.all([fileOf(scope, o.equipment_id), certsOf(scope, o.equipment_id)])
    const card = Object.fromEntries(CARD.map((k) => [k, d[k]])) as Pick<Device, (typeof CARD)[number]>
    return { ...card, certs: certs.map((x) => ({ kind_name: x.kind_name, valid_to_on: x.valid_to_on, days_left: x.days_left, light: x.light })), state_reason: d.states[0]?.reason ?? null, can: { run: d.can.run } }
  }),
  answer(equipment.people, async (scope, o) => {
    const c = scope.company_id
    const { rows } = await sql<{ account_id: string; name: string; post: string | null }>`select distinct m.account_id, m.name, m.post from identity.access_grant g join identity.role r on r.company_id = ${c} and r.role_id = g.role_id and 'equipment.device.read' = any(r.permissions)
      join identity.member m on m.company_id = ${c} and m.account_id = g.account_id and m.disabled_at is null
      where g.company_id = ${c} and (g.scope_kind = 'company' or ${o.community_id ?? null}::uuid is null or ${o.community_id ?? null}::uuid = any(g.scope_ids)) order by m.name, m.account_id limit 500`.execute(scope.db)
    return { rows }
  }),
  answer(equipment.carried, async (scope) => {
    const c = scope.company_id
    const { rows } = await sql<Omit<Carried, 'code_hash'> & { code: string }>`select d.equipment_id, d.no, d.name, d.community_id, k.name as community_name, d.place, g.name as category_name, d.state, ${mustStop(scope)} as must_stop, d.code from equipment.device d join property.community k on k.company_id = ${c} and k.community_id = d.community_id join equipment.category g on g.company_id = ${c} and g.category_id = d.category_id
      where d.company_id = ${c} and d.state <> 'scrapped' and ${devicesSeenBy(scope)} order by d.community_id, d.no limit ${CARRIED_MAX}`.execute(scope.db)
    return { rows: rows.map(({ code, ...d }) => ({ ...d, code_hash: labelHash(code) })) }
  }),
  answer(equipment.findDevice, async (scope, o) => {
    const code = codeOfLabel(o.code)
    const { rows } = await sql<{ equipment_id: string }>`select d.equipment_id from equipment.device d where d.company_id = ${scope.company_id} and (d.code = ${code} or upper(d.no) = ${code} or d.no = ${o.code.trim()}) and ${devicesSeenBy(scope)} limit ${DEVICES_PER_CODE}`.execute(scope.db)
    if (!rows[0]) throw scope.refuse('equipment.code_unknown', { code: code.slice(0, 30) })
    return { equipment_id: rows[0].equipment_id }
  }),
]
