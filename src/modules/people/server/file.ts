// What the house file shows of people, in one statement, and the history of the house as one timeline.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import type { Out } from '../../../kernel/contract.ts'
import { covers, houseToRead } from '../../property/server/index.ts'
import { people, type HouseFile } from '../contract.ts'
import { words } from '../words.ts'
import { activeOn } from './access.ts'
import { masked } from './rules/texts.ts'

type Masked<T> = T extends { phone_masked: unknown } ? Omit<T, 'phone_masked'> & { phone: string | null } : T
interface Parts {
  community_name: string
  owners: (Masked<HouseFile['owners'][number]> & { developer: boolean })[]
  tenancies: Masked<HouseFile['tenancies'][number]>[]
  household: Masked<HouseFile['household'][number]>[]
  vehicles: HouseFile['vehicles']
  payers: HouseFile['payers']
}
const mask = <T extends { phone: string | null }>({ phone, ...r }: T) => ({ ...r, phone_masked: masked(phone) })

export const houseFile = answer(people.houseFile, async (scope, { house_id }) => {
  const house = await houseToRead(scope, house_id)
  const c = scope.company_id
  const day = scope.today
  const person = sql`'person_id', p.person_id, 'name', p.name, 'kind', p.kind, 'phone', p.phone`
  const { rows } = await sql<Parts>`select (select name from property.community where company_id = ${c} and community_id = ${house.community_id}) as community_name,
    coalesce((select jsonb_agg(jsonb_build_object('ownership_id', o.ownership_id, ${person}, 'developer', p.kind = 'developer', 'share_num', o.share_num, 'share_den', o.share_den, 'is_primary', o.is_primary, 'from_on', o.from_on, 'to_on', o.to_on, 'cause', o.cause) order by o.is_primary desc, o.ownership_id)
      from people.ownership o join people.person p on p.company_id = ${c} and p.person_id = o.person_id where o.company_id = ${c} and o.house_id = ${house_id} and ${activeOn('o', day)}), '[]') as owners,
    coalesce((select jsonb_agg(jsonb_build_object('tenancy_id', t.tenancy_id, ${person}, 'pays', t.pays, 'from_on', t.from_on, 'to_on', t.to_on, 'contract_no', t.contract_no, 'active', ${activeOn('t', day)}) order by t.from_on desc, t.tenancy_id)
      from people.tenancy t join people.person p on p.company_id = ${c} and p.person_id = t.person_id where t.company_id = ${c} and t.house_id = ${house_id}), '[]') as tenancies,
    coalesce((select jsonb_agg(jsonb_build_object('household_id', m.household_id, ${person}, 'relation', m.relation, 'from_on', m.from_on, 'to_on', m.to_on, 'active', ${activeOn('m', day)}) order by m.from_on desc, m.household_id)
      from people.household m join people.person p on p.company_id = ${c} and p.person_id = m.person_id where m.company_id = ${c} and m.house_id = ${house_id}), '[]') as household,
    coalesce((select jsonb_agg(jsonb_build_object('vehicle_id', v.vehicle_id, 'plate', v.plate, 'kind', v.kind, 'brand', v.brand, 'house_id', v.house_id, 'house_label', ${house.label}::text, 'person_id', v.person_id, 'person_name', p.name, 'to_on', v.to_on) order by v.plate)
      from people.vehicle v left join people.person p on p.company_id = ${c} and p.person_id = v.person_id where v.company_id = ${c} and v.house_id = ${house_id} and (v.to_on is null or v.to_on > ${day}::date)), '[]') as vehicles,
    coalesce((select jsonb_agg(jsonb_build_object('fee_class', y.fee_class, 'person_id', y.person_id, 'name', p.name, 'role', y.role, 'from_on', y.from_on, 'to_on', y.to_on) order by y.fee_class, y.from_on)
      from people.payer y join people.person p on p.company_id = ${c} and p.person_id = y.person_id where y.company_id = ${c} and y.house_id = ${house_id}), '[]') as payers`.execute(scope.db)
  const x = rows[0]!
  const may = (permission: string): true | string => (covers(scope.reach(permission), house) ? true : 'kernel.forbidden')
  const developer = x.owners.some((o) => o.developer)
  const owned = x.owners.length > 0
  return {
    house_id, label: house.label, community_name: x.community_name, delivered_on: house.delivered_on,
    owners: x.owners.map(({ developer: _d, ...o }) => mask(o)),
    tenancies: x.tenancies.map(mask),
    household: x.household.map(mask),
    vehicles: x.vehicles,
    payers: x.payers,
    can: {
      set_owners: may('people.house.write') !== true ? 'kernel.forbidden' : developer ? 'people.undelivered' : true,
      move_in: may('people.house.write') !== true ? 'kernel.forbidden' : house.delivered_on !== null && !developer ? 'people.already_delivered' : true,
      transfer: may('people.house.transfer') !== true ? 'kernel.forbidden' : developer ? 'people.undelivered' : owned ? true : 'people.no_owner_to_transfer',
      write: may('people.house.write'),
    },
  } satisfies HouseFile
})

