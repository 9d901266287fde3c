import { Button, Switch, Tag } from 'antd'
import { useState } from 'react'
import { Go, useGo, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { FormDrawer } from '../../../ui/FormDrawer.tsx'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { words as meterWords } from '../../meters/words.ts'
import { tariff, type TariffRow } from '../contract.ts'
import { words } from '../words.ts'

export default function TariffsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search, setSearch] = useSearchState()
  const with_disabled = search['all'] === '1'
  const list = useRead(tariff.tariffs, { ...(place_id ? { community_id: place_id } : {}), with_disabled }, { keep: true })
  const [adding, setAdding] = useState(false)
  return (
    <>
      <ReadPage
        title="价格工坊" loading={list.loading} error={list.error} retry={list.retry}
        actions={<><label className="hy-line"><Switch size="small" checked={with_disabled} onChange={(v) => setSearch({ all: v ? '1' : undefined })} /> 含已停用</label>{may('tariff.tariff.write') ? <Button type="primary" onClick={() => setAdding(true)}>新建价目</Button> : null}</>}
      >
        <RowsTable<TariffRow>
          label="价目" rows={list.data?.rows ?? []} row_key="tariff_id" empty="还没有价目:点「新建价目」,从 34 种样例中选一种"
          columns={[
            { key: 'name', title: '价目', width: 180, show: (r) => <span><Go to={`/tariff/tariffs/${r.tariff_id}`}>{r.name}</Go> {r.disabled ? <Tag>已停用</Tag> : null}</span> },
            { key: 'community_name', title: '小区', width: 130 },
            { key: 'from_on', title: '现行版本', width: 120, show: (r) => r.from_on ?? <Tag color="error">未发布</Tag> },
            { key: 'basis', title: '依据', width: 240 },
            { key: 'next_on', title: '下一版本', width: 120, show: (r) => r.next_on ?? '—' },
            { key: 'version_count', title: '版本数', width: 80 },
            { key: 'meter_kind', title: '用量取自', width: 100, show: (r) => (r.meter_kind ? meterWords.states?.['meter_kind']?.[r.meter_kind] : '—') },
            { key: 'draft_by_name', title: '草稿', width: 120, show: (r) => (r.draft_by_name ? <Tag color="processing">{r.draft_by_name}</Tag> : '—') },
          ]}
        />
      </ReadPage>
      {adding ? <TariffDrawer close={() => setAdding(false)} /> : null}
    </>
  )
}

export function TariffDrawer({ row, close, done }: { row?: TariffRow; close: () => void; done?: () => void }) {
  const { place_id, places } = usePlace()
  const go = useGo()
  const save = useWrite(tariff.saveTariff, { in_form: true, done: '已保存' })
  return (
    <FormDrawer
      open onClose={close} title={row ? `修改价目:${row.name}` : '新建价目'} call={tariff.saveTariff} loading={save.running} submitError={save.error}
      words={{ meter_kind: meterWords.states?.['meter_kind'] ?? {}, version_change: words.states?.['version_change'] ?? {} }}
      fields={[
        { name: 'community_id', label: '小区', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })), disabled: row !== undefined }, 'name',
        { name: 'meter_kind', label: '用量取自', kind: 'select', placeholder: '不按表计量', help: '按表计量的价目选表种' }, { name: 'version_change', kind: 'select', help: '账期内调价怎么算' }, 'note',
      ]}
      initial={row ? { ...row } : { community_id: place_id ?? places[0]?.id ?? '', name: '', meter_kind: null, version_change: 'by_days', note: null }}
      {...(row ? { fixed: { tariff_id: row.tariff_id } } : {})}
      onSubmit={async (input) => {
        const a = await save.run(input)
        if (!a) return
        done?.()
        close()
        if (!row) go(`/tariff/tariffs/${a.tariff_id}`)
      }}
    />
  )
}
