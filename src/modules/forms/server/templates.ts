// Templates, their drafts and versions. A version is added and never changed; a draft is one a template and frozen while it is asked for.
import { sql } from 'kysely'
import { z } from 'zod'
import { answer, type App } from '../../../kernel/app.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import { Day, Id } from '../../../kernel/shapes.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { approvalKind, askApproval, settingOn, type ApprovalKind, type CommunityNames } from '../../system/server/index.ts'
import { forms, type Design, type Paper, type TemplateRow } from '../contract.ts'
import { words } from '../words.ts'
import { mayChangeFor, templateToChange, templatesSeenBy, type TemplateHead } from './access.ts'
import { tried } from './check.ts'
import { designOf, publishing, type FormKind } from './kinds.ts'

const LIST_MAX = 500
const VERSIONS_SHOWN = 100
const PAPER = words.states!['paper']!
export type FormKinds = ReadonlyMap<string, FormKind>

const Payload = z.object({ template_id: Id, from_on: Day })
/** The second person's yes. */
export const formApprovals: readonly ApprovalKind[] = [
  approvalKind<z.output<typeof Payload>>({
    kind: 'forms.publish', zh: '单据版式发布', may: 'forms.template.publish', has_amount: false, payload: Payload,
    page: (a) => `/forms/templates/${a.payload.template_id}`,
    facts: async (scope, a) => {
      const d = await draftOf(scope, a.payload.template_id)
      return [{ label: '生效日', value: a.payload.from_on }, ...(d?.note ? [{ label: '修改说明', value: d.note }] : [])]
    },
    agreed: async (scope, a) => void (await addVersion(scope, a.payload.template_id, a.payload.from_on < scope.today ? scope.today : a.payload.from_on)),
    dropped: async (scope, a) => void (await scope.db.updateTable('forms.draft').set({ asked_at: null }).where('company_id', '=', scope.company_id).where('template_id', '=', a.payload.template_id).execute()),
  }),
]

const draftOf = (scope: Scope, template_id: string) => scope.db.selectFrom('forms.draft').selectAll().where('company_id', '=', scope.company_id).where('template_id', '=', template_id).executeTakeFirst()

async function addVersion(scope: Scope, template_id: string, from_on: string): Promise<number> {
  const c = scope.company_id
  await sql`select 1 from forms.template where company_id = ${c} and template_id = ${template_id} for update`.execute(scope.db)
  const d = await draftOf(scope, template_id)
  if (!d) throw scope.refuse('forms.no_draft')
  const { rows } = await sql<{ version_no: number }>`insert into forms.version (company_id, template_id, version_no, design, note, from_on, made_by_name, published_by, published_by_name, published_at)
    select ${c}, ${template_id}, coalesce((select max(version_no) from forms.version where company_id = ${c} and template_id = ${template_id}), 0) + 1, d.design, d.note, ${from_on}::date, d.made_by_name, ${scope.who.account_id}, ${scope.who.name}, ${scope.now}
    from forms.draft d where d.company_id = ${c} and d.template_id = ${template_id} returning version_no`.execute(scope.db)
  await scope.db.deleteFrom('forms.draft').where('company_id', '=', c).where('template_id', '=', template_id).execute()
  scope.note('form_template', template_id, { published: rows[0]!.version_no, from_on })
  return rows[0]!.version_no
}

type Read = Omit<TemplateRow, 'kind_zh' | 'community_name'>
const readColumns = (scope: Scope) => sql`t.template_id, t.kind, t.paper, t.community_id, t.name, v.version_no, v.from_on,
  case when t.ended_at is not null then 'ended' when v.version_no is not null then 'live' when exists (select from forms.version x where x.company_id = ${scope.company_id} and x.template_id = t.template_id) then 'coming' else 'none' end as state,
  case when d.template_id is null then 'none' when d.asked_at is null then 'open' else 'asked' end as draft, t.created_by_name, t.created_at`
const readFrom = (scope: Scope) => sql`forms.template t
  left join lateral (select v.version_no, v.from_on from forms.version v where v.company_id = ${scope.company_id} and v.template_id = t.template_id and v.from_on <= ${scope.today}::date order by v.from_on desc, v.published_at desc limit 1) v on true
  left join forms.draft d on d.company_id = ${scope.company_id} and d.template_id = t.template_id`

