// 拟定续筹方案: the houses under the threshold are listed with what they would pay before anything is written.
import { Alert, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { money } from '../../../ui/format.ts'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { property } from '../../property/contract.ts'
import { funds } from '../contract.ts'
import { words } from '../words.ts'
import { percentOf } from './shared.ts'

export function TopupDrawer({ community_id, close }: { community_id: string; close: (plan_id?: string) => void }) {
  const [building_ids, setBuildings] = useState<string[]>([])
  const [percent, setPercent] = useState<number>()
  const asked = { community_id, ...(building_ids.length ? { building_ids } : {}), ...(percent ? { target_bp: Math.round(percent * 100) } : {}) }
  const seen = useRead(funds.previewTopup, asked, { keep: true })
  const tree = useRead(property.tree, { community_id })
  const save = useWrite(funds.draftTopup, { in_form: true, done: (a) => `已拟定,${a.house_count} 户` })
  const buildings = (tree.data?.communities ?? []).flatMap((c) => c.buildings).map((b) => ({ value: b.building_id, label: b.name }))
  const d = seen.data
  return (
    <FormDrawer
      open title="拟定续筹方案" width={680} call={funds.draftTopup} onClose={() => close()} loading={save.running} submitError={save.error} submit={d ? `拟定 ${d.rows.length} 户 ${money(d.total_fen)} 元` : '拟定'} blocked={d?.rows.length === 0 ? '没有要补存的房屋,不用拟定' : undefined} words={{ way: words.states?.['topup_way'] }} initial={{ way: 'vote' }}
      fields={['title', { name: 'way', kind: 'select', help: '表决为民法典第 278 条第六项;管理规约已有约定的按规约' }, { name: 'basis', help: '业主大会决定、规约条款,会写进通知' }]} fixed={{ ...asked, total_fen: d?.total_fen ?? 0 }}
      note={
        <div className="hy-line" style={{ marginBottom: 12 }}>
          <label className="hy-from">楼栋<span style={{ minWidth: 220 }}><Select aria-label="楼栋" mode="multiple" allowClear maxTagCount={2} style={{ width: '100%' }} placeholder="全小区" options={buildings} value={building_ids} onChange={setBuildings} /></span></label>
          <label className="hy-from">补足到首次缴存的<span><InputNumber<number> aria-label="补足比例" min={1} max={200} precision={2} suffix="%" style={{ width: 110 }} value={percent ?? (d ? d.target_bp / 100 : null)} onChange={(v) => setPercent(v ?? undefined)} /></span></label>
        </div>
      }
      onSubmit={async (input) => { const made = await save.run(input); if (made) close(made.plan_id) }}
    >
      {seen.error ? <ErrorBlock error={seen.error} retry={seen.retry} /> : !d ? <LoadingBlock /> : d.rows.length === 0 ? <Alert type="info" title={`没有余额低于首次缴存 ${percentOf(d.threshold_bp)} 的房屋,或都已在进行中的方案里`} /> : (
        <RowsTable
          label="低于续筹线的房屋" rows={d.rows} row_key="house_id" empty="没有房屋" height={300} totals={{ due_fen: money(d.total_fen) }}
          columns={[{ key: 'house_label', title: '房号', width: 100 }, { key: 'owner_names', title: '业主', width: 110 }, { key: 'first_fen', title: '首次缴存', width: 110 }, { key: 'balance_fen', title: '余额', width: 110 }, { key: 'due_fen', title: '应补', width: 110 }]}
        />
      )}
    </FormDrawer>
  )
}