interface Piece {
  id: string
  kind: 'owner' | 'tenancy' | 'household' | 'transfer' | 'vehicle'
  from_on: string
  to_on: string | null
  person_name: string | null
  a: string
  b: string
}
type Timeline = Out<typeof people.houseTimeline.gives>['rows'][number]
const word = (of: string, code: string): string => words.states?.[of]?.[code] ?? code

function detailOf(p: Piece, edge: 'begin' | 'end'): string {
  if (p.kind === 'owner') return edge === 'end' ? '产权结束' : `${word('cause', p.b)}${p.a === '1/1' ? '' : `,份额 ${p.a}`}`
  if (p.kind === 'tenancy') return edge === 'end' ? '退租' : `起租,${word('tenant_pays', p.a)}`
  if (p.kind === 'household') return edge === 'end' ? '迁出' : `迁入,${p.a}`
  if (p.kind === 'vehicle') return edge === 'end' ? `注销 ${p.a}` : `登记 ${p.a}`
  return `过户:${p.a}(欠费${word('arrears_to', p.b)})`
}

export const houseTimeline = answer(people.houseTimeline, async (scope, { house_id }) => {
  await houseToRead(scope, house_id)
  const c = scope.company_id
  const { rows } = await sql<Piece>`select * from (
      select o.ownership_id::text as id, 'owner' as kind, o.from_on, o.to_on, p.name as person_name, o.share_num || '/' || o.share_den as a, o.cause as b from people.ownership o join people.person p on p.company_id = ${c} and p.person_id = o.person_id where o.company_id = ${c} and o.house_id = ${house_id}
      union all select t.tenancy_id::text, 'tenancy', t.from_on, t.to_on, p.name, t.pays, '' from people.tenancy t join people.person p on p.company_id = ${c} and p.person_id = t.person_id where t.company_id = ${c} and t.house_id = ${house_id}
      union all select m.household_id::text, 'household', m.from_on, m.to_on, p.name, m.relation, '' from people.household m join people.person p on p.company_id = ${c} and p.person_id = m.person_id where m.company_id = ${c} and m.house_id = ${house_id}
      union all select x.transfer_id::text, 'transfer', x.on_day, null, null, coalesce(x.reason, ''), x.arrears_to from people.transfer x where x.company_id = ${c} and x.house_id = ${house_id}
      union all select v.vehicle_id::text, 'vehicle', (v.created_at at time zone 'Asia/Shanghai')::date, v.to_on, p.name, v.plate, '' from people.vehicle v left join people.person p on p.company_id = ${c} and p.person_id = v.person_id where v.company_id = ${c} and v.house_id = ${house_id}) t
    order by from_on desc limit 500`.execute(scope.db)
  const line = rows.flatMap((p): Timeline[] => [
    { id: p.id, kind: p.kind, on_day: p.from_on, edge: 'begin', person_name: p.person_name, detail: detailOf(p, 'begin') },
    ...(p.to_on ? [{ id: p.id, kind: p.kind, on_day: p.to_on, edge: 'end' as const, person_name: p.person_name, detail: detailOf(p, 'end') }] : []),
  ])
  return { rows: line.sort((a, b) => (a.on_day < b.on_day ? 1 : a.on_day > b.on_day ? -1 : a.id < b.id ? -1 : 1)) }
})
