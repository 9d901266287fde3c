// Label sheets of devices, ready to cut: what the list shows, or what was ticked.
import { sql, type SqlBool } from 'kysely'
import { answerFile } from '../../../kernel/app.ts'
import { LABEL_PREFIX } from '../../../kernel/ids.ts'
import { labelSheet, renderPdf } from '../../../kernel/print/index.ts'
import { equipment } from '../contract.ts'
import { conditions } from './list.ts'

const LABELS_MAX = 1000
export const deviceLabels = answerFile(equipment.deviceLabels, async (scope, o) => {
  const c = scope.company_id
  const { equipment_ids, size, ...f } = o
  const only = equipment_ids?.length ? sql<SqlBool>`d.equipment_id = any(${equipment_ids}::uuid[])` : sql<SqlBool>`d.state <> 'scrapped'`
  const { rows } = await sql<{ name: string; no: string; place: string; code: string; community_name: string }>`select d.name, d.no, d.place, d.code, k.name as community_name from equipment.device d join property.community k on k.company_id = ${c} and k.community_id = d.community_id where ${conditions(scope, f)} and ${only} order by d.community_id, d.no limit ${LABELS_MAX + 1}`.execute(scope.db)
  if (rows.length === 0) throw scope.refuse('equipment.nothing_to_print')
  if (rows.length > LABELS_MAX) throw scope.refuse('equipment.too_many_rows', { max: LABELS_MAX })
  const body = await renderPdf(...labelSheet(rows.map((r) => ({ title: r.name, under: `${r.no} ${r.place}`, foot: r.community_name, code: r.code, qr_text: LABEL_PREFIX + r.code })), size))
  return { name: `设备标签-${scope.today}.pdf`, type: 'application/pdf', body, inline: true }
})
