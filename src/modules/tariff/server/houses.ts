// What the product knows about houses, as inputs of a tariff: the register, people, attributes, and a meter's usage with the usage before.
import { sql } from 'kysely'
import type { Scope } from '../../../kernel/scope.ts'
import { cycleStartOf, type Tariff, type Values } from '../rules/index.ts'
import { CLASS_REGISTERS, byClass, hasClasses, hasOwnLimits, type Parts } from './by_class.ts'

export interface HouseInputs {
  house_id: string
  label: string
  building_id: string
  kind: string
  values: Values
}
export interface HousesAsked {
  community_id: string
  /** YYYY-MM */
  period: string
  /** The tariff whose usage is wanted, and from which kind of meter. */
  tariff: Tariff
  meter_kind: string | null
  house_ids?: readonly string[]
  kinds?: readonly string[]
  limit: number
  offset?: number
  /** Page by key: houses after this id, in order of id. */
  after?: string
}

interface Raw {
  house_id: string
  label: string
  building_id: string
  kind: string
  built_area_m2: string | null
  inner_area_m2: string | null
  heated_area_m2: string | null
  floor_no: number
  state: string
  has_lift: boolean
  building_kind: string
  people: number
  attributes: Record<string, string> | null
  usage: string | null
  usage_to_date: string | null
  by_class: Parts | null
  by_class_to_date: Parts | null
}

const scalar = (text: string): string | boolean => (text === 'true' || text === '是' ? true : text === 'false' || text === '否' ? false : text)

function valuesOf(r: Raw, o: HousesAsked): Values {
  const numbers: Record<string, unknown> = { built_area_m2: r.built_area_m2, inner_area_m2: r.inner_area_m2, heated_area_m2: r.heated_area_m2, usage: o.meter_kind ? (r.usage ?? '0') : null, usage_to_date: o.meter_kind ? (r.usage_to_date ?? '0') : null }
  // A meter with registers gives its usage by clock class; one without gives a number.
  const classes = r.by_class && r.usage !== null ? byClass(r.usage, r.by_class) : null
  if (classes) Object.assign(numbers, { usage: classes, ...(hasOwnLimits(o.tariff) ? { usage_to_date: r.by_class_to_date ?? '0' } : {}) })
  const known = Object.fromEntries(Object.entries(numbers).filter(([, v]) => v !== null))
  const own = Object.fromEntries(Object.entries(r.attributes ?? {}).map(([k, v]) => [k, scalar(v)]))
  return { ...known, period: o.period, house_kind: r.kind, floor_no: r.floor_no, has_lift: r.has_lift, building_kind: r.building_kind, status: r.state, ...(r.people > 0 ? { people: r.people } : {}), ...own }
}

/** One page of houses with their inputs in the month. Set-based: one statement whatever the page is. */
export async function houseInputs(scope: Scope, o: HousesAsked): Promise<HouseInputs[]> {
  const c = scope.company_id
  const on = `${o.period}-01`
  const start = cycleStartOf(o.tariff, o.period)
  const page = sql`select h.house_id, h.label, h.building_id, h.kind, h.built_area_m2, h.inner_area_m2, h.heated_area_m2, h.floor_no, h.state, h.sort_no from property.house h
    where h.company_id = ${c} and h.community_id = ${o.community_id} and h.state <> 'disabled' ${o.kinds ? sql`and h.kind = any(${[...o.kinds]}::text[])` : sql``}
      ${o.house_ids ? sql`and h.house_id = any(${[...o.house_ids]}::uuid[])` : sql``} ${o.after ? sql`and h.house_id > ${o.after}` : sql``}
    order by ${o.after !== undefined ? sql`h.house_id` : sql`h.sort_no, h.label`} limit ${o.limit} ${o.offset ? sql`offset ${o.offset}` : sql``}`
  const usage = o.meter_kind
    ? sql`used as materialized (select m.house_id, sum(r.usage) filter (where r.period_on = ${on}::date) as usage, sum(r.usage) filter (where r.period_on < ${on}::date) as usage_to_date
        from page h join meters.meter m on m.company_id = ${c} and m.house_id = h.house_id and m.kind = ${o.meter_kind} join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id and r.period_on >= ${`${start}-01`}::date and r.period_on <= ${on}::date and r.state <> 'suspect'
        group by 1),`
    : sql``
  const timed = o.meter_kind !== null && hasClasses(o.tariff)
  const classes = timed
    ? sql`timed as materialized (select x.house_id, jsonb_object_agg(x.register, x.usage::text) filter (where x.usage is not null) as by_class, jsonb_object_agg(x.register, coalesce(x.before, 0)::text) as by_class_to_date
        from (select m.house_id, p.register, sum(p.usage) filter (where r.period_on = ${on}::date) as usage, sum(p.usage) filter (where r.period_on < ${on}::date) as before
          from page h join meters.meter m on m.company_id = ${c} and m.house_id = h.house_id and m.kind = ${o.meter_kind} join meters.reading r on r.company_id = ${c} and r.meter_id = m.meter_id and r.period_on >= ${`${start}-01`}::date and r.period_on <= ${on}::date and r.state <> 'suspect'
          join meters.reading_part p on p.company_id = ${c} and p.reading_id = r.reading_id and p.register = any(${[...CLASS_REGISTERS]}::text[]) group by 1, 2) x group by 1),`
    : sql``
  const { rows } = await sql<Raw>`with page as materialized (${page}), ${usage} ${classes}
    living as materialized (select p.house_id, count(*)::int as n from page p join people.household y on y.company_id = ${c} and y.house_id = p.house_id and y.from_on <= ${on}::date and (y.to_on is null or y.to_on > ${on}::date) group by 1),
    own as materialized (select p.house_id, jsonb_object_agg(a.name, a.value) as attributes from page p join tariff.house_attribute a on a.company_id = ${c} and a.house_id = p.house_id and a.from_on <= (${on}::date + interval '1 month - 1 day')::date and (a.to_on is null or a.to_on > (${on}::date + interval '1 month - 1 day')::date) group by 1)
    select h.house_id, h.label, h.building_id, h.kind, h.built_area_m2::text as built_area_m2, h.inner_area_m2::text as inner_area_m2, h.heated_area_m2::text as heated_area_m2, h.floor_no, h.state, b.has_lift, b.kind as building_kind,
      coalesce(l.n, 0) as people, a.attributes, ${o.meter_kind ? sql`u.usage::text` : sql`null`} as usage, ${o.meter_kind ? sql`u.usage_to_date::text` : sql`null`} as usage_to_date, ${timed ? sql`tm.by_class, tm.by_class_to_date` : sql`null as by_class, null as by_class_to_date`}
    from page h join property.building b on b.company_id = ${c} and b.building_id = h.building_id left join living l on l.house_id = h.house_id left join own a on a.house_id = h.house_id ${o.meter_kind ? sql`left join used u on u.house_id = h.house_id` : sql``} ${timed ? sql`left join timed tm on tm.house_id = h.house_id` : sql``}
    order by ${o.after !== undefined ? sql`h.house_id` : sql`h.sort_no, h.label`}`.execute(scope.db)
  return rows.map((r) => ({ house_id: r.house_id, label: r.label, building_id: r.building_id, kind: r.kind, values: valuesOf(r, o) }))
}
