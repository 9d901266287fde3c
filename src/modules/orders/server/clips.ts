// Voice and video of a report: come up as files of their own purposes, by an allow-list of types, and are reached only through the order that holds them.
import { sql } from 'kysely'
import { answer, answerFile, type App } from '../../../kernel/app.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { deviceByLabel } from '../../equipment/server/index.ts'
import { houseOfResident } from '../../people/server/index.ts'
import { VIDEO_SECONDS, orders, type Clip, type Clips } from '../contract.ts'
import { orderToRead } from './access.ts'

/** What browsers record and what browsers play. */
const TYPES: Readonly<Record<Clip['kind'], readonly string[]>> = {
  voice: ['video/webm', 'video/mp4', 'audio/ogg', 'audio/wav'],
  video: ['video/webm', 'video/mp4', 'video/quicktime'],
}
/** One of each at most, uploaded by whoever calls. */
export async function clipsToAttach(scope: Scope, clips: Clips | undefined): Promise<Clip[]> {
  if (!clips?.length) return []
  const { rows } = await sql<{ file_id: string; kind: Clip['kind']; type: string }>`select file_id, purpose as kind, type from kernel.file where company_id = ${scope.company_id} and file_id = any(${clips.map((x) => x.file_id)}::uuid[]) and purpose in ('voice','video') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  const found = clips.map((x) => ({ ...x, ...rows.find((r) => r.file_id === x.file_id) }))
  if (found.some((x) => !x.kind || !TYPES[x.kind].includes(x.type ?? '') || (x.kind === 'video' && x.seconds > VIDEO_SECONDS)) || new Set(found.map((x) => x.kind)).size !== found.length) throw scope.refuse('orders.no_clip', { seconds: VIDEO_SECONDS })
  return found.map((x) => ({ file_id: x.file_id, kind: x.kind!, seconds: x.seconds }))
}
/** A container names both; what it was recorded as says which. QuickTime of today's phones is MP4 by another brand. */
const served = (kind: Clip['kind'], type: string): string => (kind === 'voice' ? type.replace('video/', 'audio/') : type === 'video/quicktime' ? 'video/mp4' : type)

export const clipAnswers = (app: () => App) => [
  answerFile(orders.clip, async (scope, { order_id, file_id }) => {
    const o = await orderToRead(scope, order_id)
    const { rows } = await sql<{ sha256: string; type: string; kind: Clip['kind'] }>`select f.sha256, f.type, p.kind from orders.clip p join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = p.file_id where p.company_id = ${scope.company_id} and p.order_id = ${order_id} and p.file_id = ${file_id}`.execute(scope.db)
    const file = rows[0]
    if (!file || !(await hasFile(app().data_dir, file.sha256))) throw scope.notFound()
    const type = served(file.kind, file.type)
    return { name: `工单_${o.no}.${type.split('/')[1]!}`, type, body: openFile(app().data_dir, file.sha256), inline: true }
  }),
  answer(orders.scanned, async (scope, { house_id, code }) => {
    await houseOfResident(scope, house_id)
    const { rows } = await sql<{ community_id: string }>`select community_id from property.house where company_id = ${scope.company_id} and house_id = ${house_id}`.execute(scope.db)
    return deviceByLabel(scope, rows[0]!.community_id, code)
  }),
]
