// How often the law wants drills, training, rounds, and which words make a round or a finding one of fire: from a day on, by company.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { firefile, type Rule } from '../contract.ts'
import { wholeCompany } from './access.ts'

const SHIPPED: Rule = { from_on: '2000-01-01', drill_months: 6, training_months: 12, patrol_days: 1, fire_words: ['消防', '防火', '灭火', '火源', '火灾', '疏散', '安全出口', '电动车充电', '电动自行车'], basis: '消防法第十六、十七条;公安部令第 61 号第二十五、三十六、四十条' }
export async function ruleOf(scope: Scope): Promise<Rule> {
  const { rows } = await sql<Rule>`select from_on, drill_months, training_months, patrol_days, fire_words, basis from firefile.rule where company_id = ${scope.company_id} and from_on <= ${scope.today}::date order by from_on desc, created_at desc, rule_id desc limit 1`.execute(scope.db)
  return rows[0] ?? SHIPPED
}
export const ruleAnswers = [
  answer(firefile.rule, async (scope) => {
    const { rows } = await sql<{ from_on: string }>`select from_on from firefile.rule where company_id = ${scope.company_id} and from_on > ${scope.today}::date order by from_on limit 1`.execute(scope.db)
    return { now: await ruleOf(scope), next_from_on: rows[0]?.from_on ?? null }
  }),
  answer(firefile.saveRule, async (scope, { request_id: _r, dry_run: _d, ...o }) => {
    wholeCompany(scope)
    if (o.from_on < scope.today) throw scope.refuse('firefile.from_past', { today: scope.today })
    await scope.db.insertInto('firefile.rule').values({ company_id: scope.company_id, rule_id: uuidv7(), ...o, fire_words: [...new Set(o.fire_words)], created_by: scope.who.account_id!, created_at: scope.now }).execute()
    scope.note('fire_rule', o.from_on, o)
    return { from_on: o.from_on }
  }),
]
