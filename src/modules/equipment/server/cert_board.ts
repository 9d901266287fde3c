// The board of certificates: the newest of each kind and subject, and what ought to have one and has none. Lights are computed from the ladder of the day.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { housesSeenBy } from '../../property/server/index.ts'
import { LIGHTS, equipment, type CertFilter, type CertRow, type Light } from '../contract.ts'
import { said } from '../shown.ts'
import { devicesSeenBy } from './access.ts'
import { certKinds, certPolicy } from './cert_config.ts'
import { bounds } from './rules/ladder.ts'

const EXCEL_MAX = 20_000
/** Of the same subject: a device, a person by account or name, else the community as a whole. */
export const SUBJECT = (alias: string) => sql`coalesce(${sql.ref(`${alias}.equipment_id`)}::text, ${sql.ref(`${alias}.account_id`)}::text, ${sql.ref(`${alias}.holder`)}, ${sql.ref(`${alias}.community_id`)}::text)`

/** Every item with its light, as a query: filters, counts and pages stand around it. */
async function itemsOf(scope: Scope, f: CertFilter, permission?: string): Promise<RawBuilder<unknown>> {
  const c = scope.company_id
  const [all, policy] = await Promise.all([certKinds(scope), certPolicy(scope)])
  const kinds = all.filter((k) => !k.retired).map((k) => ({ kind_id: k.kind_id, name: k.name, subject: k.subject, sort_no: k.sort_no, stops: k.rule.stops, category_ids: k.category_ids, ...bounds(k.rule.ladder ?? policy.ladder) }))
  const here = f.community_id ? sql`and x.community_id = ${f.community_id}` : sql``
  const seen = (alias: string): RawBuilder<SqlBool> => housesSeenBy(scope, { alias, ...(permission ? { permission } : {}) })
  // A kind is of a device whose kind or system it names.
  const fits = (device: string) => sql`exists (select from equipment.category g where g.company_id = ${c} and g.category_id = ${sql.ref(`${device}.category_id`)} and (g.category_id = any(k.category_ids) or g.parent_id = any(k.category_ids)))`
  const live = (k: RawBuilder<unknown>) => sql`exists (select from equipment.cert o where o.company_id = ${c} and o.kind_id = k.kind_id and o.ended_at is null and ${k})`
  const parts = sql`with k as materialized (select * from jsonb_to_recordset(${JSON.stringify(kinds)}::jsonb) as x(kind_id uuid, name text, subject text, sort_no int, stops boolean, category_ids uuid[], near int, soon int)),
    newest as materialized (select distinct on (x.kind_id, x.community_id, ${SUBJECT('x')}) x.* from equipment.cert x join k on k.kind_id = x.kind_id where x.company_id = ${c} and x.ended_at is null ${here} and ${seen('x')} order by x.kind_id, x.community_id, ${SUBJECT('x')}, x.valid_from_on desc, x.valid_to_on desc, x.made_at desc),
    items as (select n.cert_id, n.kind_id, n.community_id, n.equipment_id, n.account_id, coalesce(d.no || ' ' || d.name, m.name, n.holder, h.name) as about, n.no, n.issuer, n.result, n.valid_from_on, n.valid_to_on, d.place
        from newest n join property.community h on h.company_id = ${c} and h.community_id = n.community_id left join equipment.device d on d.company_id = ${c} and d.equipment_id = n.equipment_id left join identity.member m on m.company_id = ${c} and m.account_id = n.account_id where d.state is distinct from 'scrapped'
      union all select null, k.kind_id, x.community_id, x.equipment_id, null, x.no || ' ' || x.name, null, null, null, null, null, x.place from k join equipment.device x on x.company_id = ${c} and x.state <> 'scrapped' and ${fits('x')} ${here} and ${devicesSeenBy(scope, permission, 'x')} where k.subject = 'device' and not ${live(sql`o.equipment_id = x.equipment_id`)}
      union all select null, k.kind_id, x.community_id, null, null, x.name, null, null, null, null, null, null from k join property.community x on x.company_id = ${c} and x.disabled_at is null ${here} where k.subject = 'community' and ${communityWhole(scope, permission)} and not ${live(sql`o.community_id = x.community_id`)} and exists (select from equipment.device y where y.company_id = ${c} and y.community_id = x.community_id and y.state <> 'scrapped' and ${fits('y')})),
    lit as (select i.*, k.name as kind_name, k.subject, k.stops, k.sort_no, i.valid_to_on - ${scope.today}::date as days_left, case when i.valid_to_on is null then 'missing' when i.valid_to_on < ${scope.today}::date or i.result = 'fail' then 'expired' when i.valid_to_on - ${scope.today}::date <= k.near then 'near' when i.valid_to_on - ${scope.today}::date <= k.soon then 'soon' else 'good' end as light from items i join k on k.kind_id = i.kind_id
      where true ${f.kind_id ? sql`and i.kind_id = ${f.kind_id}` : sql``} ${f.subject ? sql`and k.subject = ${f.subject}` : sql``} ${f.equipment_id ? sql`and i.equipment_id = ${f.equipment_id}` : sql``} ${f.q ? sql`and position(lower(${f.q}) in lower(i.about || ' ' || k.name || ' ' || coalesce(i.no, '') || ' ' || coalesce(i.issuer, '') || ' ' || coalesce(i.place, ''))) > 0` : sql``})`
  return parts
}
function communityWhole(scope: Scope, permission?: string): RawBuilder<SqlBool> {
  const r = scope.reach(permission)
  return r.all ? sql<SqlBool>`true` : sql<SqlBool>`x.community_id = any(${r.community_ids}::uuid[])`
}
const ORDER = sql`array_position(array['expired','missing','near','soon','good'], l.light), l.valid_to_on, l.sort_no, l.about, l.community_id`
async function rowsOf(scope: Scope, items: RawBuilder<unknown>, light: Light | undefined, limit: number, offset: number): Promise<CertRow[]> {
  const c = scope.company_id
  const { rows } = await sql<CertRow>`${items}, page as materialized (select l.* from lit l where true ${light ? sql`and l.light = ${light}` : sql``} order by ${ORDER} limit ${limit} offset ${offset})
    select coalesce(l.cert_id::text, l.kind_id::text || coalesce(l.equipment_id, l.community_id)::text) as key, l.cert_id, l.kind_id, l.kind_name, l.subject, l.community_id, h.name as community_name, l.equipment_id, l.account_id, l.about, l.no, l.issuer, l.result, l.valid_from_on, l.valid_to_on, l.days_left, l.light, l.stops, (select count(*)::int from equipment.cert_file a where a.company_id = ${c} and a.cert_id = l.cert_id) as file_count
    from page l join property.community h on h.company_id = ${c} and h.community_id = l.community_id order by ${ORDER}`.execute(scope.db)
  return rows
}

