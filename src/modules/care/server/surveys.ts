// Surveys: written, drawn, answered. Of an anonymous one the reply has no house, no hour and no sender, and its key says no time either.
import { randomUUID } from 'node:crypto'
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { houseOfResident, housesOfResident } from '../../people/server/index.ts'
import { communitiesSeenBy, communityToChange } from '../../property/server/index.ts'
import { care, type Question, type SurveyFull, type SurveyRow } from '../contract.ts'
import { and } from './list.ts'
import { FEW, checkReply, drawn, questionFault } from './rules/survey.ts'
import { rate } from './stats.ts'
import { tellDrawn } from './survey_tell.ts'

/** Households of one survey at most: a community of 10,000. */
const HOUSES_MAX = 20_000
export interface SurveyCore {
  survey_id: string
  community_id: string
  title: string
  questions: Question[]
  unnamed: boolean
  goal_percent: number
  state: 'draft' | 'open' | 'closed'
  opens_on: string
  closes_on: string
  building_ids: string[]
  sample_way: 'percent' | 'number'
  sample_size: number
  seed: string
  previous_id: string | null
}
const seen = (scope: Scope, permission?: string): RawBuilder<SqlBool> => communitiesSeenBy(scope, { alias: 'v', ...(permission ? { permission } : {}) })
export async function surveyOf(scope: Scope, survey_id: string, o: { lock?: boolean; rule?: RawBuilder<SqlBool> } = {}): Promise<SurveyCore> {
  const { rows } = await sql<SurveyCore>`select v.survey_id, v.community_id, v.title, v.questions, v.unnamed, v.goal_percent, v.state, v.opens_on, v.closes_on, v.building_ids, v.sample_way, v.sample_size, v.seed, v.previous_id from care.survey v where v.company_id = ${scope.company_id} and v.survey_id = ${survey_id} and ${o.rule ?? seen(scope)} ${o.lock ? sql`for update` : sql``}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return rows[0]
}

/** While an anonymous survey runs its answers are not shown: the list says who has answered, and the difference before and after would say what. */
export const veiled = (scope: Scope, v: { unnamed: boolean; state: string; closes_on: string }): boolean => v.unnamed && v.state !== 'closed' && scope.today <= v.closes_on

/** Satisfied among answers on the scale: a reply with three such questions counts three times. Speaks of `r` and `v`. */
export const SCALE = sql`lateral (select count(*)::int as n, (count(*) filter (where (r.answers->>(q->>'key'))::int >= 4))::int as good from jsonb_array_elements(v.questions) q where q->>'kind' = 'scale' and r.answers ? (q->>'key')) z`
const ROW = (scope: Scope) => sql`v.survey_id, v.title, v.community_id, c.name as community_name, v.state, v.unnamed, v.opens_on, v.closes_on, v.goal_percent,
  (select count(*)::int from care.survey_house h where h.company_id = ${scope.company_id} and h.survey_id = v.survey_id) as sampled_count,
  (select jsonb_build_object('replies', count(*)::int, 'n', coalesce(sum(z.n), 0)::int, 'good', coalesce(sum(z.good), 0)::int) from care.survey_reply r, ${SCALE} where r.company_id = ${scope.company_id} and r.survey_id = v.survey_id) as sums`
type Raw = Omit<SurveyRow, 'reply_count' | 'response_bp' | 'satisfied_bp'> & { sums: { replies: number; n: number; good: number } }
const shown = <R extends Raw>(scope: Scope, { sums, ...r }: R) => ({ ...r, reply_count: sums.replies, response_bp: rate(sums.replies, r.sampled_count), satisfied_bp: veiled(scope, r) || (r.unnamed && sums.replies < FEW) ? null : rate(sums.good, sums.n) })

const surveys = answer(care.surveys, async (scope, f) => {
  const where = and([seen(scope), ...(f.community_id ? [sql`v.community_id = ${f.community_id}`] : [])])
  const [{ rows }, counted] = await Promise.all([
    sql<Raw>`with page as materialized (select v.* from care.survey v where v.company_id = ${scope.company_id} and ${where} order by v.created_at desc, v.survey_id limit ${f.page_size} offset ${(f.page - 1) * f.page_size}) select ${ROW(scope)} from page v join property.community c on c.company_id = ${scope.company_id} and c.community_id = v.community_id order by v.created_at desc, v.survey_id`.execute(scope.db),
    sql<{ n: number }>`select count(*)::int as n from care.survey v where v.company_id = ${scope.company_id} and ${where}`.execute(scope.db),
  ])
  return { rows: rows.map((r) => shown(scope, r)), total: counted.rows[0]!.n }
})
const survey = answer(care.survey, async (scope, { survey_id }): Promise<SurveyFull> => {
  const { rows } = await sql<Raw & Omit<SurveyFull, keyof SurveyRow>>`select ${ROW(scope)}, v.intro, v.questions, v.building_ids, v.sample_way, v.sample_size, v.seed, v.previous_id, (select p.title from care.survey p where p.company_id = ${scope.company_id} and p.survey_id = v.previous_id) as previous_title
    from care.survey v join property.community c on c.company_id = ${scope.company_id} and c.community_id = v.community_id where v.company_id = ${scope.company_id} and v.survey_id = ${survey_id} and ${seen(scope)}`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  return shown(scope, rows[0])
})

const saveSurvey = answer(care.saveSurvey, async (scope, { request_id: _r, dry_run: _d, survey_id: given, ...o }) => {
  await communityToChange(scope, o.community_id)
  if (o.closes_on < o.opens_on) throw scope.refuse('care.days_reversed')
  const fault = questionFault(o.questions)
  if (fault) throw scope.refuse('care.form_fields', { fault })
  if (o.sample_way === 'percent' && o.sample_size > 100) throw scope.refuse('care.survey_sample')
  if (given && (await surveyOf(scope, given, { lock: true })).state !== 'draft') throw scope.refuse('care.survey_begun')
  if (o.previous_id && (await surveyOf(scope, o.previous_id)).community_id !== o.community_id) throw scope.notFound()
  const survey_id = given ?? uuidv7()
  const { questions, building_ids, ...plain } = o
  const values = { ...plain, questions: JSON.stringify(questions), building_ids }
  await scope.db.insertInto('care.survey').values({ company_id: scope.company_id, survey_id, ...values, seed: randomUUID(), state: 'draft', created_by: scope.who.account_id!, created_at: scope.now }).onConflict((x) => x.columns(['company_id', 'survey_id']).doUpdateSet(values)).execute()
  scope.note('survey', survey_id, { title: o.title })
  return { survey_id }
})
const openSurvey = answer(care.openSurvey, async (scope, { survey_id }) => {
  const v = await surveyOf(scope, survey_id, { lock: true })
  await communityToChange(scope, v.community_id)
  if (v.state !== 'draft') throw scope.refuse('care.survey_begun')
  const { rows } = await sql<{ house_id: string; building_id: string }>`select h.house_id, h.building_id from property.house h where h.company_id = ${scope.company_id} and h.community_id = ${v.community_id} and h.kind = 'dwelling' and h.state in ('lived_in','let') and (cardinality(${v.building_ids}::uuid[]) = 0 or h.building_id = any(${v.building_ids}::uuid[])) order by h.house_id limit ${HOUSES_MAX}`.execute(scope.db)
  const picked = drawn(rows, { seed: v.seed, way: v.sample_way, size: v.sample_size })
  if (picked.length === 0) throw scope.refuse('care.survey_nobody')
  await sql`with picked as (insert into care.survey_house (company_id, survey_id, house_id, building_id) select ${scope.company_id}, ${survey_id}, h.house_id, h.building_id from property.house h where h.company_id = ${scope.company_id} and h.house_id = any(${picked}::uuid[]))
    update care.survey set state = 'open', opened_at = ${scope.now} where company_id = ${scope.company_id} and survey_id = ${survey_id}`.execute(scope.db)
  scope.note('survey', survey_id, { title: v.title, sampled: picked.length, seed: v.seed })
  await tellDrawn(scope, survey_id)
  return { survey_id, sampled_count: picked.length }
})
const closeSurvey = answer(care.closeSurvey, async (scope, { survey_id }) => {
  const v = await surveyOf(scope, survey_id, { lock: true })
  await communityToChange(scope, v.community_id)
  if (v.state !== 'open') throw scope.refuse('care.survey_closed')
  await sql`update care.survey set state = 'closed', closed_at = ${scope.now} where company_id = ${scope.company_id} and survey_id = ${survey_id}`.execute(scope.db)
  scope.note('survey', survey_id, { title: v.title, closed: true })
  return { survey_id }
})

const removeSurvey = answer(care.removeSurvey, async (scope, { survey_id }) => {
  const v = await surveyOf(scope, survey_id, { lock: true })
  await communityToChange(scope, v.community_id)
  if (v.state !== 'draft') throw scope.refuse('care.survey_begun')
  const { rows } = await sql<{ title: string }>`select title from care.survey where company_id = ${scope.company_id} and previous_id = ${survey_id} limit 1`.execute(scope.db)
  if (rows[0]) throw scope.refuse('care.survey_compared', { title: rows[0].title })
  await sql`delete from care.survey where company_id = ${scope.company_id} and survey_id = ${survey_id} and state = 'draft'`.execute(scope.db)
  scope.note('survey', survey_id, { title: v.title, removed: true })
  return { survey_id }
})

/** The household's row is locked: of two replies of one household one counts. */
async function reply(scope: Scope, v: SurveyCore, house_id: string, way: 'app' | 'phone' | 'paper', answers: readonly { key: string; value: string }[]): Promise<{ survey_id: string }> {
  // The marked road for the marked survey, and no other: else what should name nobody would.
  if (scope.unnamed !== v.unnamed) throw scope.refuse('care.survey_kind')
  if (v.state !== 'open' || scope.today < v.opens_on || scope.today > v.closes_on) throw scope.refuse('care.survey_closed')
  const { rows } = await sql<{ building_id: string; answered: boolean }>`select building_id, answered from care.survey_house where company_id = ${scope.company_id} and survey_id = ${v.survey_id} and house_id = ${house_id} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  if (rows[0].answered) throw scope.refuse('care.survey_answered')
  const checked = checkReply(v.questions, answers)
  if ('wrong' in checked) throw scope.refuse('care.survey_question', checked.wrong)
  await sql`with told as (update care.survey_house set answered = true where company_id = ${scope.company_id} and survey_id = ${v.survey_id} and house_id = ${house_id})
    insert into care.survey_reply (company_id, reply_id, survey_id, building_id, house_id, way, answers, entered_by, replied_on) values (${scope.company_id}, ${v.unnamed ? randomUUID() : uuidv7()}, ${v.survey_id}, ${rows[0].building_id}, ${v.unnamed ? null : house_id}::uuid, ${way}, ${JSON.stringify(checked.filled)}::jsonb, ${v.unnamed || way === 'app' ? null : scope.who.account_id}::uuid, ${scope.today})`.execute(scope.db)
  if (!v.unnamed) scope.note('survey', v.survey_id, { title: v.title, way })
  return { survey_id: v.survey_id }
}
const asked = async (scope: Scope, i: { survey_id: string; house_id: string; way: 'phone' | 'paper'; answers: { key: string; value: string }[] }) => reply(scope, await surveyOf(scope, i.survey_id), i.house_id, i.way, i.answers)
async function own(scope: Scope, i: { survey_id: string; house_id: string; answers: { key: string; value: string }[] }) {
  await houseOfResident(scope, i.house_id)
  return reply(scope, await surveyOf(scope, i.survey_id, { rule: sql<SqlBool>`exists (select from care.survey_house h where h.company_id = ${scope.company_id} and h.survey_id = v.survey_id and h.house_id = ${i.house_id})` }), i.house_id, 'app', i.answers)
}

