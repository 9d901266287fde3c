// Texts and quiet hours as dated data: seen before they are saved, and every version kept.
import { sql } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { messages, type TemplateRow } from '../contract.ts'
import { wholeCompany } from './access.ts'
import { allTemplates, checkTexts, previewOf, templateOf, type Template, type Texts } from './templates.ts'

const VERSIONS_MAX = 100
const signOf = async (scope: Scope): Promise<string> => (await sql<{ sign: string }>`select short_name as sign from identity.company where company_id = ${scope.company_id}`.execute(scope.db)).rows[0]!.sign
const reworded = (t: Template): boolean => t.secret !== true

function worded(scope: Scope, code: string): Template {
  const t = allTemplates().find((x) => x.code === code && reworded(x))
  if (!t) throw scope.notFound()
  return t
}

const templates = answer(messages.templates, async (scope) => {
  wholeCompany(scope)
  const { rows } = await sql<Texts & { template: string; from_at: string; created_by_name: string }>`select distinct on (template) template, title, app_text, sms_text, from_at, created_by_name from messages.template_text
    where company_id = ${scope.company_id} order by template, from_at desc`.execute(scope.db)
  const own = new Map(rows.map((r) => [r.template, r]))
  const sign = await signOf(scope)
  return {
    rows: allTemplates().filter(reworded).map((t): TemplateRow => {
      const mine = own.get(t.code)
      const texts = mine ?? t
      return {
        template: t.code, zh: t.zh, category: t.category, title: texts.title, app_text: texts.app_text, sms_text: texts.sms_text, params: [{ key: 'sign', zh: '公司简称(短信签名)', example: sign }, ...t.params],
        own: mine !== undefined, from_at: mine?.from_at ?? null, created_by_name: mine?.created_by_name ?? null, preview: previewOf(t, texts, sign),
      }
    }),
  }
})

export const templateAnswers = [
  templates,
  answer(messages.previewTemplate, async (scope, { template, ...texts }) => {
    wholeCompany(scope)
    const t = worded(scope, template)
    checkTexts(t, texts)
    return previewOf(t, texts, await signOf(scope))
  }),
  answer(messages.saveTemplate, async (scope, { template, title, app_text, sms_text }) => {
    wholeCompany(scope)
    checkTexts(worded(scope, template), { title, app_text, sms_text })
    await scope.db
      .insertInto('messages.template_text')
      .values({ company_id: scope.company_id, template_text_id: uuidv7(), template, title, app_text, sms_text, from_at: scope.now, created_by: scope.who.account_id!, created_by_name: scope.who.name })
      .execute()
    scope.note('template', template, { title, app_text, sms_text })
    return { template }
  }),
  answer(messages.templateVersions, async (scope, { template }) => {
    wholeCompany(scope)
    templateOf(worded(scope, template).code)
    const rows = await scope.db.selectFrom('messages.template_text').select(['title', 'app_text', 'sms_text', 'from_at', 'created_by_name']).where('company_id', '=', scope.company_id).where('template', '=', template).orderBy('from_at', 'desc').limit(VERSIONS_MAX).execute()
    return { rows }
  }),
  answer(messages.quietHours, async (scope) => {
    wholeCompany(scope)
    const rows = await scope.db.selectFrom('messages.quiet').select(['from_on', 'quiet_from', 'quiet_to']).where('company_id', '=', scope.company_id).orderBy('from_on', 'desc').limit(VERSIONS_MAX).execute()
    const now = rows.find((r) => r.from_on <= scope.today)
    return { rows: rows.map((r) => ({ ...r, now: r === now })) }
  }),
  answer(messages.saveQuietHours, async (scope, { from_on, quiet_from, quiet_to }) => {
    wholeCompany(scope)
    if (from_on < scope.today) throw scope.refuse('messages.from_past', { today: scope.today })
    await sql`insert into messages.quiet (company_id, from_on, quiet_from, quiet_to, created_by, created_at) values (${scope.company_id}, ${from_on}::date, ${quiet_from}, ${quiet_to}, ${scope.who.account_id}, ${scope.now})
      on conflict (company_id, from_on) do update set quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, created_by = excluded.created_by, created_at = excluded.created_at`.execute(scope.db)
    scope.note('quiet_hours', from_on, { quiet_from, quiet_to })
    return { from_on }
  }),
]
