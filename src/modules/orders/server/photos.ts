// Photos of an order. They come up as files of the purpose 'photo' and are reached only through the order that holds them.
import { sql } from 'kysely'
import { answerFile, type App } from '../../../kernel/app.ts'
import { hasFile, openFile } from '../../../kernel/files.ts'
import type { Scope } from '../../../kernel/scope.ts'
import { orders } from '../contract.ts'
import { orderToRead } from './access.ts'

/** Photos that whoever calls has uploaded; refused when one is not. */
export async function photosToAttach(scope: Scope, file_ids: readonly string[] | undefined): Promise<string[]> {
  const ids = [...new Set(file_ids ?? [])]
  if (ids.length === 0) return []
  const { rows } = await sql<{ file_id: string }>`select file_id from kernel.file where company_id = ${scope.company_id} and file_id = any(${ids}::uuid[]) and purpose = 'photo' and type in ('image/jpeg','image/png') and created_by = ${scope.who.account_id}::uuid`.execute(scope.db)
  if (rows.length !== ids.length) throw scope.refuse('orders.no_photo')
  return ids
}

export const photo = (app: () => App) =>
  answerFile(orders.photo, async (scope, { order_id, file_id }) => {
    const o = await orderToRead(scope, order_id)
    const { rows } = await sql<{ sha256: string; type: string }>`select f.sha256, f.type from orders.photo p join kernel.file f on f.company_id = ${scope.company_id} and f.file_id = p.file_id where p.company_id = ${scope.company_id} and p.order_id = ${order_id} and p.file_id = ${file_id}`.execute(scope.db)
    const file = rows[0]
    if (!file || !(await hasFile(app().data_dir, file.sha256))) throw scope.notFound()
    return { name: `工单_${o.no}.${file.type === 'image/png' ? 'png' : 'jpg'}`, type: file.type, body: openFile(app().data_dir, file.sha256), inline: true }
  })
