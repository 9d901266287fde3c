// Notices at the desk: the list, one of them, and its draft.
import { sql, type RawBuilder, type SqlBool } from 'kysely'
import { answer } from '../../../kernel/app.ts'
import { addDays } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { settingOn } from '../../system/server/index.ts'
import { community, type NoticeDetail, type NoticeRow } from '../contract.ts'
import { checkTargets, noticeToChange, noticeToRead, noticesSeenBy } from './access.ts'
import { countAudience } from './audience.ts'
import { checkDays } from './publish.ts'
import { STATE, noticeRows, targetNames } from './rows.ts'
import { publishing } from './settings.ts'

const notices = answer(community.notices, async (scope, f) => {
  const p: RawBuilder<unknown>[] = [sql`n.company_id = ${scope.company_id}`, noticesSeenBy(scope)]
  if (f.community_id) p.push(sql`n.community_id = ${f.community_id}`)
  if (f.kind_id) p.push(sql`n.kind_id = ${f.kind_id}`)
  if (f.state) p.push(sql`${STATE(scope)} = ${f.state}`)
  if (f.from_on) p.push(sql`n.published_at >= ${`${f.from_on}T00:00:00+08:00`}::timestamptz`)
  if (f.to_on) p.push(sql`n.published_at < ${`${addDays(f.to_on, 1)}T00:00:00+08:00`}::timestamptz`)
  if (f.q) p.push(sql`(n.no = upper(${f.q}) or position(lower(${f.q}) in lower(n.title)) > 0)`)
  const cond = sql<SqlBool>`${sql.join(p, sql` and `)}`
  const rows = await noticeRows(scope, cond, { limit: f.page_size, offset: (f.page - 1) * f.page_size })
  const { rows: n } = await sql<{ total: number }>`select count(*)::int as total from community.notice n where ${cond}`.execute(scope.db)
  return { rows, total: n[0]!.total }
})
const other = (c: number, where: RawBuilder<SqlBool>) => sql`(select jsonb_build_object('notice_id', x.notice_id, 'no', x.no, 'title', x.title) from community.notice x where x.company_id = ${c} and ${where} limit 1)`
/** The notice that stands for `n` now: published and not withdrawn. */
export const REPLACED_BY = (c: number) => other(c, sql<SqlBool>`x.replaces_id = n.notice_id and x.state in ('published', 'replaced')`)
export const REPLACES = (c: number) => other(c, sql<SqlBool>`x.notice_id = n.replaces_id`)
export const FILES = (c: number) => sql`coalesce((select jsonb_agg(jsonb_build_object('file_id', f.file_id, 'name', f.name, 'picture', f.picture) order by f.sort_no) from community.notice_file f where f.company_id = ${c} and f.notice_id = n.notice_id), '[]'::jsonb)`
type More = Omit<NoticeDetail, keyof NoticeRow | 'targets' | 'second_person' | 'approval_id'>
const detail = answer(community.notice, async (scope, { notice_id }): Promise<NoticeDetail> => {
  const c = scope.company_id
  await noticeToRead(scope, notice_id)
  const [row] = await noticeRows(scope, sql<SqlBool>`n.company_id = ${c} and n.notice_id = ${notice_id}`, { limit: 1 })
  const { rows } = await sql<More>`select n.body, n.roles, n.house_kinds, n.by_sms, n.made_at, ${FILES(c)} as files, ${REPLACES(c)} as replaces, ${REPLACED_BY(c)} as replaced_by, n.ended_at, n.ended_by_name, n.ended_reason, n.sent_at, n.reminded_on, n.kept_counts is not null as kept,
      coalesce((n.kept_counts->>'house_count')::int, r.house_count) as house_count, coalesce((n.kept_counts->>'read_house_count')::int, r.read_house_count) as read_house_count, coalesce((n.kept_counts->>'unreachable_count')::int, r.unreachable_count) as unreachable_count
    from community.notice n left join lateral (select count(distinct r.house_id)::int as house_count, count(distinct r.house_id) filter (where r.read_at is not null)::int as read_house_count, count(distinct r.person_id) filter (where r.sent_at is null and r.read_at is null)::int as unreachable_count from community.notice_reader r where r.company_id = ${c} and r.notice_id = n.notice_id) r on true
    where n.company_id = ${c} and n.notice_id = ${notice_id}`.execute(scope.db)
  const { rows: asked } = row!.state === 'asked' ? await sql<{ approval_id: string }>`select approval_id from system.approval where company_id = ${c} and kind = 'community.notice' and subject_id = ${notice_id} and state = 'asked'`.execute(scope.db) : { rows: [] }
  return { ...row!, ...rows[0]!, targets: await targetNames(scope, notice_id), approval_id: asked[0]?.approval_id ?? null, second_person: (await settingOn(scope, publishing, row!.community_id, scope.today)) !== publishing.otherwise }
})

