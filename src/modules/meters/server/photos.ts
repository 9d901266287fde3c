// Photos of dials. They come up as files of the purpose 'photo' and are reached only through the reading that holds them.
import { sql } from 'kysely'
import { answerFile, type FileAnswer } from '../../../kernel/app.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import type { App } from '../../../kernel/app.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { meters } from '../contract.ts'
import { meterToRead } from './access.ts'

/** A photo this person has uploaded; refused when it is none. */
export async function photoToAttach(scope: Scope, file_id: string | undefined): Promise<string | null> {
  if (!file_id) return null
  const { rows } = await sql<{ file_id: string }>`select file_id from kernel.file where company_id = ${scope.company_id} and file_id = ${file_id} and purpose = 'photo' and type in ('image/jpeg','image/png') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  if (!rows[0]) throw scope.refuse('meters.no_photo')
  return file_id
}

/** The photo of a meter's month: of its reading, or of the door that stayed shut. */
export async function photoOf(scope: Scope, data_dir: string, meter_id: string, period: string): Promise<FileAnswer> {
  const c = scope.company_id
  const { rows } = await sql<{ sha256: string; type: string }>`select f.sha256, f.type from kernel.file f where f.company_id = ${c} and f.file_id in (
      select r.photo_file_id from meters.reading r where r.company_id = ${c} and r.meter_id = ${meter_id} and r.period_on = ${`${period}-01`}::date
      union all select u.photo_file_id from meters.unread u where u.company_id = ${c} and u.meter_id = ${meter_id} and u.period_on = ${`${period}-01`}::date) limit 1`.execute(scope.db)
  const file = rows[0]
  if (!file || !(await hasFile(data_dir, file.sha256))) throw scope.notFound()
  return { name: `表_${period}.${file.type === 'image/png' ? 'png' : 'jpg'}`, type: file.type, body: openFile(data_dir, file.sha256), inline: true }
}

export const photoAnswers = (app: () => App) => [
  answerFile(meters.readingPhoto, async (scope, o) => {
    await meterToRead(scope, o.meter_id)
    return photoOf(scope, app().data_dir, o.meter_id, o.period)
  }),
]
