// Public areas and shared facilities (公共部位): registers with counts and areas (REG-03). They belong to a community, to no building.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { In } from '../../../kernel/contract.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet } from '../../../kernel/sheet/index.ts'
import { property } from '../contract.ts'
import { words } from '../words.ts'
import { communitiesSeenBy, communityToChange } from './access.ts'
import { orTaken } from './taken.ts'

interface Filter {
  community_id?: string | undefined
  category?: string | undefined
  q?: string | undefined
}
type Area = In<typeof property.publicAreas.gives>['rows'][number]
const EXCEL_MAX = 20_000

function filtered(scope: Scope, f: Filter, with_category = true): RawBuilder<SqlBool> {
  const parts = [sql<SqlBool>`a.company_id = ${scope.company_id}`, communitiesSeenBy(scope, { alias: 'a' })]
  if (f.community_id) parts.push(sql<SqlBool>`a.community_id = ${f.community_id}`)
  if (f.category && with_category) parts.push(sql<SqlBool>`a.category = ${f.category}`)
  if (f.q) parts.push(sql<SqlBool>`position(${f.q} in a.name || ' ' || coalesce(a.place, '') || ' ' || coalesce(a.species, '')) > 0`)
  return sql<SqlBool>`${sql.join(parts, sql` and `)}`
}
const rowsOf = (where: RawBuilder<SqlBool>, limit: number, offset: number) => sql<Area>`select a.area_id, a.community_id, a.category, a.name, a.place, a.quantity, a.unit_name, a.area_m2, a.species, a.state, a.note
  from property.public_area a where ${where} order by a.community_id, a.category, a.name, a.area_id limit ${limit} offset ${offset}`

export const publicAreas = answer(property.publicAreas, async (scope, f) => {
  const { rows: categories } = await sql<{ category: string; count: number; quantity: string }>`select a.category, count(*)::int as count, sum(a.quantity)::text as quantity from property.public_area a where ${filtered(scope, f, false)} group by 1 order by 1 limit 200`.execute(scope.db)
  const { rows } = await rowsOf(filtered(scope, f), f.page_size, (f.page - 1) * f.page_size).execute(scope.db)
  const total = categories.filter((c) => !f.category || c.category === f.category).reduce((n, c) => n + c.count, 0)
  return { rows, total, categories }
})

export const publicAreasExcel = answerFile(property.publicAreasExcel, async (scope, f) => {
  const { rows } = await rowsOf(filtered(scope, f), EXCEL_MAX + 1, 0).execute(scope.db)
  if (rows.length > EXCEL_MAX) throw scope.refuse('property.too_many_rows', { count: rows.length, max: EXCEL_MAX })
  const columns = [{ title: '类别', kind: 'text' }, { title: '名称', kind: 'text' }, { title: '位置', kind: 'text' }, { title: '数量', kind: 'number' }, { title: '单位', kind: 'text' }, { title: '面积', kind: 'number' }, { title: '品种', kind: 'text' }, { title: '状态', kind: 'text' }, { title: '备注', kind: 'text' }] as const
  const body = await writeSheet({ sheets: [{ name: '公共部位', columns, rows: rows.map((r) => [r.category, r.name, r.place, r.quantity, r.unit_name, r.area_m2, r.species, words.states?.['area_state']?.[r.state] ?? r.state, r.note]) }] })
  return { name: `公共部位-${scope.today}.xlsx`, type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', body }
})

export const savePublicArea = answer(property.savePublicArea, async (scope, { area_id, request_id: _r, dry_run: _d, ...o }) => {
  await communityToChange(scope, o.community_id)
  const taken = () => scope.refuse('property.name_taken', { name: o.name })
  const id = area_id ?? uuidv7()
  if (area_id) {
    const done = await orTaken(scope.db.updateTable('property.public_area').set(o).where('company_id', '=', scope.company_id).where('area_id', '=', id).where('community_id', '=', o.community_id).returning('area_id').executeTakeFirst(), taken)
    if (!done) throw scope.notFound()
  } else await orTaken(scope.db.insertInto('property.public_area').values({ company_id: scope.company_id, area_id: id, ...o, created_at: scope.now }).execute(), taken)
  scope.note('public_area', id, { category: o.category, name: o.name, quantity: o.quantity })
  return { area_id: id }
})

export const removePublicArea = answer(property.removePublicArea, async (scope, { area_id }) => {
  const row = await scope.db.selectFrom('property.public_area').select(['community_id', 'name', 'category']).where('company_id', '=', scope.company_id).where('area_id', '=', area_id).forUpdate().executeTakeFirst()
  if (!row) throw scope.notFound()
  await communityToChange(scope, row.community_id)
  await scope.db.deleteFrom('property.public_area').where('company_id', '=', scope.company_id).where('area_id', '=', area_id).execute()
  scope.note('public_area', area_id, { removed: row })
  return { done: true as const }
})
