// Photos of a check. They come up as files of the purpose 'photo' and are reached only through the task that holds them.
import { sql } from 'kysely'
import { answerFile, type App } from '../../../kernel/app.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { rounds } from '../contract.ts'
import { taskToRead } from './access.ts'

export interface PhotoIn {
  file_id: string
  part: string
  sha256: string
  /** The same picture was sent with another check before. */
  again: boolean
  /** With which check: '11-25 地下夜巡'. */
  before: string | null
}
/** Photos that whoever calls has uploaded; refused when one is not. */
export async function photosToAttach(scope: Scope, photos: readonly { file_id: string; part: string }[]): Promise<PhotoIn[]> {
  if (photos.length === 0) return []
  const c = scope.company_id
  const { rows } = await sql<{ file_id: string; sha256: string; before: string | null }>`select f.file_id, f.sha256, (select to_char(p.on_day, 'MM-DD') || ' ' || l.name from rounds.photo p join rounds.task t on t.company_id = ${c} and t.on_day = p.on_day and t.task_id = p.task_id join rounds.plan l on l.company_id = ${c} and l.plan_id = t.plan_id where p.company_id = ${c} and p.sha256 = f.sha256 order by p.taken_at limit 1) as before
    from kernel.file f where f.company_id = ${c} and f.file_id = any(${photos.map((p) => p.file_id)}::uuid[]) and f.purpose = 'photo' and f.type in ('image/jpeg','image/png') and f.created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  const by = new Map(rows.map((r) => [r.file_id, r]))
  const shas = new Set<string>()
  return photos.map((p) => {
    const f = by.get(p.file_id)
    if (!f) throw scope.refuse('rounds.no_photo')
    const twice = shas.has(f.sha256)
    shas.add(f.sha256)
    return { ...p, sha256: f.sha256, again: f.before !== null || twice, before: f.before ?? (twice ? '同一次检查' : null) }
  })
}

export const photo = (app: () => App) =>
  answerFile(rounds.photo, async (scope, o) => {
    const t = await taskToRead(scope, o)
    const { rows } = await sql<{ sha256: string; type: string }>`select f.sha256, f.type from rounds.photo p join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = p.file_id where p.company_id = ${scope.company_id} and p.task_id = ${t.task_id} and p.file_id = ${o.file_id} limit 1`.execute(scope.db)
    const file = rows[0]
    if (!file || !(await hasFile(app().data_dir, file.sha256))) throw scope.notFound()
    return { name: `巡查_${t.on_day}.${file.type === 'image/png' ? 'png' : 'jpg'}`, type: file.type, body: openFile(app().data_dir, file.sha256), inline: true }
  })
