// A survey (排查) of all communities of the register: begun with its days, entered place by place by the classes of its day, closed. Results are append only, the last one counts.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { supervision, type District, type SurveyFilter, type SurveyPlace, type SurveyRow } from '../contract.ts'
import { authorityOf, placeToChange } from './access.ts'
import { classesOn, districtsOf, within } from './config.ts'

const SURVEYS_MAX = 100
const EXCEL_MAX = 20_000
/** The last result of place `p` in survey `v`. */
const RESULT = (scope: Scope): RawBuilder<unknown> => sql`left join lateral (select s.class, s.found, s.on_day, s.made_by_name from supervision.surveyed s where s.company_id = ${scope.company_id} and s.survey_id = v.survey_id and s.place_id = p.place_id order by s.made_at desc, s.surveyed_id desc limit 1) s on true`
async function surveysOf(scope: Scope, survey_id?: string): Promise<SurveyRow[]> {
  const c = scope.company_id
  const { rows } = await sql<Omit<SurveyRow, 'can'>>`with page as materialized (select v.* from supervision.survey v where v.company_id = ${c} ${survey_id ? sql`and v.survey_id = ${survey_id}` : sql``} order by v.from_on desc, v.made_at desc limit ${SURVEYS_MAX})
    select v.survey_id, v.title, v.from_on, v.to_on, v.note, v.made_by_name, n.place_count, n.done_count, n.classes, case when v.closed_at is not null then v.closed_by_name end as closed, case when v.closed_at is not null then 'closed' when v.from_on > ${scope.today}::date then 'coming' when v.to_on < ${scope.today}::date and n.done_count < n.place_count then 'late' else 'running' end as state
    from page v cross join lateral (select coalesce(sum(x.n), 0)::int as place_count, coalesce(sum(x.n) filter (where x.class is not null), 0)::int as done_count, coalesce(jsonb_agg(jsonb_build_object('name', x.class, 'count', x.n) order by x.n desc, x.class) filter (where x.class is not null), '[]'::jsonb) as classes
      from (select s.class, count(*)::int as n from supervision.place p ${RESULT(scope)} where p.company_id = ${c} and (p.retired_at is null and v.closed_at is null or s.class is not null) group by s.class) x) n order by v.from_on desc, v.made_at desc`.execute(scope.db)
  return rows.map((r) => ({ ...r, can: { enter: r.state === 'closed' ? 'supervision.survey_closed' : true, close: r.state === 'closed' ? 'supervision.survey_closed' : true } }))
}
async function surveyToChange(scope: Scope, survey_id: string): Promise<{ title: string; from_on: string }> {
  await authorityOf(scope)
  const { rows } = await sql<{ title: string; from_on: string; closed: boolean }>`select title, from_on, closed_at is not null as closed from supervision.survey where company_id = ${scope.company_id} and survey_id = ${survey_id} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  if (rows[0].closed) throw scope.refuse('supervision.survey_closed')
  return rows[0]
}
function where(scope: Scope, f: SurveyFilter, districts: readonly District[]): RawBuilder<SqlBool> {
  const w: RawBuilder<unknown>[] = [sql`p.company_id = ${scope.company_id} and (p.retired_at is null or s.class is not null)`]
  if (f.state) w.push(f.state === 'done' ? sql`s.class is not null` : sql`s.class is null`)
  if (f.class) w.push(sql`s.class = ${f.class}`)
  if (f.district_id) w.push(sql`p.district_id = any(${within(districts, f.district_id)}::uuid[])`)
  if (f.q) w.push(sql`position(${f.q} in p.name) > 0`)
  return sql<SqlBool>`${sql.join(w, sql` and `)}`
}
const FROM = (scope: Scope, f: SurveyFilter): RawBuilder<unknown> => sql`supervision.survey v join supervision.place p on v.company_id = ${scope.company_id} and v.survey_id = ${f.survey_id} and p.company_id = ${scope.company_id} ${RESULT(scope)}`
async function placesOf(scope: Scope, f: SurveyFilter, districts: readonly District[], limit: number, offset = 0): Promise<SurveyPlace[]> {
  const { rows } = await sql<Omit<SurveyPlace, 'district_path'> & { district_id: string }>`select p.place_id, p.name, p.district_id, p.household_count, s.class, s.found, s.on_day, s.made_by_name from ${FROM(scope, f)} where ${where(scope, f, districts)} order by s.class is not null, p.name, p.place_id limit ${limit} offset ${offset}`.execute(scope.db)
  const path = new Map(districts.map((d) => [d.district_id, d.path]))
  return rows.map(({ district_id, ...r }) => ({ ...r, district_path: path.get(district_id) ?? '' }))
}
async function one(scope: Scope, survey_id: string): Promise<SurveyRow> {
  await authorityOf(scope)
  const [survey] = await surveysOf(scope, survey_id)
  if (!survey) throw scope.notFound()
  return survey
}
export const surveyAnswers = [
  answer(supervision.surveys, async (scope) => (await authorityOf(scope), { rows: await surveysOf(scope) })),
  answer(supervision.survey, async (scope, f) => {
    const survey = await one(scope, f.survey_id)
    const districts = await districtsOf(scope)
    const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from ${FROM(scope, f)} where ${where(scope, f, districts)}`.execute(scope.db)
    return { survey, rows: await placesOf(scope, f, districts, f.page_size, (f.page - 1) * f.page_size), total: n[0]!.total }
  }),
  answerFile(supervision.surveyExcel, async (scope, f) => {
    const survey = await one(scope, f.survey_id)
    const rows = await placesOf(scope, f, await districtsOf(scope), EXCEL_MAX + 1)
    if (rows.length > EXCEL_MAX) throw scope.refuse('supervision.too_many_rows', { max: EXCEL_MAX })
    const text = (title: string) => ({ title, kind: 'text' as const })
    const body = await writeSheet({ sheets: [{ name: '排查明细', columns: [text('小区'), text('辖区'), { title: '户数', kind: 'int' }, text('分类'), text('情况'), { title: '排查日', kind: 'day' }, text('登记人')], rows: rows.map((r) => [r.name, r.district_path, r.household_count, r.class ?? '未排查', r.found, r.on_day, r.made_by_name]) }] })
    return { name: `${survey.title}-${scope.today}.xlsx`, type: XLSX, body }
  }),
  answer(supervision.startSurvey, async (scope, o) => {
    await authorityOf(scope)
    if (o.to_on < o.from_on) throw scope.refuse('supervision.days_crossed', { earlier: `起 ${o.from_on}`, later: `止 ${o.to_on}` })
    const survey_id = uuidv7()
    const made = await scope.db.insertInto('supervision.survey').values({ company_id: scope.company_id, survey_id, title: o.title, from_on: o.from_on, to_on: o.to_on, note: o.note || null, made_by_name: scope.who.name, made_at: scope.now, closed_at: null, closed_by_name: null }).onConflict((x) => x.columns(['company_id', 'title']).doNothing()).returning('survey_id').executeTakeFirst()
    if (!made) throw scope.refuse('supervision.survey_taken', { title: o.title })
    scope.note('survey', survey_id, { title: o.title, from_on: o.from_on, to_on: o.to_on })
    return { survey_id }
  }),
  answer(supervision.enterSurvey, async (scope, o) => {
    const v = await surveyToChange(scope, o.survey_id)
    const p = await placeToChange(scope, o.place_id)
    if (o.on_day > scope.today) throw scope.refuse('supervision.day_future', { day: o.on_day })
    if (o.on_day < v.from_on) throw scope.refuse('supervision.days_crossed', { earlier: `排查开始 ${v.from_on}`, later: `排查日 ${o.on_day}` })
    const { classes } = await classesOn(scope, o.on_day)
    if (!classes.some((k) => k.name === o.class)) throw scope.refuse('supervision.class_unknown', { class: o.class, classes: classes.map((k) => k.name).join('、') })
    const surveyed_id = uuidv7()
    await scope.db.insertInto('supervision.surveyed').values({ company_id: scope.company_id, surveyed_id, survey_id: o.survey_id, place_id: o.place_id, class: o.class, found: o.found, on_day: o.on_day, made_by_name: scope.who.name, made_at: scope.now }).execute()
    scope.note('place', o.place_id, { name: p.name, survey: v.title, class: o.class })
    return { surveyed_id }
  }),
  answer(supervision.closeSurvey, async (scope, o) => {
    const v = await surveyToChange(scope, o.survey_id)
    const s = await one(scope, o.survey_id)
    await scope.db.updateTable('supervision.survey').set({ closed_at: scope.now, closed_by_name: scope.who.name }).where('company_id', '=', scope.company_id).where('survey_id', '=', o.survey_id).execute()
    scope.note('survey', o.survey_id, { title: v.title, done: s.done_count, of: s.place_count })
    return { survey_id: o.survey_id, open_count: s.place_count - s.done_count }
  }),
]