interface Kept {
  file_id: string
  name: string
}
/** Of files that this notice, or the one that it replaces, holds already, or that who writes has just sent up. */
async function filesToKeep(scope: Scope, notice_id: string, ids: readonly string[], picture: boolean): Promise<(Kept & { picture: boolean })[]> {
  if (ids.length === 0) return []
  const c = scope.company_id
  const fresh = picture ? sql`f.purpose = 'photo' and f.type in ('image/jpeg', 'image/png')` : sql`f.purpose = 'proof'`
  const { rows } = await sql<Kept>`select f.file_id, f.name from kernel.file f where f.company_id = ${c} and f.file_id = any(${[...ids]}::uuid[]) and ((${fresh} and f.created_by = ${scope.who.account_id}::uuid)
    or exists (select from community.notice_file k where k.company_id = ${c} and k.file_id = f.file_id and k.picture = ${picture} and k.notice_id = ${notice_id}))`.execute(scope.db)
  const found = new Map(rows.map((r) => [r.file_id, r.name]))
  if (ids.some((id) => !found.has(id))) throw scope.refuse('community.no_file')
  return [...new Set(ids)].map((file_id) => ({ file_id, name: found.get(file_id)!, picture }))
}
const saveNotice = answer(community.saveNotice, async (scope, o) => {
  const c = scope.company_id
  const notice_id = o.notice_id ?? uuidv7()
  if (o.notice_id) await noticeToChange(scope, notice_id, ['draft'])
  await checkTargets(scope, o.community_id, o.targets)
  const kind = await sql`select from community.kind where company_id = ${c} and kind_id = ${o.kind_id} and retired_at is null`.execute(scope.db)
  if (kind.rows.length === 0) throw scope.refuse('community.kind_gone')
  if (o.by_sms && !o.urgent) throw scope.refuse('community.sms_urgent')
  if (o.publish_at && o.publish_at <= scope.now) throw scope.refuse('community.publish_past')
  checkDays(scope, o)
  const files = [...(await filesToKeep(scope, notice_id, o.picture_ids, true)), ...(await filesToKeep(scope, notice_id, o.file_ids, false))]
  const set = { community_id: o.community_id, kind_id: o.kind_id, title: o.title, body: o.body, roles: [...new Set(o.roles)], house_kinds: [...new Set(o.house_kinds)], urgent: o.urgent, by_sms: o.by_sms, must_confirm: o.must_confirm, pinned: o.pinned, publish_at: o.publish_at, valid_until_on: o.valid_until_on }
  await scope.db.insertInto('community.notice').values({ company_id: c, notice_id, ...set, state: 'draft', made_by: scope.who.account_id!, made_by_name: scope.who.name, made_at: scope.now }).onConflict((x) => x.columns(['company_id', 'notice_id']).doUpdateSet(set)).execute()
  await sql`delete from community.notice_target where company_id = ${c} and notice_id = ${notice_id}`.execute(scope.db)
  await sql`insert into community.notice_target (company_id, notice_id, scope, target_id) select distinct ${c}::bigint, ${notice_id}::uuid, t.scope, t.target_id from unnest(${o.targets.map((t) => t.scope)}::text[], ${o.targets.map((t) => t.target_id)}::uuid[]) as t(scope, target_id)`.execute(scope.db)
  await sql`delete from community.notice_file where company_id = ${c} and notice_id = ${notice_id}`.execute(scope.db)
  if (files.length) await scope.db.insertInto('community.notice_file').values(files.map((f, i) => ({ company_id: c, notice_id, sort_no: i, ...f }))).execute()
  scope.note('notice', notice_id, { title: o.title, state: 'draft', targets: o.targets.length, roles: set.roles })
  return { notice_id }
})
const dropNotice = answer(community.dropNotice, async (scope, { notice_id }) => {
  const n = await noticeToChange(scope, notice_id, ['draft'])
  await sql`delete from community.notice where company_id = ${scope.company_id} and notice_id = ${notice_id} and state = 'draft'`.execute(scope.db)
  scope.note('notice', notice_id, { title: n.title, dropped: true, body: n.body.slice(0, 200) })
  return { notice_id }
})
const audience = answer(community.audience, async (scope, o) => {
  await checkTargets(scope, o.community_id, o.targets)
  return countAudience(scope, o)
})
export const noticeAnswers = [notices, detail, saveNotice, dropNotice, audience]
