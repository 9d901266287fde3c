// The list of a survey for the telephone: numbers masked, shown one by one with a line in the audit; a reminder once a day.
import { sql } from 'kysely'
import { answer, answerFile } from '../../../kernel/app.ts'
import { XLSX, writeSheet } from '../../../kernel/sheet/index.ts'
import { masked } from '../../people/server/index.ts'
import { communityToChange } from '../../property/server/index.ts'
import { care } from '../contract.ts'
import { words } from '../words.ts'
import { PERSON, conditions, rowsOf, tell } from './survey_tell.ts'
import { surveyOf } from './surveys.ts'

const EXCEL_MAX = 20_000
export const surveyHouseAnswers = [
  answer(care.surveyHouses, async (scope, f) => {
    const v = await surveyOf(scope, f.survey_id)
    const rows = await rowsOf(scope, { ...f, survey_id: v.survey_id }, { limit: f.page_size, offset: (f.page - 1) * f.page_size })
    const counted = await sql<{ n: number }>`select count(*)::int as n from care.survey_house s where s.company_id = ${scope.company_id} and ${conditions(f)}`.execute(scope.db)
    return { rows: rows.map(({ phone, ...r }) => ({ ...r, phone_masked: masked(phone) })), total: counted.rows[0]!.n }
  }),
  answer(care.remindSurvey, async (scope, { survey_id }) => {
    const v = await surveyOf(scope, survey_id, { lock: true })
    await communityToChange(scope, v.community_id)
    if (v.state !== 'open' || scope.today < v.opens_on || scope.today > v.closes_on) throw scope.refuse('care.survey_closed')
    const told_count = await tell(scope, v, scope.today)
    scope.note('survey', survey_id, { title: v.title, reminded: told_count })
    return { told_count }
  }),
  answer(care.revealSurveyPhone, async (scope, { survey_id, house_id }) => {
    const v = await surveyOf(scope, survey_id)
    const { rows } = await sql<{ label: string; phone: string | null }>`select h.label, p.phone from care.survey_house s join property.house h on h.company_id = ${scope.company_id} and h.house_id = s.house_id ${PERSON(scope)} where s.company_id = ${scope.company_id} and s.survey_id = ${survey_id} and s.house_id = ${house_id}`.execute(scope.db)
    if (!rows[0]) throw scope.notFound()
    scope.note('survey', survey_id, { title: v.title, house: rows[0].label, revealed: 'phone' })
    return { phone: rows[0].phone }
  }),
  answerFile(care.surveyHousesExcel, async (scope, f) => {
    const v = await surveyOf(scope, f.survey_id)
    const rows = await rowsOf(scope, f, { limit: EXCEL_MAX, offset: 0 })
    const said = (code: string | null): string => (code ? (words.states!['last_call']?.[code] ?? code) : '')
    const body = await writeSheet({ sheets: [{ name: '调查名单', columns: [...['楼栋', '房号', '住户', '电话', '答卷', '上次联系'].map((title) => ({ title, kind: 'text' as const })), { title: '联系次数', kind: 'int' as const }], rows: rows.map((r) => [r.building, r.label, r.name, masked(r.phone), r.answered ? '已答' : '', said(r.last_call), r.call_count]) }] })
    return { name: `${v.title}_名单_${scope.today}.xlsx`, type: XLSX, body }
  }),
]