/** How many of each kind stand in which light, within the reach of the right named: for modules above. */
export async function certLights(scope: Scope, o: { community_id?: string | undefined; permission: string }): Promise<{ kind_id: string; name: string; counts: Record<Light, number> }[]> {
  const { rows } = await sql<{ kind_id: string; name: string; light: Light; n: number }>`${await itemsOf(scope, o.community_id ? { community_id: o.community_id } : {}, o.permission)} select l.kind_id, l.kind_name as name, l.light, count(*)::int as n from lit l group by 1, 2, 3 order by 2`.execute(scope.db)
  return [...Map.groupBy(rows, (r) => r.kind_id)].map(([kind_id, list]) => ({ kind_id, name: list[0]!.name, counts: Object.fromEntries(LIGHTS.map((l) => [l, list.find((r) => r.light === l)?.n ?? 0])) as Record<Light, number> }))
}

const OF_DEVICE = 50
/** What one device has and ought to have. */
export const certsOf = async (scope: Scope, equipment_id: string): Promise<CertRow[]> => rowsOf(scope, await itemsOf(scope, { equipment_id }), undefined, OF_DEVICE, 0)

export const boardAnswers = [
  answer(equipment.certBoard, async (scope, f) => {
    const items = await itemsOf(scope, f)
    const [rows, n] = await Promise.all([rowsOf(scope, items, f.light, f.page_size, (f.page - 1) * f.page_size), sql<{ light: Light; n: number }>`${items} select l.light, count(*)::int as n from lit l group by 1`.execute(scope.db)])
    const counts = Object.fromEntries(LIGHTS.map((l) => [l, n.rows.find((r) => r.light === l)?.n ?? 0])) as Record<Light, number>
    return { rows, counts, total: f.light ? counts[f.light] : LIGHTS.reduce((s, l) => s + counts[l], 0) }
  }),
  answerFile(equipment.certBoardExcel, async (scope, f) => {
    const rows = await rowsOf(scope, await itemsOf(scope, f), f.light, EXCEL_MAX + 1, 0)
    if (rows.length > EXCEL_MAX) throw scope.refuse('equipment.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({
      sheets: [{
        name: '检验与证件', columns: [text('状态'), text('种类'), text('对象'), text('设备、人员或小区'), text('小区'), text('编号'), text('单位'), text('结论'), text('检验日'), text('有效期至'), { title: '剩余天数', kind: 'int' as const }, { title: '附件', kind: 'int' as const }],
        rows: rows.map((r) => [said('light', r.light), r.kind_name, said('subject', r.subject), r.about, r.community_name, r.no, r.issuer, r.result ? said('result', r.result) : null, r.valid_from_on, r.valid_to_on, r.days_left, r.file_count]),
      }],
    })
    return { name: `检验与证件-${scope.today}.xlsx`, type: XLSX, body }
  }),
]
