// What holds today: kinds with their limits, the limits of the levels. Data of the company, in force from a day on.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { safety, type Kind, type Level, type LevelRule } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { LEVEL_RULE, shippedKinds } from './defaults.ts'

const ROWS_MAX = 500
const VERSIONS_MAX = 50

async function kindsOf(scope: Scope): Promise<Kind[]> {
  const c = scope.company_id
  const { rows } = await sql<Kind>`select k.kind_id, k.name, k.sort_no, k.retired_at is not null as retired,
      (select to_jsonb(x) from (select r.report_minutes, r.report_to, r.basis, r.close_days, r.from_on from safety.kind_rule r where r.company_id = ${c} and r.kind_id = k.kind_id and r.from_on <= ${scope.today}::date order by r.from_on desc, r.created_at desc limit 1) x) as rule,
      (select min(r.from_on) from safety.kind_rule r where r.company_id = ${c} and r.kind_id = k.kind_id and r.from_on > ${scope.today}::date) as next_from_on
    from safety.kind k where k.company_id = ${c} order by k.sort_no, k.name, k.kind_id limit ${ROWS_MAX}`.execute(scope.db)
  return rows.length ? rows : shippedKinds(c).map(({ rule, ...k }) => ({ ...k, retired: false, next_from_on: null, rule: { ...rule, from_on: '2000-01-01' } }))
}
/** The list a company begins with, written at its first incident or change. */
export async function writeShipped(scope: Scope): Promise<void> {
  const c = scope.company_id
  const kinds = shippedKinds(c)
  await sql`with made as (insert into safety.kind (company_id, kind_id, name, sort_no, changed_by, changed_at)
      select ${c}, x.kind_id, x.name, x.sort_no, null, ${scope.now} from jsonb_to_recordset(${JSON.stringify(kinds)}::jsonb) as x(kind_id uuid, name text, sort_no int)
      where not exists (select from safety.kind k where k.company_id = ${c}) on conflict (company_id, kind_id) do nothing returning kind_id)
    insert into safety.kind_rule (company_id, rule_id, kind_id, from_on, report_minutes, report_to, basis, close_days, created_by, created_at)
    select ${c}, x.kind_id, x.kind_id, '2000-01-01', x.report_minutes, x.report_to, x.basis, x.close_days, null, ${scope.now}
      from jsonb_to_recordset(${JSON.stringify(kinds.map((k) => ({ kind_id: k.kind_id, ...k.rule })))}::jsonb) as x(kind_id uuid, report_minutes int, report_to text, basis text, close_days int) join made on made.kind_id = x.kind_id
    on conflict (company_id, rule_id) do nothing`.execute(scope.db)
}
/** The kind as it holds today; a kind in use is written down first. */
export async function kindFor(scope: Scope, kind_id: string): Promise<Kind & { rule: NonNullable<Kind['rule']> }> {
  await writeShipped(scope)
  const k = (await kindsOf(scope)).find((x) => x.kind_id === kind_id)
  if (!k || k.retired || !k.rule) throw scope.refuse('safety.kind_unknown')
  return { ...k, rule: k.rule }
}
/** The rule that held when it was found: what is asked of an incident does not change under it. */
export async function ruleAt(scope: Scope, kind_id: string, day: string): Promise<{ report_minutes: number | null; report_to: string; basis: string }> {
  const { rows } = await sql<{ report_minutes: number | null; report_to: string; basis: string }>`select r.report_minutes, r.report_to, r.basis from safety.kind_rule r where r.company_id = ${scope.company_id} and r.kind_id = ${kind_id} and r.from_on <= ${day}::date order by r.from_on desc, r.created_at desc limit 1`.execute(scope.db)
  return rows[0] ?? { report_minutes: null, report_to: '', basis: '' }
}

export async function levelRuleAt(scope: Scope, day: string): Promise<LevelRule> {
  const { rows } = await sql<LevelRule>`select from_on, limits, basis from safety.level_rule where company_id = ${scope.company_id} and from_on <= ${day}::date order by from_on desc, created_at desc limit 1`.execute(scope.db)
  return rows[0] ?? LEVEL_RULE
}
/** The highest level whose limit of dead, of badly hurt or of loss is reached; anybody dead or badly hurt makes it 一般 at least. */
export function levelBy(rule: Pick<LevelRule, 'limits'>, o: { dead_count: number; badly_count: number; loss_fen: number | null }): Level {
  const reached = rule.limits.filter((l) => o.dead_count >= l.dead || o.badly_count >= l.badly || (o.loss_fen ?? 0) >= l.loss_fen)
  return reached.at(-1)?.level ?? (o.dead_count + o.badly_count > 0 ? 'general' : 'minor')
}

