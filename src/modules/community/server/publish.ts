// From the draft to the houses: approval where the company wants one, the hour, the number, what is replaced; then the job that sends. And back: withdrawn, corrected.
import { sql } from 'kysely'
import { z } from 'zod'
import { answer } from '../../../kernel/app.ts'
import { dayOf } from '../../../kernel/clock.ts'
import { uuidv7 } from '../../../kernel/ids.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { Id } from '../../../kernel/shapes.ts'
import { approvalKind, askApproval, settingOn, type ApprovalKind } from '../../system/server/index.ts'
import { community } from '../contract.ts'
import { countsText, said } from '../shown.ts'
import { checkTargets, noticeHeld, noticeToChange, type Notice } from './access.ts'
import { countNotice } from './audience.ts'
import { targetNames } from './rows.ts'
import { publishing } from './settings.ts'

export function checkDays(scope: Scope, n: Pick<Notice, 'valid_until_on' | 'publish_at'>): void {
  const from = n.publish_at && n.publish_at > scope.now ? dayOf(n.publish_at) : scope.today
  if (n.valid_until_on && n.valid_until_on < from) throw scope.refuse('community.valid_over', { day: n.valid_until_on })
}
async function drawNo(scope: Scope): Promise<string> {
  const year = scope.today.slice(0, 4)
  const { rows } = await sql<{ last_no: number }>`insert into community.series (company_id, series, last_no) values (${scope.company_id}, ${`GG-${year}`}, 1) on conflict (company_id, series) do update set last_no = series.last_no + 1 returning last_no`.execute(scope.db)
  return `GG${year}-${String(rows[0]!.last_no).padStart(5, '0')}`
}
/** The one that is replaced ends in the same moment; withdrawn or replaced meanwhile, there is nothing left to correct. */
async function endReplaced(scope: Scope, n: Notice): Promise<void> {
  if (!n.replaces_id) return
  const old = await noticeHeld(scope, n.replaces_id)
  if (old.state !== 'published') throw scope.refuse('community.replaced_already', { title: old.title })
  await scope.db.updateTable('community.notice').set({ state: 'replaced', pinned: false, ended_at: scope.now, ended_by_name: scope.who.name, ended_reason: `已更正为「${n.title}」` }).where('company_id', '=', scope.company_id).where('notice_id', '=', old.notice_id).execute()
  scope.note('notice', old.notice_id, { title: old.title, state: 'replaced', by: n.notice_id })
}
/** Out now. Whoever holds the notice calls. */
export async function putOut(scope: Scope, n: Notice): Promise<void> {
  checkDays(scope, { ...n, publish_at: null })
  await endReplaced(scope, n)
  const no = await drawNo(scope)
  await scope.db.updateTable('community.notice').set({ state: 'published', no, published_at: scope.now, published_by_name: scope.who.name }).where('company_id', '=', scope.company_id).where('notice_id', '=', n.notice_id).execute()
  scope.later({ name: 'community.send', payload: { notice_id: n.notice_id }, lane: `community:${n.notice_id}` })
  scope.note('notice', n.notice_id, { title: n.title, no, state: 'published', by_sms: n.by_sms })
}
async function outOrWait(scope: Scope, n: Notice): Promise<'published' | 'scheduled'> {
  if (n.publish_at === null || n.publish_at <= scope.now) {
    await putOut(scope, n)
    return 'published'
  }
  checkDays(scope, n)
  await setState(scope, n, 'scheduled')
  return 'scheduled'
}
export async function setState(scope: Scope, n: Notice, state: 'draft' | 'asked' | 'scheduled'): Promise<void> {
  await scope.db.updateTable('community.notice').set({ state }).where('company_id', '=', scope.company_id).where('notice_id', '=', n.notice_id).execute()
  scope.note('notice', n.notice_id, { title: n.title, state })
}

const Payload = z.object({ notice_id: Id })
export const noticeApproval: ApprovalKind<z.output<typeof Payload>> = {
  kind: 'community.notice', zh: '公告发布', may: 'community.notice.decide', has_amount: false, payload: Payload, page: (a) => `/community/notices/${a.payload.notice_id}`,
  facts: async (scope, a) => {
    const n = await noticeHeld(scope, a.payload.notice_id, sql``)
    return [{ label: '发给', value: `${(await targetNames(scope, n.notice_id)).map((t) => t.name).join('、').slice(0, 200)}(${n.roles.map((r) => said('role', r)).join('、')})` }, { label: '正文', value: n.body.slice(0, 500) }]
  },
  agreed: async (scope, a) => void (await outOrWait(scope, await noticeHeld(scope, a.payload.notice_id))),
  dropped: async (scope, a) => setState(scope, await noticeHeld(scope, a.payload.notice_id), 'draft'),
}
export const communityApprovals = [approvalKind(noticeApproval)]

