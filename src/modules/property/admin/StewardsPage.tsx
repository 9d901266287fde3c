// 管家分工: which building is looked after by whom, today or on a day; assigned in batch from a day on.
import { Button, Modal, Select, Switch } from 'antd'
import { useMemo, useState } from 'react'
import { today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite, type Out } from '../../../ui/api.ts'
import { ExcelButton } from '../../../ui/bits.tsx'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { property } from '../contract.ts'
import type { StewardRow } from '../contract_stewards.ts'

type People = Out<typeof property.stewards.gives>['people']
export default function StewardsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const input = { ...(place_id ? { community_id: place_id } : {}), ...(search['account_id'] ? { account_id: search['account_id'] } : {}), ...(search['without'] ? { without: true } : {}) }
  const reading = useRead(property.stewards, input, { keep: true })
  const [assigning, setAssigning] = useState<readonly string[]>()
  const [history, setHistory] = useState<StewardRow>()
  const d = reading.data
  const writes = may('property.building.write')
  return (
    <ReadPage
      title="管家分工" loading={reading.loading} error={reading.error} retry={reading.retry}
      actions={
        <>
          <Select aria-label="管家" placeholder="全部管家" allowClear showSearch={{ optionFilterProp: 'label' }} style={{ width: 160 }} value={search['account_id'] ?? null} options={(d?.people ?? []).map((p) => ({ value: p.account_id, label: p.name }))} onChange={(v) => setSearch({ account_id: v ?? undefined })} />
          <label className="hy-line" style={{ display: 'inline-flex' }}><Switch size="small" checked={!!search['without']} onChange={(on) => setSearch({ without: on ? '1' : undefined })} />只看没有管家的</label>
          {may('property.house.export') ? <ExcelButton call={property.stewardsExcel} input={input} /> : null}
          {writes ? <Button type="primary" onClick={() => setAssigning([])}>安排管家</Button> : null}
        </>
      }
    >
      {d ? (
        <RowsTable
          label="管家分工" rows={d.rows} row_key="building_id" empty="没有楼栋"
          columns={[
            { key: 'community_name', title: '小区', width: 130 },
            { key: 'building_name', title: '楼栋', width: 110 },
            { key: 'house_count', title: '户数', width: 80 },
            { key: 'steward', title: '管家', width: 120, show: (r) => r.steward?.steward_name ?? <span className="hy-muted">未安排</span> },
            { key: 'from_on', title: '起', width: 110, show: (r) => r.steward?.from_on ?? '—' },
            { key: 'next', title: '将接手', width: 180, show: (r) => (r.next ? `${r.next.from_on} ${r.next.steward_name}` : r.steward?.to_on ? `${r.steward.to_on} 起无人` : '—') },
            { key: 'assigned_by_name', title: '安排人', width: 110, show: (r) => r.steward?.assigned_by_name ?? '—' },
            { key: 'act', title: '操作', width: 150, show: (r) => <span className="hy-line">{writes ? <Button size="small" onClick={() => setAssigning([r.building_id])}>更换</Button> : null}<Button size="small" onClick={() => setHistory(r)}>历史</Button></span> },
          ]}
        />
      ) : null}
      {assigning && d ? <AssignDrawer ids={assigning} rows={d.rows} people={d.people} close={() => setAssigning(undefined)} /> : null}
      {history ? <HistoryModal row={history} close={() => setHistory(undefined)} /> : null}
    </ReadPage>
  )
}

function AssignDrawer({ ids, rows, people, close }: { ids: readonly string[]; rows: readonly StewardRow[]; people: People; close: () => void }) {
  const save = useWrite(property.assignSteward, { in_form: true, done: (a) => `已安排 ${a.count} 栋`, invalidates: 'all' })
  const buildings = useMemo(() => rows.map((r) => ({ value: r.building_id, label: `${r.community_name} ${r.building_name}${r.steward ? `(${r.steward.steward_name})` : ''}` })), [rows])
  return (
    <FormDrawer
      open onClose={close} title="安排管家" call={property.assignSteward} loading={save.running} submitError={save.error}
      fields={[
        { name: 'building_ids', label: '楼栋', kind: 'many', options: buildings },
        { name: 'account_id', label: '管家(不选为不再安排)', kind: 'select', options: people.map((p) => ({ value: p.account_id, label: p.post ? `${p.name} ${p.post}` : p.name })) },
        { name: 'from_on', help: '从这天起由其负责,之前的分工到这天为止' },
      ]}
      initial={{ building_ids: [...ids], account_id: null, from_on: today() }}
      onSubmit={async (input) => { if (await save.run(input)) close() }}
    />
  )
}

function HistoryModal({ row, close }: { row: StewardRow; close: () => void }) {
  const reading = useRead(property.stewardHistory, { building_id: row.building_id })
  return (
    <Modal open title={`${row.community_name} ${row.building_name} 的管家`} width={720} onCancel={close} footer={null}>
      <RowsTable
        label="管家历史" rows={reading.data?.rows ?? []} row_key="from_on" empty={reading.loading ? '正在加载' : '没有安排过管家'}
        columns={[{ key: 'steward_name', title: '管家', width: 120 }, { key: 'from_on', title: '起', width: 110 }, { key: 'to_on', title: '止(不含)', width: 110, show: (r) => r.to_on ?? '至今' }, { key: 'assigned_by_name', title: '安排人', width: 100 }, { key: 'assigned_at', title: '安排时间', width: 150, show: (r) => instant(r.assigned_at) }]}
      />
    </Modal>
  )
}
