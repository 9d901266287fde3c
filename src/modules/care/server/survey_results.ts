// What a survey says: by question, by building, against the goal and the survey before; every figure opens its replies. Of an anonymous survey nothing is
// shown while it runs, and of a building with so few replies that somebody could be recognised not afterwards either.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { writeSheet, XLSX } from '../../../kernel/sheet/index.ts'
import { care, type BuildingResult, type QuestionResult, type Reply, type ReplyFilter } from '../contract.ts'
import { words } from '../words.ts'
import { and } from './list.ts'
import { FEW, tooFew } from './rules/survey.ts'
import { rate } from './stats.ts'
import { SCALE, surveyOf, veiled, type SurveyCore } from './surveys.ts'

interface Count {
  key: string
  value: string
  n: number
}
async function counts(scope: Scope, survey_id: string): Promise<Count[]> {
  const { rows } = await sql<Count>`select e.key, case when q->>'kind' = 'text' then '' else e.value end as value, count(*)::int as n from care.survey_reply r join care.survey v on v.company_id = ${scope.company_id} and v.survey_id = r.survey_id, jsonb_each_text(r.answers) e, jsonb_array_elements(v.questions) q
    where r.company_id = ${scope.company_id} and r.survey_id = ${survey_id} and q->>'key' = e.key group by 1, 2`.execute(scope.db)
  return rows
}
async function repliesOf(scope: Scope, survey_id: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from care.survey_reply where company_id = ${scope.company_id} and survey_id = ${survey_id}`.execute(scope.db)
  return rows[0]!.n
}
const scaleOf = (list: readonly Count[]) => ({ n: list.reduce((s, x) => s + x.n, 0), good: list.filter((x) => Number(x.value) >= 4).reduce((s, x) => s + x.n, 0), sum: list.reduce((s, x) => s + x.n * Number(x.value), 0) })
const bpOf = (v: SurveyCore, all: readonly Count[]): number | null => {
  const s = scaleOf(all.filter((x) => v.questions.some((q) => q.key === x.key && q.kind === 'scale')))
  return rate(s.good, s.n)
}
const tenths = (sum: number, n: number): number | null => (n > 0 ? Number((BigInt(sum) * 20n + BigInt(n)) / (2n * BigInt(n))) : null)

const surveyResult = answer(care.surveyResult, async (scope, { survey_id }) => {
  const v = await surveyOf(scope, survey_id)
  const before = v.previous_id ? await surveyOf(scope, v.previous_id) : null
  const [all, past, past_replies, buildings, ways] = await Promise.all([
    counts(scope, survey_id),
    before ? counts(scope, before.survey_id) : [],
    before ? repliesOf(scope, before.survey_id) : 0,
    sql<{ building_id: string; name: string; sampled_count: number; reply_count: number; n: number; good: number }>`select b.building_id, b.name, count(*)::int as sampled_count, coalesce(max(x.replies), 0)::int as reply_count, coalesce(max(x.n), 0)::int as n, coalesce(max(x.good), 0)::int as good from care.survey_house s join property.building b on b.company_id = ${scope.company_id} and b.building_id = s.building_id
      left join (select r.building_id, count(*)::int as replies, sum(z.n)::int as n, sum(z.good)::int as good from care.survey_reply r join care.survey v on v.company_id = ${scope.company_id} and v.survey_id = r.survey_id, ${SCALE} where r.company_id = ${scope.company_id} and r.survey_id = ${survey_id} group by 1) x on x.building_id = s.building_id
      where s.company_id = ${scope.company_id} and s.survey_id = ${survey_id} group by b.building_id, b.name, b.sort_no, b.no order by b.sort_no, b.no limit 500`.execute(scope.db),
    sql<{ app: number; phone: number; paper: number }>`select (count(*) filter (where way = 'app'))::int as app, (count(*) filter (where way = 'phone'))::int as phone, (count(*) filter (where way = 'paper'))::int as paper from care.survey_reply where company_id = ${scope.company_id} and survey_id = ${survey_id}`.execute(scope.db),
  ])
  const unseen = v.unnamed ? tooFew(buildings.rows.map((b) => b.reply_count)) : []
  const total = buildings.rows.reduce((s, b) => s + b.reply_count, 0)
  const none = veiled(scope, v) || (v.unnamed && total < FEW)
  const rows = buildings.rows.map(({ n, good, ...b }, i): BuildingResult => {
    const hidden = none || unseen[i] === true
    return { ...b, response_bp: rate(b.reply_count, b.sampled_count), satisfied_bp: hidden ? null : rate(good, n), hidden }
  })
  const sampled_count = rows.reduce((s, b) => s + b.sampled_count, 0)
  const old_seen = before && !veiled(scope, before) && !(before.unnamed && past_replies < FEW) ? before : null
  const questions = (none ? [] : v.questions).map((q): QuestionResult => {
    const mine = all.filter((x) => x.key === q.key)
    const s = scaleOf(mine)
    const same = old_seen?.questions.find((x) => x.zh === q.zh && x.kind === 'scale')
    const old = scaleOf(past.filter((x) => x.key === same?.key))
    const values = q.kind === 'scale' ? ['5', '4', '3', '2', '1'] : q.options
    return { key: q.key, zh: q.zh, kind: q.kind, answered_count: mine.reduce((n, x) => n + x.n, 0), satisfied_bp: q.kind === 'scale' ? rate(s.good, s.n) : null, average_tenths: q.kind === 'scale' ? tenths(s.sum, s.n) : null, previous_bp: q.kind === 'scale' && same ? rate(old.good, old.n) : null, options: q.kind === 'text' ? [] : values.map((value) => ({ value, label: q.kind === 'scale' ? `${value} 分` : value, count: mine.find((x) => x.value === value)?.n ?? 0 })) }
  })
  return { sampled_count, reply_count: total, response_bp: rate(total, sampled_count), hidden: none, satisfied_bp: none ? null : bpOf(v, all), previous_bp: old_seen ? bpOf(old_seen, past) : null, goal_percent: v.goal_percent, ways: ways.rows[0]!, questions, buildings: rows }
})

function conditions(scope: Scope, v: SurveyCore, f: ReplyFilter): RawBuilder<SqlBool> {
  const p: RawBuilder<unknown>[] = [sql`r.survey_id = ${v.survey_id}`]
  if (f.building_id) p.push(sql`r.building_id = ${f.building_id}`)
  if (f.key && f.value !== undefined) p.push(sql`r.answers->>${f.key}::text = ${f.value}`)
  else if (f.key && f.satisfied !== undefined) p.push(f.satisfied ? sql`r.answers->>${f.key}::text in ('4','5')` : sql`r.answers->>${f.key}::text in ('1','2','3')`)
  else if (f.key) p.push(sql`r.answers ? ${f.key}::text`)
  // Of an anonymous survey: nothing while it runs, nothing of few, and no building's replies by themselves (what is left of the list would be another's).
  if (v.unnamed && (f.building_id || veiled(scope, v))) p.push(sql<SqlBool>`false`)
  else if (v.unnamed) p.push(sql`(select count(*) from care.survey_reply x where x.company_id = ${scope.company_id} and x.survey_id = ${v.survey_id}) >= ${FEW}`)
  return and(p)
}
type Raw = Omit<Reply, 'answers'> & { answers: Record<string, string> }
const FROM = (scope: Scope) => sql`care.survey_reply r join property.building b on b.company_id = ${scope.company_id} and b.building_id = r.building_id left join property.house h on h.company_id = ${scope.company_id} and h.house_id = r.house_id`
// An anonymous reply says no building in the open list either: with few a building it would say who.
const FIELDS = (v: SurveyCore) => sql`r.reply_id, ${v.unnamed ? sql`''` : sql`b.name`} as building, h.label, r.way, r.replied_on, r.answers`
// By the key, which of an anonymous one is random: the order says nothing of the hour.
const ORDER = sql`r.replied_on desc, r.reply_id`
const shown = (v: SurveyCore, { answers, ...r }: Raw): Reply => ({ ...r, answers: v.questions.filter((q) => answers[q.key] !== undefined).map((q) => ({ zh: q.zh, value: q.kind === 'scale' ? `${answers[q.key]!} 分` : answers[q.key]! })) })
const surveyReplies = answer(care.surveyReplies, async (scope, f) => {
  const v = await surveyOf(scope, f.survey_id)
  const where = conditions(scope, v, f)
  const [{ rows }, counted] = await Promise.all([
    sql<Raw>`select ${FIELDS(v)} from ${FROM(scope)} where r.company_id = ${scope.company_id} and ${where} order by ${ORDER} limit ${f.page_size} offset ${(f.page - 1) * f.page_size}`.execute(scope.db),
    sql<{ n: number }>`select count(*)::int as n from care.survey_reply r where r.company_id = ${scope.company_id} and ${where}`.execute(scope.db),
  ])
  return { rows: rows.map((r) => shown(v, r)), total: counted.rows[0]!.n }
})
const surveyRepliesExcel = answerFile(care.surveyRepliesExcel, async (scope, f) => {
  const v = await surveyOf(scope, f.survey_id)
  const { rows } = await sql<Raw>`select ${FIELDS(v)} from ${FROM(scope)} where r.company_id = ${scope.company_id} and ${conditions(scope, v, f)} order by ${ORDER} limit 20000`.execute(scope.db)
  const body = await writeSheet({ sheets: [{ name: '答卷', columns: ['楼栋', '房号', '方式', '答卷日', ...v.questions.map((q) => q.zh)].map((title) => ({ title, kind: 'text' as const })), rows: rows.map((r) => [r.building || '匿名', r.label, words.states!['reply_way']![r.way]!, r.replied_on, ...v.questions.map((q) => r.answers[q.key] ?? null)]) }] })
  return { name: `${v.title}_答卷.xlsx`, type: XLSX, body }
})
export const surveyResults = [surveyResult, surveyReplies, surveyRepliesExcel]
