// Rules of taking money by community and date (payment.rule): a version holds from its day until the next one; a community's own goes before
// the company's. Nothing is changed: what was in force on a day can be read for ever.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { memberNames } from '../../identity/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { payment } from '../contract.ts'
import { RULES, type RuleKind, type RuleValue } from '../contract_shift.ts'
import { wholeCompany } from './access.ts'

/** What holds where nothing was set. */
const DEFAULTS: { [K in RuleKind]: RuleValue<K> } = {
  desk: { cash_needs_shift: false, difference_limit_fen: 0, bank_needs_slip: true },
  deduct: { when: 'off', general_too: true },
  bank: { suspense_days: 0, auto: false },
  // Every batch is agreed by another person until the company says otherwise.
  coupon: { limit_fen: 0 },
}

export async function ruleOf<K extends RuleKind>(scope: Pick<Scope, 'db' | 'company_id' | 'today'>, kind: K, community_id: string | null): Promise<RuleValue<K>> {
  const r = await sql<{ value: unknown }>`select value from payment.rule where company_id = ${scope.company_id} and kind = ${kind} and (community_id is null or community_id = ${community_id}::uuid) and from_on <= ${scope.today}::date
    order by (community_id is not null) desc, from_on desc, created_at desc limit 1`.execute(scope.db)
  return r.rows[0] ? ((RULES[kind] as unknown as { parse: (v: unknown) => RuleValue<K> }).parse({ ...DEFAULTS[kind], ...(r.rows[0].value as object) })) : DEFAULTS[kind]
}

/** The rule in force today of every community. */
export async function rulesOfAll<K extends RuleKind>(scope: Pick<Scope, 'db' | 'company_id' | 'today'>, kind: K): Promise<Map<string, RuleValue<K>>> {
  const c = scope.company_id
  const r = await sql<{ community_id: string; value: object }>`select m.community_id, r.value from property.community m cross join lateral (
      select u.value from payment.rule u where u.company_id = ${c} and u.kind = ${kind} and (u.community_id is null or u.community_id = m.community_id) and u.from_on <= ${scope.today}::date
      order by (u.community_id is not null) desc, u.from_on desc, u.created_at desc limit 1) r where m.company_id = ${c} order by m.community_id`.execute(scope.db)
  return new Map(r.rows.map((x) => [x.community_id, (RULES[kind] as unknown as { parse: (v: unknown) => RuleValue<K> }).parse({ ...DEFAULTS[kind], ...x.value })]))
}

interface RuleRead {
  rule_id: string
  kind: RuleKind
  community_id: string | null
  community_name: string | null
  value: Record<string, unknown>
  from_on: string
  note: string | null
  created_by: string
  created_at: string
}
const VERSIONS_MAX = 500

const rules = answer(payment.rules, async (scope, { community_id }) => {
  const c = scope.company_id
  const r = await sql<RuleRead>`select u.rule_id, u.kind, u.community_id, m.name as community_name, u.value, u.from_on, u.note, u.created_by, u.created_at
    from payment.rule u left join property.community m on m.company_id = ${c} and m.community_id = u.community_id
    where u.company_id = ${c} and (u.community_id is null or ${communitiesSeenBy(scope, { alias: 'u' })}) and (${community_id ?? null}::uuid is null or u.community_id is null or u.community_id = ${community_id ?? null}::uuid)
    order by u.kind, u.community_id nulls first, u.from_on desc, u.created_at desc limit ${VERSIONS_MAX}`.execute(scope.db)
  const names = await memberNames(scope, r.rows.map((x) => x.created_by))
  const seen = new Set<string>()
  const versions = r.rows.map(({ created_by, ...x }) => {
    const key = `${x.kind} ${x.community_id ?? ''}`
    const state = x.from_on > scope.today ? ('future' as const) : seen.has(key) ? ('past' as const) : ('now' as const)
    if (state === 'now') seen.add(key)
    return { ...x, created_by_name: names.get(created_by) ?? '', state }
  })
  return { now: { desk: await ruleOf(scope, 'desk', community_id ?? null), deduct: await ruleOf(scope, 'deduct', community_id ?? null), bank: await ruleOf(scope, 'bank', community_id ?? null), coupon: await ruleOf(scope, 'coupon', community_id ?? null) }, versions }
})

const saveRule = answer(payment.saveRule, async (scope, { community_id, from_on, note, rule }) => {
  if (community_id === null) wholeCompany(scope)
  else await communityToChange(scope, community_id)
  if (from_on < scope.today) throw scope.refuse('payment.rule_past', { from_on, today: scope.today })
  const rule_id = uuidv7()
  await scope.db.insertInto('payment.rule').values({ company_id: scope.company_id, rule_id, kind: rule.kind, community_id, value: JSON.stringify(rule.value), from_on, note: note || null, created_by: scope.who.account_id!, created_at: scope.now }).execute()
  scope.note('rule', rule_id, { kind: rule.kind, community_id, from_on, value: rule.value })
  return { rule_id }
})

export const ruleAnswers = [rules, saveRule]
