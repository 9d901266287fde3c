// The yearly evaluation by the weights in force on its day, frozen with it; the blacklist with its reason and its end. A wrong one is void with a reason and stays.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { suppliers, type Scheme } from '../contract.ts'
import { banOf, supplierToRead, untilText, wholeCompany } from './access.ts'
import { gradeOf, totalOf } from './rules/grade.ts'

const SHIPPED: Scheme = {
  from_on: '2000-01-01', items: [{ name: '服务质量', weight: 40 }, { name: '响应及时', weight: 20 }, { name: '安全文明', weight: 15 }, { name: '价格合理', weight: 15 }, { name: '资料与配合', weight: 10 }],
  grades: [{ name: '优秀', from_score: 90 }, { name: '良好', from_score: 80 }, { name: '合格', from_score: 60 }, { name: '不合格', from_score: 0 }], ladder: [60, 30, 7], basis: '公司供应商管理办法',
}
export async function schemeNow(scope: Scope): Promise<Scheme> {
  const { rows } = await sql<Scheme>`select from_on, items, grades, ladder, basis from suppliers.scheme where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc, made_at desc, scheme_id desc limit 1`.execute(scope.db)
  return rows[0] ?? SHIPPED
}
export const evaluateAnswers = [
  answer(suppliers.scheme, async (scope) => {
    const { rows } = await sql<{ from_on: string }>`select from_on from suppliers.scheme where company_id = ${scope.company_id} and from_on > ${scope.today}::date order by from_on limit 1`.execute(scope.db)
    return { now: await schemeNow(scope), next_from_on: rows[0]?.from_on ?? null }
  }),
  answer(suppliers.publishScheme, async (scope, o) => {
    wholeCompany(scope)
    if (o.from_on < scope.today) throw scope.refuse('suppliers.from_past', { today: scope.today })
    const sum = o.items.reduce((n, i) => n + i.weight, 0)
    if (sum !== 100) throw scope.refuse('suppliers.weights', { sum })
    const limits = o.grades.map((g) => g.from_score)
    if (new Set(limits).size !== limits.length || Math.min(...limits) !== 0) throw scope.refuse('suppliers.grades')
    const scheme_id = uuidv7()
    await scope.db.insertInto('suppliers.scheme').values({ company_id: scope.company_id, scheme_id, from_on: o.from_on, items: JSON.stringify(o.items), grades: JSON.stringify(o.grades.toSorted((a, b) => b.from_score - a.from_score)), ladder: [...new Set(o.ladder)].toSorted((a, b) => b - a), basis: o.basis, made_by: scope.who.account_id!, made_at: scope.now }).execute()
    scope.note('supplier_scheme', scheme_id, { from_on: o.from_on, items: o.items.map((i) => `${i.name} ${i.weight}`).join('、') })
    return { scheme_id }
  }),
  answer(suppliers.evaluate, async (scope, o) => {
    wholeCompany(scope)
    const c = scope.company_id
    const s = await supplierToRead(scope, o.supplier_id, true)
    if (String(o.year) > scope.today.slice(0, 4)) throw scope.refuse('suppliers.year_future', { year: o.year })
    const scheme = await schemeNow(scope)
    if (o.scores.length !== scheme.items.length) throw scope.refuse('suppliers.scores_count', { count: scheme.items.length })
    const items = scheme.items.map((i, n) => ({ ...i, score: o.scores[n]! }))
    const total = totalOf(items)
    const grade = gradeOf(total, scheme.grades)
    const evaluation_id = uuidv7()
    const made = await scope.db.insertInto('suppliers.evaluation').values({ company_id: c, evaluation_id, supplier_id: o.supplier_id, year: o.year, items: JSON.stringify(items), total, grade, words: o.words, made_by: scope.who.account_id!, made_by_name: scope.who.name, made_at: scope.now }).onConflict((x) => x.columns(['company_id', 'supplier_id', 'year']).where('void_at', 'is', null).doNothing()).returning('evaluation_id').executeTakeFirst()
    if (!made) {
      const { rows } = await sql<{ grade: string }>`select grade from suppliers.evaluation where company_id = ${c} and supplier_id = ${o.supplier_id} and year = ${o.year} and void_at is null`.execute(scope.db)
      throw scope.refuse('suppliers.evaluated', { name: s.name, year: o.year, grade: rows[0]?.grade ?? '' })
    }
    scope.note('supplier_evaluation', evaluation_id, { supplier: s.name, year: o.year, total, grade })
    return { evaluation_id, total, grade }
  }),
  answer(suppliers.voidEvaluation, async (scope, o) => {
    wholeCompany(scope)
    const { rows } = await sql<{ year: number; grade: string; over: boolean }>`select year, grade, void_at is not null as over from suppliers.evaluation where company_id = ${scope.company_id} and evaluation_id = ${o.evaluation_id} for update`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    if (rows[0].over) throw scope.refuse('suppliers.evaluation_over')
    await scope.db.updateTable('suppliers.evaluation').set({ void_at: scope.now, void_by_name: scope.who.name, void_reason: o.reason }).where('company_id', '=', scope.company_id).where('evaluation_id', '=', o.evaluation_id).execute()
    scope.note('supplier_evaluation', o.evaluation_id, { year: rows[0].year, grade: rows[0].grade, voided: o.reason })
    return { evaluation_id: o.evaluation_id }
  }),
  answer(suppliers.banSupplier, async (scope, o) => {
    wholeCompany(scope)
    const s = await supplierToRead(scope, o.supplier_id, true)
    if (o.to_on && o.to_on < scope.today) throw scope.refuse('suppliers.ban_past', { today: scope.today })
    const ban = await banOf(scope, o.supplier_id)
    if (ban) throw scope.refuse('suppliers.banned', { name: s.name, to: untilText(ban.to_on), reason: ban.reason })
    const ban_id = uuidv7()
    await scope.db.insertInto('suppliers.ban').values({ company_id: scope.company_id, ban_id, supplier_id: o.supplier_id, from_on: scope.today, to_on: o.to_on, reason: o.reason, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('supplier_ban', ban_id, { supplier: s.name, to_on: o.to_on, reason: o.reason })
    return { ban_id }
  }),
  answer(suppliers.liftBan, async (scope, o) => {
    wholeCompany(scope)
    const s = await supplierToRead(scope, o.supplier_id, true)
    const ban = await banOf(scope, o.supplier_id)
    if (!ban) throw scope.refuse('suppliers.not_banned', { name: s.name })
    await scope.db.updateTable('suppliers.ban').set({ lifted_at: scope.now, lifted_by_name: scope.who.name, lift_reason: o.reason }).where('company_id', '=', scope.company_id).where('ban_id', '=', ban.ban_id).execute()
    scope.note('supplier_ban', ban.ban_id, { supplier: s.name, lifted: o.reason })
    return { ban_id: ban.ban_id }
  }),
]
