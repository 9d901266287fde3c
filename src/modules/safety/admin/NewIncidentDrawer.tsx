// 报告安全事件 at the desk: what, where, when; the clock of the law is said before it is saved.
import { useState } from 'react'
import { nowIso } from '../../../kernel/clock.ts'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { momentControl } from '../../../ui/MomentInput.tsx'
import { photosControl } from '../../../ui/PhotosInput.tsx'
import { usePlace } from '../../../ui/session.ts'
import { PHOTOS_MAX, safety } from '../contract.ts'
import { words } from '../words.ts'

export function NewIncidentDrawer({ close, done }: { close: () => void; done: (incident_id: string) => void }) {
  const { place_id } = usePlace()
  const kinds = useRead(safety.kinds, {}, { stale_ms: 300_000 })
  const places = useRead(safety.places, {}, { stale_ms: 300_000 })
  const save = useWrite(safety.createIncident, { in_form: true, done: (a) => `已登记 ${a.no}` })
  const [chosen, setChosen] = useState<{ kind_id?: string; community_id?: string }>({})
  const rows = (kinds.data?.rows ?? []).filter((k) => !k.retired && k.rule)
  const rule = rows.find((k) => k.kind_id === chosen.kind_id)?.rule
  const first = place_id ?? (places.data?.rows.length === 1 ? places.data.rows[0]!.community_id : undefined)
  const community_id = chosen.community_id ?? first
  if (!places.data) return null
  return (
    <FormDrawer
      open onClose={close} columns={2} title="报告安全事件" submit="登记" call={safety.createIncident} loading={save.running} submitError={save.error} words={{ level: words.states?.['level'], source: words.states?.['source'] }}
      note={rule ? <p className={rule.report_minutes ? 'hy-red' : 'hy-muted'}>{rule.report_minutes ? `发现后 ${rule.report_minutes} 分钟内向${rule.report_to}上报(${rule.basis})。` : rule.report_to ? `按情况向${rule.report_to}报告。` : ''}{rule.close_days} 天内结案。</p> : <p className="hy-muted">先救人、先报警,再登记。</p>}
      fields={[
        { name: 'kind_id', kind: 'select', options: rows.map((k) => ({ value: k.kind_id, label: k.name })) }, 'level',
        { name: 'community_id', kind: 'select', options: places.data.rows.map((p) => ({ value: p.community_id, label: p.name })) }, { name: 'building_id', kind: 'select', options: (places.data.rows.find((p) => p.community_id === community_id)?.buildings ?? []).map((b) => ({ value: b.building_id, label: b.name })) },
        { name: 'place', wide: true, placeholder: '如:3 栋 1 单元 2 楼楼道' }, { name: 'occurred_at', control: momentControl }, { name: 'found_at', control: momentControl, help: '不填同发生时间' }, { name: 'words', kind: 'area', wide: true }, 'source', 'loss_fen', 'dead_count', 'badly_count', 'hurt_count', { name: 'photo_ids', control: photosControl(PHOTOS_MAX), wide: true },
      ]}
      follows={(changed) => { setChosen((c) => ({ ...c, ...(changed as typeof chosen) })); return 'community_id' in changed ? { building_id: null } : undefined }}
      initial={{ ...(first ? { community_id: first } : {}), building_id: null, occurred_at: nowIso(), level: 'minor', source: 'staff', dead_count: 0, badly_count: 0, hurt_count: 0, loss_fen: null, photo_ids: [] }} onSubmit={async (i) => { const made = await save.run(i); if (made) { close(); done(made.incident_id) } }}
    />
  )
}