export const setupAnswers = [
  answer(safety.kinds, async (scope) => ({ rows: scope.who.kind === 'resident' ? [] : await kindsOf(scope) })),
  answer(safety.saveKind, async (scope, o) => {
    wholeCompany(scope)
    await writeShipped(scope)
    const all = await kindsOf(scope)
    if (o.kind_id && !all.some((k) => k.kind_id === o.kind_id)) throw scope.notFound()
    if (all.some((k) => k.kind_id !== o.kind_id && k.name === o.name)) throw scope.refuse('safety.name_taken', { name: o.name })
    const kind_id = o.kind_id ?? uuidv7()
    const values = { name: o.name, sort_no: o.sort_no, retired_at: o.retired ? scope.now : null, changed_by: scope.who.account_id, changed_at: scope.now }
    await scope.db.insertInto('safety.kind').values({ company_id: scope.company_id, kind_id, ...values }).onConflict((x) => x.columns(['company_id', 'kind_id']).doUpdateSet(values)).execute()
    // A kind without a rule could not be chosen.
    if (!o.kind_id) await scope.db.insertInto('safety.kind_rule').values({ company_id: scope.company_id, rule_id: kind_id, kind_id, from_on: scope.today, report_minutes: null, report_to: '', basis: '', close_days: 15, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('safety_kind', kind_id, { name: o.name, retired: o.retired })
    return { kind_id }
  }),
  answer(safety.publishKindRule, async (scope, o) => {
    wholeCompany(scope)
    await writeShipped(scope)
    const k = (await kindsOf(scope)).find((x) => x.kind_id === o.kind_id)
    if (!k) throw scope.notFound()
    if (o.from_on < scope.today) throw scope.refuse('safety.from_past', { today: scope.today })
    if (o.report_minutes !== null && (o.report_to === '' || o.basis === '')) throw scope.refuse('safety.report_whom')
    const rule_id = uuidv7()
    await scope.db.insertInto('safety.kind_rule').values({ company_id: scope.company_id, rule_id, kind_id: o.kind_id, from_on: o.from_on, report_minutes: o.report_minutes, report_to: o.report_to, basis: o.basis, close_days: o.close_days, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('safety_kind', o.kind_id, { name: k.name, from_on: o.from_on, report_minutes: o.report_minutes, close_days: o.close_days })
    return { rule_id }
  }),
  answer(safety.levelRule, async (scope) => {
    const { rows } = await sql<LevelRule & { created_by_name: string | null; created_at: string }>`select r.from_on, r.limits, r.basis, m.name as created_by_name, r.created_at from safety.level_rule r left join identity.member m on m.company_id = ${scope.company_id} and m.account_id = r.created_by where r.company_id = ${scope.company_id} order by r.from_on desc, r.created_at desc limit ${VERSIONS_MAX}`.execute(scope.db)
    return { now: await levelRuleAt(scope, scope.today), versions: rows }
  }),
  answer(safety.saveLevelRule, async (scope, o) => {
    wholeCompany(scope)
    if (o.from_on < scope.today) throw scope.refuse('safety.from_past', { today: scope.today })
    const limits = (['larger', 'major', 'extreme'] as const).map((level) => o.limits.find((l) => l.level === level))
    const rising = limits.every((l, i) => l && (i === 0 || (limits[i - 1] && l.dead > limits[i - 1]!.dead && l.badly > limits[i - 1]!.badly && l.loss_fen > limits[i - 1]!.loss_fen)))
    if (!rising) throw scope.refuse('safety.limits_crossed')
    await scope.db.insertInto('safety.level_rule').values({ company_id: scope.company_id, from_on: o.from_on, limits: JSON.stringify(limits) as never, basis: o.basis, created_by: scope.who.account_id, created_at: scope.now }).execute()
    scope.note('safety_level', o.from_on, { from_on: o.from_on, limits })
    return { from_on: o.from_on }
  }),
]
