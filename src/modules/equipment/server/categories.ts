// The tree of systems and kinds, as data.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { equipment } from '../contract.ts'
import { devicesSeenBy, wholeCompany } from './access.ts'
import { categoriesOf, writeShipped } from './config.ts'

export const categoryAnswers = [
  answer(equipment.categories, async (scope) => {
    const all = await categoriesOf(scope)
    const { rows } = await sql<{ category_id: string; n: number }>`select d.category_id, count(*)::int as n from equipment.device d where d.company_id = ${scope.company_id} and d.state <> 'scrapped' and ${devicesSeenBy(scope)} group by 1 limit 500`.execute(scope.db)
    const n = new Map(rows.map((r) => [r.category_id, r.n]))
    const of = (id: string): number => (n.get(id) ?? 0) + all.filter((x) => x.parent_id === id).reduce((s, x) => s + (n.get(x.category_id) ?? 0), 0)
    return { rows: all.map((x) => ({ ...x, device_count: of(x.category_id) })) }
  }),
  answer(equipment.saveCategory, async (scope, o) => {
    wholeCompany(scope)
    await writeShipped(scope)
    const c = scope.company_id
    const all = await categoriesOf(scope)
    const before = all.find((x) => x.category_id === o.category_id)
    if (o.category_id && !before) throw scope.notFound()
    const others = all.filter((x) => x.category_id !== o.category_id)
    if (others.some((x) => x.parent_id === o.parent_id && x.name === o.name)) throw scope.refuse('equipment.name_taken', { name: o.name })
    const same = others.find((x) => x.code === o.code)
    if (same) throw scope.refuse('equipment.code_taken', { code: o.code, name: same.name })
    const parent = o.parent_id ? others.find((x) => x.category_id === o.parent_id) : null
    // A system stays one: what has kinds under it, and what devices are in, does not change level.
    if ((o.parent_id && (!parent || parent.parent_id !== null)) || (before && (before.parent_id === null) !== (o.parent_id === null))) throw scope.refuse('equipment.two_levels')
    const twice = o.fields.find((f, i) => o.fields.some((g, j) => j < i && (g.field_id === f.field_id || g.name === f.name)))
    if (twice) throw scope.refuse('equipment.field_twice', { name: twice.name })
    const used = (await sql<{ n: number }>`select count(*)::int as n from equipment.device d join equipment.category k on k.company_id = ${c} and k.category_id = d.category_id where d.company_id = ${c} and d.state <> 'scrapped' and (k.category_id = ${o.category_id ?? null}::uuid or k.parent_id = ${o.category_id ?? null}::uuid)`.execute(scope.db)).rows[0]!.n
    if (o.retired && used > 0) throw scope.refuse('equipment.category_used', { name: o.name, count: used })
    const category_id = o.category_id ?? uuidv7()
    const values = { parent_id: o.parent_id, code: o.code, name: o.name, sort_no: o.sort_no, fields: JSON.stringify(o.fields), standards: JSON.stringify(o.standards), life_years: o.life_years, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await scope.db.insertInto('equipment.category').values({ company_id: c, category_id, ...values }).onConflict((x) => x.columns(['company_id', 'category_id']).doUpdateSet(values)).execute()
    scope.note('category', category_id, { code: o.code, name: o.name })
    return { category_id }
  }),
]
