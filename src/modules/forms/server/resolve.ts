// Which layout a paper is printed with: the version in force on the paper's day and published by the paper's instant, so that a reprint of
// years ago looks as the first print did, whatever was published since.
import { readFile } from 'node:fs/promises'
import { sql } from 'kysely'
import type { App } from '../../../kernel/app.ts'
import { pathOf } from '../../../kernel/files.ts'
import { LIMITS } from '../../../kernel/print/index.ts'
import type { Scope } from '../../../kernel/scope.ts'
import type { Design, Paper } from '../contract.ts'
import type { DrawnDesign } from './kinds.ts'

export interface Moment {
  /** Business day and instant of the paper. */
  on: string
  at: string
}
interface Found {
  template_id: string
  version_no: number
  paper: Paper
  design: Design
}

const inForce = (scope: Scope, m: Moment) => sql`join lateral (select v.version_no, v.design, v.from_on from forms.version v
  where v.company_id = ${scope.company_id} and v.template_id = t.template_id and v.from_on <= ${m.on}::date and v.published_at <= ${m.at}::timestamptz order by v.from_on desc, v.published_at desc limit 1) v on true`

/** The template printed without asking: the community's own, else the company's, else null (the built-in form). */
export async function soleForm(app: App, scope: Scope, o: { kind: string; paper: Paper; community_id: string } & Moment): Promise<DrawnDesign | null> {
  const { rows } = await sql<Found>`select t.template_id, t.paper, v.version_no, v.design from forms.template t ${inForce(scope, o)}
    where t.company_id = ${scope.company_id} and t.kind = ${o.kind} and t.paper = ${o.paper} and t.sole and (t.community_id = ${o.community_id} or t.community_id is null) and (t.ended_at is null or t.ended_at > ${o.at}::timestamptz)
    order by t.community_id is null, t.created_at desc limit 1`.execute(scope.db)
  return rows[0] ? drawn(app, scope, rows[0].paper, rows[0].design) : null
}

/** A template chosen by name, in its version of this moment. */
export async function namedForm(app: App, scope: Scope, template_id: string, m: Moment): Promise<(DrawnDesign & { name: string; version_no: number }) | null> {
  const { rows } = await sql<Found & { name: string }>`select t.template_id, t.paper, t.name, v.version_no, v.design from forms.template t ${inForce(scope, m)}
    where t.company_id = ${scope.company_id} and t.template_id = ${template_id}`.execute(scope.db)
  const t = rows[0]
  return t ? { ...(await drawn(app, scope, t.paper, t.design)), name: t.name, version_no: t.version_no } : null
}

/** Templates of a kind that can be chosen for a community today. */
export async function choosable(scope: Scope, o: { kind: string; community_id: string } & Moment): Promise<{ template_id: string; name: string; paper: Paper; version_no: number }[]> {
  const { rows } = await sql<{ template_id: string; name: string; paper: Paper; version_no: number }>`select t.template_id, t.name, t.paper, v.version_no from forms.template t ${inForce(scope, o)}
    where t.company_id = ${scope.company_id} and t.kind = ${o.kind} and (t.community_id = ${o.community_id} or t.community_id is null) and t.ended_at is null order by t.community_id is null, t.name limit 50`.execute(scope.db)
  return rows
}

/** A design with its pictures in hand; null for a file that is none of the company's, or no picture. */
export async function picture(app: App, scope: Scope, file_id: string | null): Promise<Buffer | null> {
  if (file_id === null) return null
  const f = await scope.db.selectFrom('kernel.file').select(['sha256', 'type', 'size_bytes']).where('company_id', '=', scope.company_id).where('file_id', '=', file_id).where('purpose', '=', 'picture').executeTakeFirst()
  if (!f || !['image/png', 'image/jpeg'].includes(f.type) || f.size_bytes > LIMITS.seal_bytes) return null
  return readFile(pathOf(app.data_dir, f.sha256)).catch(() => null)
}
export async function drawn(app: App, scope: Scope, paper: Paper, d: Design): Promise<DrawnDesign> {
  const { logo_file_id, seal_file_id, paragraphs, pay_ways, ...rest } = d
  return { paper, print: { ...rest, paper, logo: await picture(app, scope, logo_file_id), seal: await picture(app, scope, seal_file_id) }, paragraphs, pay_ways }
}

/** Fills {params}; what is unknown was refused when it was written. */
export const filled = (text: string, params: Record<string, string>): string => text.replace(/\{(\w+)\}/g, (_, key: string) => params[key] ?? '')