const noteSurveyCall = answer(care.noteSurveyCall, async (scope, i) => {
  const v = await surveyOf(scope, i.survey_id)
  if (v.state !== 'open') throw scope.refuse('care.survey_closed')
  const { rows } = await sql<{ answered: boolean }>`select answered from care.survey_house where company_id = ${scope.company_id} and survey_id = ${i.survey_id} and house_id = ${i.house_id} for update`.execute(scope.db)
  if (!rows[0]) throw scope.notFound()
  if (rows[0].answered) throw scope.refuse('care.survey_answered')
  await sql`update care.survey_house set call_count = call_count + 1, last_call = ${i.last_call} where company_id = ${scope.company_id} and survey_id = ${i.survey_id} and house_id = ${i.house_id}`.execute(scope.db)
  return { survey_id: i.survey_id }
})
const mySurveys = answer(care.mySurveys, async (scope) => {
  const houses = (await housesOfResident(scope)).map((h) => h.house_id)
  const { rows } = await sql<{ survey_id: string; title: string; intro: string; unnamed: boolean; closes_on: string; house_id: string; label: string; questions: Question[] }>`select v.survey_id, v.title, v.intro, v.unnamed, v.closes_on, s.house_id, h.label, v.questions from care.survey_house s join care.survey v on v.company_id = ${scope.company_id} and v.survey_id = s.survey_id join property.house h on h.company_id = ${scope.company_id} and h.house_id = s.house_id
    where s.company_id = ${scope.company_id} and s.house_id = any(${houses}::uuid[]) and not s.answered and v.state = 'open' and v.opens_on <= ${scope.today}::date and v.closes_on >= ${scope.today}::date order by v.closes_on, v.survey_id limit 20`.execute(scope.db)
  return { rows }
})
/** What nobody ended ends with its last day. */
export async function closeSurveys(scope: Scope): Promise<number> {
  const { rows } = await sql<{ survey_id: string; title: string }>`update care.survey set state = 'closed', closed_at = ${scope.now} where company_id = ${scope.company_id} and state = 'open' and closes_on < ${scope.today}::date returning survey_id, title`.execute(scope.db)
  for (const v of rows) scope.note('survey', v.survey_id, { title: v.title, closed: true })
  return rows.length
}
export const surveyAnswers = [
  surveys, survey, saveSurvey, openSurvey, removeSurvey, closeSurvey, noteSurveyCall, mySurveys,
  answer(care.saveReply, asked), answer(care.saveReplyUnnamed, asked), answer(care.answerSurvey, own), answer(care.answerSurveyUnnamed, own),
]