async function dressed(scope: Scope, kinds: FormKinds, names: CommunityNames, rows: Read[]): Promise<TemplateRow[]> {
  const known = await names(scope, [...new Set(rows.flatMap((r) => (r.community_id ? [r.community_id] : [])))])
  return rows.map((r) => ({ ...r, kind_zh: kinds.get(r.kind)?.zh ?? r.kind, community_name: r.community_id ? (known.get(r.community_id) ?? null) : null }))
}

export const templateReads = (kinds: FormKinds, names: CommunityNames) => [
  answer(forms.kinds, async (scope) => ({
    rows: [...kinds.values()].map((k) => ({
      kind: k.kind, zh: k.zh, note: k.note, params: [...k.params],
      papers: (Object.entries(k.papers) as [Paper, Parameters<typeof designOf>[0]][]).map(([paper, built]) => ({ paper, design: designOf(built) })),
      columns: k.columns.map((p) => ({ key: p.key, zh: p.zh, must: p.must ?? false })), blocks: k.blocks.map((p) => ({ key: p.key, zh: p.zh, must: p.must ?? false })),
    })),
    second_person: (await settingOn(scope, publishing, null, scope.today)) === publishing.otherwise,
  })),
  answer(forms.templates, async (scope, f) => {
    const { rows } = await sql<Read>`select ${readColumns(scope)} from ${readFrom(scope)} where t.company_id = ${scope.company_id} and ${templatesSeenBy(scope)}
      ${f.kind ? sql`and t.kind = ${f.kind}` : sql``} ${f.community_id ? sql`and (t.community_id = ${f.community_id} or t.community_id is null)` : sql``} ${f.with_ended ? sql`` : sql`and t.ended_at is null`}
      order by t.kind, t.community_id nulls first, t.paper, t.created_at limit ${LIST_MAX}`.execute(scope.db)
    return { rows: await dressed(scope, kinds, names, rows) }
  }),
  answer(forms.template, async (scope, { template_id }) => {
    const c = scope.company_id
    const { rows } = await sql<Read>`select ${readColumns(scope)} from ${readFrom(scope)} where t.company_id = ${c} and t.template_id = ${template_id} and ${templatesSeenBy(scope)}`.execute(scope.db)
    const [row] = await dressed(scope, kinds, names, rows)
    if (!row) throw scope.notFound()
    const versions = await scope.db.selectFrom('forms.version').select(['version_no', 'from_on', 'note', 'made_by_name', 'published_by_name', 'published_at', 'design']).where('company_id', '=', c).where('template_id', '=', template_id).orderBy('version_no', 'desc').limit(VERSIONS_SHOWN).execute()
    const d = await draftOf(scope, template_id)
    return { ...row, versions: versions.map((v) => ({ ...v, design: v.design as Design })), draft_design: (d?.design as Design | undefined) ?? null, draft_note: d?.note ?? null, draft_by_name: d?.made_by_name ?? null }
  }),
]

async function saveDraft(scope: Scope, t: TemplateHead, design: Design, note: string | null): Promise<void> {
  if (t.ended_at) throw scope.refuse('forms.ended')
  const kept = await draftOf(scope, t.template_id)
  if (kept?.asked_at) throw scope.refuse('forms.asked')
  const row = { design: JSON.stringify(design), note, made_by: scope.who.account_id!, made_by_name: scope.who.name, made_at: scope.now }
  await scope.db.insertInto('forms.draft').values({ company_id: scope.company_id, template_id: t.template_id, ...row }).onConflict((o) => o.columns(['company_id', 'template_id']).doUpdateSet(row)).execute()
  scope.note('form_template', t.template_id, { name: t.name, draft: true, ...(note ? { note } : {}) })
}