const publish = answer(community.publishNotice, async (scope, o) => {
  const n = await noticeToChange(scope, o.notice_id, ['draft'])
  const { rows: targets } = await sql<{ scope: 'community'; target_id: string }>`select scope, target_id from community.notice_target where company_id = ${scope.company_id} and notice_id = ${n.notice_id}`.execute(scope.db)
  // A building may have been taken away since the draft was saved.
  await checkTargets(scope, n.community_id, targets)
  const counts = await countNotice(scope, n)
  if (counts.person_count === 0) throw scope.refuse('community.nobody')
  checkDays(scope, n)
  if ((await settingOn(scope, publishing, n.community_id, scope.today)) === publishing.otherwise) return { notice_id: n.notice_id, state: await outOrWait(scope, n), approval_id: null }
  await setState(scope, n, 'asked')
  const { approval_id } = await askApproval(scope, noticeApproval, { subject_type: 'notice', subject_id: n.notice_id, community_id: n.community_id, title: `公告「${n.title}」发给 ${countsText(counts)}`, amount_fen: null, payload: { notice_id: n.notice_id }, reason: o.reason || '发布公告' })
  return { notice_id: n.notice_id, state: 'asked' as const, approval_id }
})
const takeBack = answer(community.takeBackNotice, async (scope, { notice_id }) => {
  await setState(scope, await noticeToChange(scope, notice_id, ['scheduled']), 'draft')
  return { notice_id, state: 'draft' as const }
})
const withdraw = answer(community.withdrawNotice, async (scope, { notice_id, reason }) => {
  const n = await noticeToChange(scope, notice_id, ['published'])
  await scope.db.updateTable('community.notice').set({ state: 'withdrawn', pinned: false, ended_at: scope.now, ended_by_name: scope.who.name, ended_reason: reason }).where('company_id', '=', scope.company_id).where('notice_id', '=', notice_id).execute()
  scope.note('notice', notice_id, { title: n.title, state: 'withdrawn', reason })
  return { notice_id, state: 'withdrawn' as const }
})
const correct = answer(community.correctNotice, async (scope, { notice_id }) => {
  const c = scope.company_id
  const n = await noticeToChange(scope, notice_id, ['published'])
  const { rows: others } = await sql<{ title: string }>`select title from community.notice where company_id = ${c} and replaces_id = ${notice_id} and state <> 'withdrawn'`.execute(scope.db)
  if (others[0]) throw scope.refuse('community.corrected_already', { title: n.title, other: others[0].title })
  const made = uuidv7()
  const valid_until_on = n.valid_until_on && n.valid_until_on >= scope.today ? n.valid_until_on : null
  await scope.db.insertInto('community.notice').values({ company_id: c, notice_id: made, community_id: n.community_id, kind_id: n.kind_id, title: n.title, body: n.body, roles: n.roles, house_kinds: n.house_kinds, urgent: n.urgent, by_sms: n.by_sms, must_confirm: n.must_confirm, pinned: n.pinned, publish_at: null, valid_until_on, state: 'draft', replaces_id: notice_id, made_by: scope.who.account_id!, made_by_name: scope.who.name, made_at: scope.now }).execute()
  await sql`insert into community.notice_target (company_id, notice_id, scope, target_id) select company_id, ${made}::uuid, scope, target_id from community.notice_target where company_id = ${c} and notice_id = ${notice_id}`.execute(scope.db)
  await sql`insert into community.notice_file (company_id, notice_id, file_id, sort_no, name, picture) select company_id, ${made}::uuid, file_id, sort_no, name, picture from community.notice_file where company_id = ${c} and notice_id = ${notice_id}`.execute(scope.db)
  scope.note('notice', made, { title: n.title, state: 'draft', replaces: notice_id })
  return { notice_id: made }
})
const pin = answer(community.pinNotice, async (scope, { notice_id, pinned }) => {
  const n = await noticeToChange(scope, notice_id, ['published'])
  await scope.db.updateTable('community.notice').set({ pinned }).where('company_id', '=', scope.company_id).where('notice_id', '=', notice_id).execute()
  scope.note('notice', notice_id, { title: n.title, pinned: { before: n.pinned, after: pinned } })
  return { notice_id }
})
export const publishAnswers = [publish, takeBack, withdraw, correct, pin]
