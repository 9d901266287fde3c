// Photos and proofs of a complaint, reached only through it. What comes up with an unnamed complaint has no sender: it is known by its own id,
// which nobody can guess, and belongs to the one complaint that took it.
import { sql } from 'kysely'
import { answerFile, type App } from '../../../kernel/app.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { care } from '../contract.ts'
import { byToken, complaintToRead } from './access.ts'

export async function photosToAttach(scope: Scope, file_ids: readonly string[] | undefined): Promise<string[]> {
  const ids = [...new Set(file_ids ?? [])]
  if (ids.length === 0) return []
  const mine = scope.unnamed
    ? sql`f.purpose = 'unnamed_photo' and f.created_by is null and not exists (select from care.photo p where p.company_id = ${scope.company_id} and p.file_id = f.file_id)`
    : sql`f.purpose = 'photo' and f.created_by = ${scope.who.account_id}::uuid`
  const { rows } = await sql<{ file_id: string }>`select f.file_id from kernel.file f where f.company_id = ${scope.company_id} and f.file_id = any(${ids}::uuid[]) and f.type in ('image/jpeg','image/png') and ${mine}`.execute(scope.db)
  if (rows.length !== ids.length) throw scope.refuse('care.no_photo')
  return ids
}

async function fileOf(scope: Scope, app: App, complaint_id: string, no: string, file_id: string) {
  const { rows } = await sql<{ sha256: string; type: string }>`select f.sha256, f.type from care.photo p join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = p.file_id where p.company_id = ${scope.company_id} and p.complaint_id = ${complaint_id} and p.file_id = ${file_id}`.execute(scope.db)
  const file = rows[0]
  if (!file || !(await hasFile(app.data_dir, file.sha256))) throw scope.notFound()
  return { name: `投诉_${no}.${file.type === 'image/png' ? 'png' : 'jpg'}`, type: file.type, body: openFile(app.data_dir, file.sha256), inline: true }
}
export const photoAnswers = (app: () => App) => [
  answerFile(care.photo, async (scope, { complaint_id, file_id }) => {
    const o = await complaintToRead(scope, complaint_id)
    return fileOf(scope, app(), complaint_id, o.no, file_id)
  }),
  answerFile(care.unnamedPhoto, async (scope, { query_token, file_id }) => {
    const o = await byToken(scope, query_token, false)
    return fileOf(scope, app(), o.complaint_id, o.no, file_id)
  }),
]