export const templateWrites = (app: () => App, kinds: FormKinds, names: CommunityNames) => [
  answer(forms.addTemplate, async (scope, o) => {
    mayChangeFor(scope, o.community_id)
    const known = o.community_id ? await names(scope, [o.community_id]) : null
    if (known && !known.has(o.community_id!)) throw scope.notFound()
    const kind = kinds.get(o.kind)
    const built = kind?.papers[o.paper]
    if (!kind || !built) throw scope.refuse('forms.paper_unknown', { zh: kind?.zh ?? o.kind })
    const c = scope.company_id
    const place = o.community_id ? `小区「${known!.get(o.community_id)}」` : '全公司'
    const row = { company_id: c, template_id: uuidv7(), kind: kind.kind, paper: o.paper, community_id: o.community_id, name: o.name, sole: kind.sole, created_by: scope.who.account_id!, created_by_name: scope.who.name, created_at: scope.now }
    const made = await scope.db.insertInto('forms.template').values(row).onConflict((x) => x.doNothing()).returning('template_id').executeTakeFirst()
    if (!made) {
      const other = kind.sole ? await sql<{ name: string }>`select name from forms.template where company_id = ${c} and kind = ${kind.kind} and paper = ${o.paper} and community_id is not distinct from ${o.community_id}::uuid and ended_at is null`.execute(scope.db) : null
      if (other?.rows[0]) throw scope.refuse('forms.one_only', { place, zh: kind.zh, paper: PAPER[o.paper]!, name: other.rows[0].name })
      throw scope.refuse('forms.name_taken', { place, name: o.name })
    }
    await saveDraft(scope, { ...row, ended_at: null }, designOf(built), null)
    return { template_id: row.template_id }
  }),
  answer(forms.saveDraft, async (scope, o) => {
    const t = await templateToChange(scope, o.template_id)
    await tried(app(), scope, kinds.get(t.kind)!, t.paper as Paper, o.design, null)
    await saveDraft(scope, t, o.design, o.note || null)
    return { template_id: t.template_id }
  }),
  answer(forms.dropDraft, async (scope, { template_id }) => {
    await templateToChange(scope, template_id)
    const d = await draftOf(scope, template_id)
    if (!d) throw scope.refuse('forms.no_draft')
    if (d.asked_at) throw scope.refuse('forms.asked')
    await scope.db.deleteFrom('forms.draft').where('company_id', '=', scope.company_id).where('template_id', '=', template_id).execute()
    scope.note('form_template', template_id, { draft: false })
    return { template_id }
  }),
  answer(forms.restoreVersion, async (scope, { template_id, version_no }) => {
    const t = await templateToChange(scope, template_id)
    const v = await scope.db.selectFrom('forms.version').select('design').where('company_id', '=', scope.company_id).where('template_id', '=', template_id).where('version_no', '=', version_no).executeTakeFirst()
    if (!v) throw scope.notFound()
    await saveDraft(scope, t, v.design as Design, `恢复第 ${version_no} 版`)
    return { template_id }
  }),
  answer(forms.publish, async (scope, o) => {
    const t = await templateToChange(scope, o.template_id)
    if (t.ended_at) throw scope.refuse('forms.ended')
    const d = await draftOf(scope, t.template_id)
    if (!d) throw scope.refuse('forms.no_draft')
    if (d.asked_at) throw scope.refuse('forms.asked')
    if (o.from_on < scope.today) throw scope.refuse('forms.in_past', { today: scope.today })
    const kind = kinds.get(t.kind)!
    await tried(app(), scope, kind, t.paper as Paper, d.design as Design, null)
    if ((await settingOn(scope, publishing, t.community_id, scope.today)) !== publishing.otherwise) return { version_no: await addVersion(scope, t.template_id, o.from_on), approval_id: null }
    await scope.db.updateTable('forms.draft').set({ asked_at: scope.now }).where('company_id', '=', scope.company_id).where('template_id', '=', t.template_id).execute()
    const title = `${kind.zh} ${PAPER[t.paper]} 版式「${t.name}」自 ${o.from_on} 起使用`
    const asked = await askApproval(scope, formApprovals[0] as ApprovalKind<z.output<typeof Payload>>, { subject_type: 'form_template', subject_id: t.template_id, community_id: t.community_id, title, amount_fen: null, payload: { template_id: t.template_id, from_on: o.from_on }, reason: o.reason || d.note || '修改单据版式' })
    return { version_no: null, approval_id: asked.approval_id }
  }),
  answer(forms.endTemplate, async (scope, { template_id }) => {
    const t = await templateToChange(scope, template_id)
    if (t.ended_at) throw scope.refuse('forms.ended')
    if ((await draftOf(scope, template_id))?.asked_at) throw scope.refuse('forms.asked')
    await scope.db.updateTable('forms.template').set({ ended_at: scope.now, ended_by_name: scope.who.name }).where('company_id', '=', scope.company_id).where('template_id', '=', template_id).execute()
    await scope.db.deleteFrom('forms.draft').where('company_id', '=', scope.company_id).where('template_id', '=', template_id).execute()
    scope.note('form_template', template_id, { ended: true })
    return { template_id }
  }),
]
